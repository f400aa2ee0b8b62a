"""ICMP, ICMPv6 and neighbour discovery: their headers.

Sources: RFC 792 (ICMP), RFC 4443 (ICMPv6), RFC 4861 (neighbour discovery).
"""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.frames.frame_reader import FrameReader, Malformed, NextLayer
from nslabkit.frames.header import Header, Layout, Part, ip_address, mac_address
from nslabkit.frames.protocol_numbers import ICMP_TYPES, ICMPV6_TYPES, QUOTING, QUOTING_V6

_ECHO, _ECHO_V6 = {0, 8}, {128, 129}
_SOLICITED, _ADVERTISED, _NEIGHBOUR = 133, 134, {135, 136}
_MAC_OPTION = 8  # bytes
_PREFIX, _PREFIX_OPTION = 3, 32  # its number, and its bytes


def _type(header: Header) -> str:
    return (ICMP_TYPES if header.layer == "ICMP" else ICMPV6_TYPES).get(header["type"], "")


_HEAD = (
    Part("type", 0, 1, _type),
    Part("code", 1, 1, lambda _h: _("distinguishes within a type")),
    Part("checksum", 2, 2, lambda _h: _("of the whole message"), "0x{:04x}"),
)
_ECHO_LAYOUT = Layout(
    *_HEAD,
    Part("id", 4, 2, lambda _h: _("which ping asked")),
    Part("sequence", 6, 2, lambda _h: _("which of its requests")),
)
_OTHER_LAYOUT = Layout(*_HEAD, Part("rest of header", 4, 4, form="0x{:08x}"))
_TARGET_LAYOUT = Layout(
    Part("target", 0, 16, lambda _h: _("the address it is about"), read=ip_address)
)
_ROUTER_LAYOUT = Layout(
    *_HEAD,
    Part("hop limit for hosts", 4, 1, lambda _h: _("what they are to begin with")),
    Part("router flags", 5, 1, lambda _h: _("how hosts are to find the rest"), "0x{:02x}"),
    Part("router lifetime", 6, 2, lambda _h: _("seconds; 0: not a default router")),
    Part("reachable time", 8, 4, lambda _h: _("milliseconds; 0: not said")),
    Part("retransmission time", 12, 4, lambda _h: _("milliseconds; 0: not said")),
)
_PREFIX_LAYOUT = Layout(
    Part("prefix: option", 0, 1, lambda _h: _("a prefix follows")),
    Part("prefix: length", 1, 1, lambda _h: _("in units of 8 bytes")),
    Part("prefix length", 2, 1, lambda _h: _("how many bits are fixed")),
    Part(
        "prefix flags", 3, 1, lambda _h: _("0x80: on this link, 0x40: make addresses"), "0x{:02x}"
    ),
    Part("valid lifetime", 4, 4, lambda _h: _("seconds for an address made from it")),
    Part("preferred lifetime", 8, 4, lambda _h: _("seconds in which it is used first")),
    Part("reserved", 12, 4, form="0x{:08x}"),
    Part("prefix", 16, 16, lambda _h: _("how addresses here begin"), read=ip_address),
)
# The options of neighbour discovery that tell a MAC address.
_LINK_ADDRESSES = {
    number: Layout(
        Part(f"{name}: option", 0, 1, lambda _h: _("a MAC address follows")),
        Part(f"{name}: length", 1, 1, lambda _h: _("in units of 8 bytes")),
        Part(name, 2, 6, lambda _h: _("where to send on the wire"), read=mac_address),
    )
    for number, name in ((1, "source MAC"), (2, "target MAC"))
}


def read_icmp(reader: FrameReader, at: int) -> NextLayer:
    """Read a message of ICMP; an error goes on with the packet that it quotes."""
    kind = _head(reader, "ICMP", at, _ECHO)
    if kind in QUOTING and at + 8 < reader.there:
        return "IPv4 quoted", at + 8
    _data(reader, "ICMP", at + 8, echo=kind in _ECHO)
    return None


def read_icmpv6(reader: FrameReader, at: int) -> NextLayer:
    """Read a message of ICMPv6; an error goes on with the packet that it quotes."""
    if reader.byte("ICMPv6", at) == _ADVERTISED:
        _options(reader, reader.header("ICMPv6", _ROUTER_LAYOUT, at).end)
        return None
    kind = _head(reader, "ICMPv6", at, _ECHO_V6)
    if kind in QUOTING_V6 and at + 8 < reader.there:
        return "IPv6 quoted", at + 8
    if kind == _SOLICITED:
        _options(reader, at + 8)
    elif kind in _NEIGHBOUR:
        _options(reader, reader.header("ICMPv6", _TARGET_LAYOUT, at + 8).end)
    else:
        _data(reader, "ICMPv6", at + 8, echo=kind in _ECHO_V6)
    return None


def _head(reader: FrameReader, layer: str, at: int, echo: set[int]) -> int:
    kind = reader.byte(layer, at)
    reader.header(layer, _ECHO_LAYOUT if kind in echo else _OTHER_LAYOUT, at)
    return kind


def _data(reader: FrameReader, layer: str, at: int, *, echo: bool) -> None:
    reader.rest(layer, "data", at, reader.end, _unchanged if echo else None)


def _unchanged() -> str:
    return _("comes back unchanged in the answer")


def _options(reader: FrameReader, at: int) -> None:
    while at + 2 <= reader.there:
        kind, size = reader.data[at], reader.data[at + 1] * 8
        if not size:
            raise Malformed(_("A neighbour discovery option gives its own length as 0 bytes."))
        if kind in _LINK_ADDRESSES and size == _MAC_OPTION:
            reader.header("ICMPv6", _LINK_ADDRESSES[kind], at)
        elif (kind, size) == (_PREFIX, _PREFIX_OPTION):
            reader.header("ICMPv6", _PREFIX_LAYOUT, at)
        else:
            reader.rest("ICMPv6", "option", at, at + size)
        at += size
