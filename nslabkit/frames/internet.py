"""What do the headers of IPv4, IPv6, ICMP and ICMPv6 say?

Sources: RFC 791 (IPv4), RFC 2474 (its second byte), RFC 8200 (IPv6), RFC 792 (ICMP), RFC 4443
(ICMPv6), RFC 4861 (neighbour discovery).
"""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.frames import transport
from nslabkit.frames.dissection import Malformed, Reader

__all__ = ["read_either", "read_ipv4", "read_ipv6"]

_ICMP, _TCP, _UDP, _ICMPV6, _FRAGMENT = 1, 6, 17, 58, 44
_PROTOCOLS = {_ICMP: "ICMP", 2: "IGMP", _TCP: "TCP", _UDP: "UDP", _ICMPV6: "ICMPv6"}
_EXTENSIONS = {0: "hop-by-hop options", 43: "routing", 60: "destination options"}
_IPV4_HEADER, _IPV6_HEADER = 20, 40  # bytes, without options
_ECHO = {0, 8, 128, 129}
_ICMP_TYPES = {
    0: "echo reply",
    3: "destination unreachable",
    5: "redirect",
    8: "echo request",
    11: "time exceeded",
}
_ICMPV6_TYPES = {
    1: "destination unreachable",
    2: "packet too big",
    3: "time exceeded",
    128: "echo request",
    129: "echo reply",
    133: "router solicitation",
    134: "router advertisement",
    135: "neighbour solicitation",
    136: "neighbour advertisement",
    143: "multicast listener report",
}
_QUOTING = {3, 5, 11}  # types of ICMP that bring the packet which they are about
_QUOTING_V6 = {1, 2, 3}
_NEIGHBOUR = {135, 136}
_LINK_ADDRESSES = {1: "source MAC", 2: "target MAC"}  # options of neighbour discovery
_MAC_OPTION = 8  # bytes


def read_either(reader: Reader, at: int) -> None:
    """Read an IP packet of the version that its first half byte says."""
    version = reader.bytes("IP", at, 1)[0] >> 4
    if version == 4:  # noqa: PLR2004 - IPv4
        read_ipv4(reader, at)
    elif version == 6:  # noqa: PLR2004 - IPv6
        read_ipv6(reader, at)
    else:
        raise Malformed(_("There is no version {version} of IP.").format(version=version))


def read_ipv4(reader: Reader, at: int, *, quoted: bool = False) -> None:
    """Read an IPv4 packet; one quoted in an error may be cut off."""
    layer = "IPv4" if not quoted else "IPv4 quoted"
    first = reader.bytes(layer, at, 1)[0]
    reader.bits(layer, "version", at, 1, first >> 4)
    header = (first & 15) * 4
    reader.bits(layer, "header length", at, 1, header, _("bytes"))
    reader.number(
        layer, "service", at + 1, 1, _("how urgent, and whether a queue was full"), "0x{:02x}"
    )
    total = reader.number(layer, "total length", at + 2, 2, _("bytes, this header included"))
    reader.number(layer, "identification", at + 4, 2, _("the same in all fragments of a packet"))
    fragment = int.from_bytes(reader.bytes(layer, at + 6, 2), "big")
    reader.bits(layer, "flags", at + 6, 1, fragment >> 13, _fragment_flags(fragment >> 13))
    reader.bits(layer, "fragment offset", at + 6, 2, (fragment & 0x1FFF) * 8, _("bytes"))
    reader.number(layer, "ttl", at + 8, 1, _("how many routers it may still pass"))
    protocol = reader.number(layer, "protocol", at + 9, 1, _protocol(reader.data[at + 9 : at + 10]))
    reader.number(layer, "checksum", at + 10, 2, _("of this header only"), "0x{:04x}")
    source = reader.address(layer, "source", at + 12, 4, _("the sender"))
    destination = reader.address(layer, "destination", at + 16, 4, _("the receiver"))
    if first >> 4 != 4 or header < _IPV4_HEADER:  # noqa: PLR2004 - IPv4
        raise Malformed(_("The IPv4 header is shorter than 20 bytes, or of another version."))
    if not quoted:
        reader.source, reader.destination = source, destination
        _set_end(reader, at, header, total)
    reader.rest(layer, "options", at + _IPV4_HEADER, at + header)
    if fragment & 0x3FFF and not quoted:
        reader.rest(layer, "fragment", at + header, reader.end, _("a part of a packet"))
    elif quoted:
        reader.rest(layer, "data", at + header, reader.end, _("how it went on"))
    else:
        _carried(reader, protocol, at + header)


def _set_end(reader: Reader, at: int, header: int, total: int) -> None:
    if total == 0:  # larger than the field can say: the kernel leaves it at 0
        return
    if total < header:
        raise Malformed(
            _("By its total length, {total}, the packet ends inside its header.").format(
                total=total
            )
        )
    if at + total > reader.length:
        raise Malformed(
            _("The packet says that it has {total} bytes, but the frame ends before.").format(
                total=total
            )
        )
    reader.end = at + total


