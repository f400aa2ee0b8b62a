"""IP addresses of links: list, add and remove them."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import (
    AlreadyExistsError,
    InvalidValueError,
    NotFoundError,
    NotSupportedError,
)
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net.changing import change
from nslabkit.net.link_names import link_name, missing_link
from nslabkit.net.namespace import NamespaceLike, caption, ip_command, place, resolve
from nslabkit.net.typed_values import interface_address
from nslabkit.netlink import address_json, requests
from nslabkit.netlink.refusals import Meaning

if TYPE_CHECKING:
    from nslabkit import netlink
    from nslabkit.net.namespace import Namespace

__all__ = ["Address", "add", "addresses", "remove"]


@dataclass(frozen=True)
class Address:
    """An address that a link has.

    Attributes
    ----------
    address : str
        With its prefix length: ``172.16.0.1/24``.
    link : str
        The link's name.
    scope : str
        ``global``, ``link`` or ``host``.
    protocol : str or None
        Who gave it, as a newer ``ip`` says it: ``kernel_ra`` for a router advertisement,
        ``kernel_ll`` for link-local, ``kernel_lo`` for ``lo``.  None if somebody else did, and
        where the kernel does not say so, before Linux 5.18.
    json : dict
        Its entry in ``ip -j addr``, from ``addr_info``.
    """

    address: str
    link: str
    scope: str
    protocol: str | None
    json: dict[str, Any] = field(repr=False, compare=False)


def add(address: str, link: str, *, namespace: NamespaceLike = None) -> None:
    """Give a link an address: ``ip addr add ADDRESS dev LINK``.

    Parameters
    ----------
    address : str
        IPv4 or IPv6, with the prefix length: ``172.16.0.1/24``, ``fd00::1/64``.
    link : str
        The link's name.
    namespace : NamespaceLike
        Where the link is.

    Raises
    ------
    AlreadyExistsError
        The link already has that address.
    InvalidValueError
        Malformed, without prefix length, or a prefix out of range.
    NotFoundError
        There is no such link.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.addresses.add("10.1.0.1/24", "lo")
    >>> "10.1.0.1/24" in [one.address for one in lab.addresses.addresses(link="lo")]
    True
    >>> lab.addresses.remove("10.1.0.1/24", "lo")
    """
    where = resolve(namespace)
    given = interface_address(address, where, link, "add")
    tried = _command(where, "add", address, link)
    name = link_name(link, tried)
    is_loopback = given.version == 4 and given.is_loopback  # noqa: PLR2004 - the IP version
    scope = requests.SCOPE_HOST if is_loopback else requests.SCOPE_GLOBAL

    def give(conversation: netlink.Conversation) -> None:
        index = conversation.index(name)
        conversation.change(
            requests.add_address(index, given.packed, given.network.prefixlen, scope)
        )

    def meanings() -> dict[int, Meaning]:
        there = Meaning(
            AlreadyExistsError,
            _("{link} already has the address {address}.").format(link=link, address=address),
            _("There is nothing left to do; or choose another address."),
        )
        return {
            errno.EEXIST: there,
            errno.ENODEV: missing_link(link, where),
            errno.EACCES: _no_ipv6(link),
            errno.EINVAL: _not_for_a_link(address),
            errno.EADDRNOTAVAIL: _not_for_a_link(address),
        }

    change(where, tried, give, meanings)


def remove(address: str, link: str, *, namespace: NamespaceLike = None) -> None:
    """Take an address from a link: ``ip addr del ADDRESS dev LINK``.

    Raises
    ------
    InvalidValueError
        Malformed, or without prefix length.
    NotFoundError
        The link has no such address, or there is no such link.
    """
    where = resolve(namespace)
    given = interface_address(address, where, link, "del")
    tried = _command(where, "del", address, link)
    name = link_name(link, tried)

    def take(conversation: netlink.Conversation) -> None:
        index = conversation.index(name)
        conversation.change(requests.remove_address(index, given.packed, given.network.prefixlen))

    def meanings() -> dict[int, Meaning]:
        none = Meaning(
            NotFoundError,
            _("{link} does not have the address {address}.").format(link=link, address=address),
            _("Look at its addresses: `{command}`.").format(
                command=ip_command(where, f"addr show dev {link}")
            ),
        )
        return {errno.EADDRNOTAVAIL: none, errno.ENODEV: missing_link(link, where)}

    change(where, tried, take, meanings)


def addresses(namespace: NamespaceLike = None, link: str | None = None) -> Table[Address]:
    """Return the addresses of a namespace, or of one link: ``ip addr``, ``ip -j addr``.

    ``.json`` lists the links with their addresses, as ``ip -j addr`` does; a link without an
    address is in it too.

    Raises
    ------
    NotFoundError
        There is no such link, or no such namespace.
    """
    where = resolve(namespace)
    tried = ip_command(where, "addr" if link is None else f"addr show dev {link}")
    entries = address_json.read(place(where), tried)
    if link is not None:
        link_name(link, tried)
        entries = [
            entry for entry in entries if link in {entry["ifname"], *entry.get("altnames", [])}
        ]
        if not entries:
            raise missing_link(link, where).error(tried, errno.ENODEV)
    rows = [_row(entry, info) for entry in entries for info in entry["addr_info"]]
    return Table(
        caption(where, _("Addresses"), _("Addresses in {namespace}")),
        rows,
        {
            _("address"): lambda row: row.address,
            _("link"): lambda row: row.link,
            _("scope"): lambda row: row.scope,
        },
        entries,
    )


def _row(entry: dict[str, Any], info: dict[str, Any]) -> Address:
    address, protocol = f"{info['local']}/{info['prefixlen']}", info.pop("protocol")
    return Address(address, entry["ifname"], info["scope"], protocol, info)


def _command(where: Namespace, verb: str, address: str, link: str) -> str:
    return ip_command(where, f"addr {verb} {address} dev {link}")


def _no_ipv6(link: str) -> Meaning:
    return Meaning(
        NotSupportedError,
        _("IPv6 is switched off on {link}.").format(link=link),
        _("`sysctl -w net.ipv6.conf.{link}.disable_ipv6=0` switches it on.").format(link=link),
    )


def _not_for_a_link(address: str) -> Meaning:
    return Meaning(
        InvalidValueError,
        _("{address} cannot be the address of a link.").format(address=address),
        _("Choose an ordinary address, such as 172.16.0.1/24."),
    )
