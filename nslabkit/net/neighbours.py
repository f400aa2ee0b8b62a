"""The neighbour table of a namespace (ARP and neighbour discovery).

A neighbour entry says which MAC address belongs to an IP address on the same link; for IPv4 it
is learnt with ARP (RFC 826), for IPv6 with neighbour discovery (RFC 4861).
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nslabkit import netlink
from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net import typed_values
from nslabkit.net.changing import change
from nslabkit.net.link_names import link_name, missing_link
from nslabkit.net.namespace import NamespaceLike, caption, ip_command, place, resolve
from nslabkit.netlink import link_json, requests
from nslabkit.netlink.names import neighbour_states
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace

__all__ = ["Neighbour", "flush", "neighbours", "remove"]

_NOARP, _PERMANENT = 0x40, 0x80
_FLAGS = ((0x80, "router"), (0x08, "proxy"), (0x10, "extern_learn"), (0x20, "offload"))


@dataclass(frozen=True)
class Neighbour:
    """One entry of the neighbour table.

    Attributes
    ----------
    address : str
        The neighbour's IP address.
    link : str
        The link on which it is.
    mac : str or None
        Its MAC address; None while it is not known.
    state : str
        ``REACHABLE``, ``STALE``, ``INCOMPLETE``, ``FAILED``, … (``ip-neighbour(8)``).
    json : dict
        Its entry in ``ip -j neigh``.
    """

    address: str
    link: str
    mac: str | None
    state: str
    json: dict[str, Any] = field(repr=False, compare=False)


def neighbours(namespace: NamespaceLike = None, link: str | None = None) -> Table[Neighbour]:
    """Return the neighbours of a namespace, or of one link: ``ip neigh``, ``ip -j neigh``.

    As with ``ip neigh``, entries that need no learning (``NOARP``: multicast, loopback) are left
    out.

    Raises
    ------
    NotFoundError
        There is no such link, or no such namespace.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.neighbours.neighbours()
    Neighbours: -
    """
    where = resolve(namespace)
    tried = ip_command(where, "neigh" if link is None else f"neigh show dev {link}")
    entries = [as_json(answer, names) for answer, names in _read(where, link, tried)]
    if link is not None:
        for entry in entries:
            del entry["dev"]  # as ip does where it was asked for one link
    rows = [
        Neighbour(
            entry["dst"],
            entry.get("dev", link or ""),
            entry.get("lladdr"),
            ",".join(entry["state"]),
            entry,
        )
        for entry in entries
    ]
    return Table(
        caption(where, _("Neighbours"), _("Neighbours in {namespace}")),
        rows,
        {
            _("address"): lambda row: row.address,
            _("link"): lambda row: row.link,
            _("MAC address"): lambda row: row.mac or "",
            _("state"): lambda row: row.state,
        },
        entries,
    )


def flush(namespace: NamespaceLike = None, link: str | None = None) -> None:
    """Forget what was learnt of the neighbours: ``ip neigh flush all`` or ``… dev LINK``.

    Entries that were set by hand (``PERMANENT``) stay.

    Raises
    ------
    NotFoundError
        There is no such link, or no such namespace.
    """
    where = resolve(namespace)
    tried = ip_command(where, f"neigh flush {'all' if link is None else f'dev {link}'}")
    removals = [
        requests.remove_neighbour(
            answer["ifindex"], typed_values.address(answer["NDA_DST"], "").packed
        )
        for answer, _names_of_links in _read(where, link, tried)
        if not answer["state"] & _PERMANENT
    ]

    def forget(conversation: netlink.Conversation) -> None:
        for removal in removals:
            try:
                conversation.change(removal)
            except netlink.KernelRefusedError as error:
                if error.errno != errno.ENOENT:  # forgotten by the kernel meanwhile
                    raise

    change(where, tried, forget)


def remove(address: str, link: str, *, namespace: NamespaceLike = None) -> None:
    """Forget one neighbour: ``ip neigh del ADDRESS dev LINK``.

    Raises
    ------
    InvalidValueError
        That is not an address.
    NotFoundError
        There is no such entry, or no such link.
    """
    where = resolve(namespace)
    tried = ip_command(where, f"neigh del {address} dev {link}")
    packed = typed_values.address(address, tried).packed
    name = link_name(link, tried)

    def forget(conversation: netlink.Conversation) -> None:
        conversation.change(requests.remove_neighbour(conversation.index(name), packed))

    def meanings() -> dict[int, Meaning]:
        unknown = Meaning(
            NotFoundError,
            _("No neighbour {address} is known on {link}.").format(address=address, link=link),
            _("See which ones exist: `{command}`.").format(command=ip_command(where, "neigh")),
        )
        return {errno.ENODEV: missing_link(link, where), errno.ENOENT: unknown}

    change(where, tried, forget, meanings)


def _read(
    where: Namespace, link: str | None, tried: str
) -> list[tuple[dict[str, Any], dict[int, str]]]:
    """Return the entries that ``ip neigh`` shows, each with the names of the links."""
    from nslabkit.netlink.decoding import decode

    def ask(talk: netlink.Conversation) -> tuple[list[bytes], list[bytes]]:
        return talk.dump(requests.dump_links()), talk.dump(requests.dump_neighbours())

    try:
        links, entries = netlink.inside(place(where), ask)
    except OSError as error:
        raise refusal(error, tried) from None
    names = {entry["ifindex"]: entry["ifname"] for entry in link_json.entries(links)}
    if link is not None and link not in names.values():
        raise missing_link(link, where).error(tried, errno.ENODEV)
    return [
        (answer, names)
        for answer in decode("neighbour", entries)
        if answer["state"] & ~_NOARP and link in {None, names.get(answer["ifindex"])}
    ]


def as_json(answer: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    """Return the entry that ``ip -j`` prints for what the kernel said of a neighbour."""
    entry: dict[str, Any] = {
        "dst": answer["NDA_DST"],
        "dev": names.get(answer["ifindex"], f"if{answer['ifindex']}"),
    }
    if "NDA_LLADDR" in answer:
        entry["lladdr"] = answer["NDA_LLADDR"]
    for bit, name in _FLAGS:
        if answer["flags"] & bit:
            entry[name] = None
    entry["state"] = neighbour_states(answer["state"])
    return entry