def read_ipv6(reader: Reader, at: int, *, quoted: bool = False) -> None:
    """Read an IPv6 packet; one quoted in an error may be cut off."""
    layer = "IPv6" if not quoted else "IPv6 quoted"
    first = int.from_bytes(reader.bytes(layer, at, 4), "big")
    reader.bits(layer, "version", at, 1, first >> 28)
    reader.bits(layer, "traffic class", at, 2, first >> 20 & 0xFF, _("how urgent"), "0x{:02x}")
    reader.bits(layer, "flow label", at + 1, 3, first & 0xFFFFF, _("one conversation"), "0x{:05x}")
    payload = reader.number(layer, "payload length", at + 4, 2, _("bytes behind this header"))
    following = reader.number(
        layer, "next header", at + 6, 1, _protocol(reader.data[at + 6 : at + 7])
    )
    reader.number(layer, "hop limit", at + 7, 1, _("how many routers it may still pass"))
    source = reader.address(layer, "source", at + 8, 16, _("the sender"))
    destination = reader.address(layer, "destination", at + 24, 16, _("the receiver"))
    if first >> 28 != 6:  # noqa: PLR2004 - IPv6
        raise Malformed(_("There is no version {version} of IP.").format(version=first >> 28))
    at += _IPV6_HEADER
    if quoted:
        reader.rest(layer, "data", at, reader.end, _("how it went on"))
        return
    reader.source, reader.destination = source, destination
    if payload:  # 0: larger than the field can say
        if at + payload > reader.length:
            raise Malformed(
                _("The packet says that it has {total} bytes, but the frame ends before.").format(
                    total=_IPV6_HEADER + payload
                )
            )
        reader.end = at + payload
    _behind_extensions(reader, following, at)


def _behind_extensions(reader: Reader, following: int, at: int) -> None:
    while following in _EXTENSIONS and at < reader.end:
        name = _EXTENSIONS[following]
        head = reader.bytes("IPv6", at, 2)
        following, size = head[0], (head[1] + 1) * 8
        reader.rest("IPv6", name, at, at + size, _protocol(head[:1]))
        at += size
    if following == _FRAGMENT:
        reader.rest("IPv6", "fragment", at, reader.end, _("a part of a packet"))
    elif at < reader.end:
        _carried(reader, following, at)


def _carried(reader: Reader, protocol: int, at: int) -> None:
    """Read what an IP packet carries."""
    if protocol == _ICMP:
        _icmp(reader, at)
    elif protocol == _ICMPV6:
        _icmpv6(reader, at)
    elif protocol == _TCP:
        transport.read_tcp(reader, at)
    elif protocol == _UDP:
        transport.read_udp(reader, at)
    else:
        reader.rest("IP", "data", at, reader.end)


def _icmp(reader: Reader, at: int) -> None:
    kind = _icmp_head(reader, at, "ICMP", _ICMP_TYPES)
    if kind in _ECHO:
        _echo(reader, at, "ICMP")
        return
    reader.number("ICMP", "rest of header", at + 4, 4, "", "0x{:08x}")
    if kind in _QUOTING and at + 8 < min(reader.end, len(reader.data)):
        read_ipv4(reader, at + 8, quoted=True)
    else:
        reader.rest("ICMP", "data", at + 8, reader.end)


def _icmpv6(reader: Reader, at: int) -> None:
    kind = _icmp_head(reader, at, "ICMPv6", _ICMPV6_TYPES)
    if kind in _ECHO:
        _echo(reader, at, "ICMPv6")
        return
    reader.number("ICMPv6", "rest of header", at + 4, 4, "", "0x{:08x}")
    if kind in _NEIGHBOUR:
        reader.address("ICMPv6", "target", at + 8, 16, _("the address that it is about"))
        _options(reader, at + 24)
    elif kind in _QUOTING_V6 and at + 8 < min(reader.end, len(reader.data)):
        read_ipv6(reader, at + 8, quoted=True)
    else:
        reader.rest("ICMPv6", "data", at + 8, reader.end)


def _icmp_head(reader: Reader, at: int, layer: str, names: dict[int, str]) -> int:
    kind = reader.bytes(layer, at, 8)[0]
    reader.number(layer, "type", at, 1, names.get(kind, ""))
    reader.number(layer, "code", at + 1, 1, _("tells apart within a type"))
    reader.number(layer, "checksum", at + 2, 2, _("of the whole message"), "0x{:04x}")
    return kind


def _echo(reader: Reader, at: int, layer: str) -> None:
    reader.number(layer, "id", at + 4, 2, _("which ping asked"))
    reader.number(layer, "sequence", at + 6, 2, _("which of its questions"))
    reader.rest(layer, "data", at + 8, reader.end, _("comes back unchanged in the answer"))


def _options(reader: Reader, at: int) -> None:
    """Read the options of neighbour discovery."""
    while at + 2 <= min(reader.end, len(reader.data)):
        kind, size = reader.data[at], reader.data[at + 1] * 8
        if not size:
            raise Malformed(_("An option of neighbour discovery says that it has no bytes."))
        if kind in _LINK_ADDRESSES and size == _MAC_OPTION:
            name = _LINK_ADDRESSES[kind]
            reader.number("ICMPv6", f"{name}: option", at, 1, _("a MAC address follows"))
            reader.number("ICMPv6", f"{name}: length", at + 1, 1, _("in units of 8 bytes"))
            reader.mac("ICMPv6", name, at + 2, _("where to send on the wire"))
        else:
            reader.rest("ICMPv6", "option", at, at + size)
        at += size


def _protocol(number: bytes) -> str:
    name = _PROTOCOLS.get(int.from_bytes(number, "big")) if number else None
    return _("{protocol} follows").format(protocol=name) if name else ""


def _fragment_flags(flags: int) -> str:
    words = []
    if flags & 2:
        words.append(_("may not be cut into fragments"))
    if flags & 1:
        words.append(_("more fragments follow"))
    return ", ".join(words)
