"""Tables of MAC addresses: where a bridge or a tunnel sends which frame (``bridge fdb``)."""

from __future__ import annotations

import errno
import socket
import struct
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nslabkit import netlink
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net.link_names import link_name, missing_link
from nslabkit.net.namespace import NamespaceLike, bridge_command, caption, place, resolve
from nslabkit.netlink import link_json, requests
from nslabkit.netlink.attributes import attributes
from nslabkit.netlink.refusals import refusal
from nslabkit.netlink.vxlan_requests import dump_forwarding

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = 16  # bytes of struct nlmsghdr
_ENTRY = struct.Struct("=BxxxiHBB")  # struct ndmsg: family, index, state, flags, type
# enum of NDA_*, linux/neighbour.h
_DST, _LLADDR, _VLAN, _PORT, _VNI, _IFINDEX, _MASTER = 1, 2, 5, 6, 7, 8, 9
# NTF_* and NUD_*, in the words and the order of bridge(8)
_FLAGS = ((0x02, "self"), (0x80, "router"), (0x10, "extern_learn"), (0x20, "offload"))
_STICKY = (0x40, "sticky")
_STATES = ((0x80, "permanent"), (0x40, "static"), (0x04, "stale"))


@dataclass(frozen=True)
class ForwardingEntry:
    """One line of ``bridge fdb``.

    Attributes
    ----------
    mac : str
        The MAC address; of a tunnel, ``00:00:00:00:00:00`` stands for every one that it does
        not know.
    link : str
        The bridge's port, or the tunnel, behind which it is.
    dst : str or None
        Of a tunnel: the address of the host to which such a frame goes.
    bridge : str or None
        The bridge whose table it is in; None for the table of the link itself (``self``).
    state : str
        ``"permanent"`` or ``"static"`` if somebody has set it, empty if it was learnt.
    json : dict
        Its entry in ``bridge -j fdb``.
    """

    mac: str
    link: str
    dst: str | None
    bridge: str | None
    state: str
    json: dict[str, Any] = field(repr=False, compare=False)


def fdb(namespace: NamespaceLike = None, link: str | None = None) -> Table[ForwardingEntry]:
    """Return which MAC address is where, by all bridges and tunnels: ``bridge fdb``.

    Parameters
    ----------
    namespace : NamespaceLike
        Where.
    link : str, optional
        Only what is behind this link: ``bridge fdb show dev LINK``.

    Raises
    ------
    NotFoundError
        There is no such link, or no such namespace.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.Lab():
    ...     lab.links.add_vxlan("vx", identity=42, remote="192.0.2.2")
    ...     [(entry.mac, entry.dst) for entry in lab.bridges.fdb(link="vx")]
    [('00:00:00:00:00:00', '192.0.2.2')]
    """
    where = resolve(namespace)
    tried = bridge_command(where, "fdb" if link is None else f"fdb show dev {link}")
    if link is not None:
        link_name(link, tried)

    def ask(talk: netlink.Conversation) -> tuple[list[bytes], list[bytes]]:
        return talk.dump(requests.dump_links()), talk.dump(dump_forwarding())

    try:
        links, answers = netlink.inside(place(where), ask)
    except OSError as error:
        raise refusal(error, tried) from None
    names = {entry["ifindex"]: entry["ifname"] for entry in link_json.entries(links)}
    if link is not None and link not in names.values():
        raise missing_link(link, where).error(tried, errno.ENODEV)
    rows = [_row(answer, names) for answer in answers]
    shown = [row for row in rows if link in {None, row.link}]
    if link is not None:
        for row in shown:
            del row.json["ifname"]  # as bridge does where it was asked for one link
    return Table(
        caption(where, _("MAC addresses"), _("MAC addresses in {namespace}")),
        shown,
        {
            _("MAC address"): lambda row: row.mac,
            _("link"): lambda row: row.link,
            _("bridge"): lambda row: row.bridge or "",
            _("host"): lambda row: row.dst or "",
            _("state"): lambda row: row.state,
        },
        [row.json for row in shown],
    )


def _row(message: bytes, names: Mapping[int, str]) -> ForwardingEntry:
    _family, index, state, flags, _kind = _ENTRY.unpack_from(message, _HEADER)
    given = dict(attributes(message, _HEADER + _ENTRY.size))
    entry: dict[str, Any] = {"mac": given.get(_LLADDR, b"").hex(":"), "ifname": names.get(index)}
    if _DST in given:
        raw = given[_DST]
        family = socket.AF_INET if len(raw) == 4 else socket.AF_INET6  # noqa: PLR2004 - bytes of an IPv4 address
        entry["dst"] = socket.inet_ntop(family, raw)
    for word, kind in (("vlan", _VLAN), ("vni", _VNI)):
        if kind in given:
            entry[word] = int.from_bytes(given[kind], sys.byteorder)
    if _PORT in given:
        entry["port"] = int.from_bytes(given[_PORT], "big")
    if _IFINDEX in given:
        entry["viaIf"] = names.get(int.from_bytes(given[_IFINDEX], sys.byteorder))
    entry["flags"] = [word for bit, word in (*_FLAGS, _STICKY) if flags & bit]
    if _MASTER in given:
        entry["master"] = names.get(int.from_bytes(given[_MASTER], sys.byteorder))
    entry["state"] = next((word for bit, word in _STATES if state & bit), "")
    return ForwardingEntry(
        entry["mac"],
        str(entry["ifname"]),
        entry.get("dst"),
        entry.get("master"),
        entry["state"],
        entry,
    )
