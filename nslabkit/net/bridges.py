"""Bridges: make one, attach links as ports, detach them, and read what they have learnt."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from nslabkit import netlink
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.net import links
from nslabkit.net.changing import change
from nslabkit.net.forwarding_entries import ForwardingEntry, fdb
from nslabkit.net.link_names import link_name, missing_link
from nslabkit.net.namespace import NamespaceLike, ip_command, resolve
from nslabkit.netlink import requests
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace

__all__ = ["ForwardingEntry", "add", "attach", "detach", "fdb"]


def add(name: str, *, namespace: NamespaceLike = None) -> None:
    """Create a bridge, still down and without ports: ``ip link add NAME type bridge``.

    Raises
    ------
    AlreadyExistsError
        A link of that name already exists.
    NotSupportedError
        This kernel has no bridges.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.Lab():
    ...     lab.bridges.add("br0")
    ...     lab.links.add_veth("port", "far")
    ...     lab.bridges.attach("port", "br0")
    ...     lab.links.link("port").json["master"]
    'br0'
    """
    links.add(name, kind="bridge", namespace=namespace)


def attach(link: str, bridge: str, *, namespace: NamespaceLike = None) -> None:
    """Make a link a port of a bridge: ``ip link set LINK master BRIDGE``.

    Raises
    ------
    NotFoundError
        There is no such link or bridge.
    InvalidValueError
        `bridge` is not a bridge, or `link` cannot be a port (``lo``, another bridge).
    """
    where = resolve(namespace)
    tried = ip_command(where, f"link set {link} master {bridge}")
    port, master = link_name(link, tried), link_name(bridge, tried)

    def join(conversation: netlink.Conversation) -> None:
        index = _index(conversation, master, tried, bridge, where)
        conversation.change(requests.set_master(port, index))

    change(where, tried, join, lambda: _meanings(link, where))


def detach(link: str, *, namespace: NamespaceLike = None) -> None:
    """Take a link out of its bridge: ``ip link set LINK nomaster``.

    Raises
    ------
    NotFoundError
        There is no such link.
    """
    where = resolve(namespace)
    tried = ip_command(where, f"link set {link} nomaster")
    request = requests.set_master(link_name(link, tried), 0)
    change(where, tried, request, lambda: _meanings(link, where))


def _index(
    conversation: netlink.Conversation, name: bytes, tried: str, bridge: str, where: Namespace
) -> int:
    try:
        return conversation.index(name)
    except netlink.KernelRefusedError as error:
        missing = missing_link(bridge, where)
        raise refusal(error, tried, {errno.ENODEV: missing}) from None


def _meanings(link: str, where: Namespace) -> dict[int, Meaning]:
    unfit = Meaning(
        InvalidValueError,
        _("Either that is not a bridge, or {link} cannot be a port of one.").format(link=link),
        _("`ip link show type bridge` lists bridges; lo and bridges cannot be ports."),
    )
    none = {errno.ENODEV: missing_link(link, where)}
    return none | dict.fromkeys((errno.EINVAL, errno.EOPNOTSUPP, errno.ELOOP), unfit)
