"""IPv4 and IPv6: their headers, and those of a packet that an error quotes.

Sources: RFC 791 (IPv4), RFC 2474 (its second byte), RFC 8200 (IPv6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.frames.frame_reader import Carried, FrameReader, Malformed, NextLayer
from nslabkit.frames.header import Header, Layout, Part, bits, ip_address
from nslabkit.frames.protocol_numbers import EXTENSIONS, FRAGMENT, IP_PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Callable

_MORE_FRAGMENTS = 1


def _follows(number: int) -> str:
    name = IP_PROTOCOLS.get(number)
    return _("{protocol} follows").format(protocol=name) if name else ""


def _fragment_flags(header: Header) -> str:
    words = []
    if header["flags"] & 2:
        words.append(_("may not be split into fragments"))
    if header["flags"] & _MORE_FRAGMENTS:
        words.append(_("more fragments follow"))
    return ", ".join(words)


def _bytes(_header: Header) -> str:
    return _("bytes")


def _hops(_header: Header) -> str:
    return _("each router takes one off; at 0 the packet is dropped")


def _sender(_header: Header) -> str:
    return _("the sender")


def _receiver(_header: Header) -> str:
    return _("the receiver")


_IPV4_LAYOUT = Layout(
    Part("version", 0, 1, read=bits(4, 15)),
    Part("header length", 0, 1, _bytes, read=bits(0, 15, 4)),
    Part("service", 1, 1, lambda _h: _("how urgent, and whether a queue was full"), "0x{:02x}"),
    Part("total length", 2, 2, lambda _h: _("bytes, including this header")),
    Part("identification", 4, 2, lambda _h: _("the same in all fragments of a packet")),
    Part("flags", 6, 1, _fragment_flags, read=bits(5, 7)),
    Part("fragment offset", 6, 2, _bytes, read=bits(0, 0x1FFF, 8)),
    Part("ttl", 8, 1, _hops),
    Part("protocol", 9, 1, lambda header: _follows(header["protocol"])),
    Part("checksum", 10, 2, lambda _h: _("of this header only"), "0x{:04x}"),
    Part("source", 12, 4, _sender, read=ip_address),
    Part("destination", 16, 4, _receiver, read=ip_address),
)
_IPV6_LAYOUT = Layout(
    Part("version", 0, 1, read=bits(4, 15)),
    Part("traffic class", 0, 2, lambda _h: _("how urgent"), "0x{:02x}", bits(4, 0xFF)),
    Part("flow label", 1, 3, lambda _h: _("one conversation"), "0x{:05x}", bits(0, 0xFFFFF)),
    Part("payload length", 4, 2, lambda _h: _("bytes after this header")),
    Part("next header", 6, 1, lambda header: _follows(header["next header"])),
    Part("hop limit", 7, 1, _hops),
    Part("source", 8, 16, _sender, read=ip_address),
    Part("destination", 24, 16, _receiver, read=ip_address),
)


def read_ip(reader: FrameReader, at: int) -> NextLayer:
    """Choose the version of IP by the first half byte of the packet."""
    version = reader.byte("IP", at) >> 4
    if version not in {4, 6}:
        raise Malformed(_no_version(version))
    return f"IPv{version}", at


def read_ipv4(reader: FrameReader, at: int) -> NextLayer:
    """Read an IPv4 packet."""
    header, begin = _ipv4(reader, "IPv4", at)
    reader.ends = header, "source", "destination"
    total = header["total length"]
    if total:  # 0: larger than the field can say
        if total < begin - at:
            raise Malformed(
                _(
                    "According to its total length, {total}, the packet ends inside its header."
                ).format(total=total)
            )
        _set_end(reader, at, total)
    protocol, fragment = header["protocol"], header["fragment offset"]
    reader.carried["IPv4"] = Carried(protocol, begin, reader.end, fragment)
    if fragment:
        reader.rest("IPv4", "fragment", begin, reader.end, lambda: _("a part of a packet"))
        return None
    reader.fragment = bool(header["flags"] & _MORE_FRAGMENTS)
    return _carried(reader, protocol, begin)


def read_quoted_ipv4(reader: FrameReader, at: int) -> NextLayer:
    """Read the beginning of an IPv4 packet that an error is about."""
    layer = "IPv4 quoted"
    header, begin = _ipv4(reader, layer, at)
    reader.carried[layer] = Carried(
        header["protocol"], begin, reader.end, header["fragment offset"]
    )
    reader.rest(layer, "data", begin, reader.end, _how_it_went_on)
    return None


def _ipv4(reader: FrameReader, layer: str, at: int) -> tuple[Header, int]:
    """Return the header of a packet, and where it ends with its options."""
    header = reader.header(layer, _IPV4_LAYOUT, at)
    first = reader.data[at]
    begin = at + (first & 15) * 4
    if first >> 4 != 4 or begin < header.end:  # noqa: PLR2004 - IPv4
        raise Malformed(_("The IPv4 header is shorter than 20 bytes, or of another version."))
    if begin > header.end:
        reader.rest(layer, "options", header.end, begin)
    return header, begin


def read_ipv6(reader: FrameReader, at: int) -> NextLayer:
    """Read an IPv6 packet and its extension headers."""
    header = _ipv6(reader, "IPv6", at)
    reader.ends = header, "source", "destination"
    if header["payload length"]:  # 0: larger than the field can say
        _set_end(reader, at, _IPV6_LAYOUT.size + header["payload length"])
    following, begin = _behind_extensions(reader, "IPv6", header)
    reader.carried["IPv6"] = Carried(following, begin, reader.end)
    if following == FRAGMENT:
        reader.rest("IPv6", "fragment", begin, reader.end, lambda: _("a part of a packet"))
        return None
    return _carried(reader, following, begin) if begin < reader.end else None


def read_quoted_ipv6(reader: FrameReader, at: int) -> NextLayer:
    """Read the beginning of an IPv6 packet that an error is about."""
    layer = "IPv6 quoted"
    following, begin = _behind_extensions(reader, layer, _ipv6(reader, layer, at))
    reader.carried[layer] = Carried(following, begin, reader.end)
    reader.rest(layer, "data", begin, reader.end, _how_it_went_on)
    return None


def _ipv6(reader: FrameReader, layer: str, at: int) -> Header:
    header = reader.header(layer, _IPV6_LAYOUT, at)
    if header["version"] != 6:  # noqa: PLR2004 - IPv6
        raise Malformed(_no_version(header["version"]))
    return header


def _behind_extensions(reader: FrameReader, layer: str, header: Header) -> tuple[int, int]:
    """Return what IPv6 carries behind its extension headers, and where that begins."""
    following, at = header["next header"], header.end
    while following in EXTENSIONS and at < reader.end:
        reader.need(layer, at, 2)
        name, (following, size) = EXTENSIONS[following], reader.data[at : at + 2]
        after = at + (size + 1) * 8
        reader.rest(layer, name, at, after, _saying(following))
        at = after
    return following, at


def _saying(following: int) -> Callable[[], str]:
    return lambda: _follows(following)


def _set_end(reader: FrameReader, at: int, total: int) -> None:
    if at + total > reader.length:
        raise Malformed(
            _("The packet says that it has {total} bytes, but the frame ends before that.").format(
                total=total
            )
        )
    reader.ends_at(at + total)


def _carried(reader: FrameReader, protocol: int, at: int) -> NextLayer:
    name = IP_PROTOCOLS.get(protocol)
    if name in {"ICMP", "ICMPv6", "TCP", "UDP"}:
        return str(name), at
    reader.rest("IP", "data", at, reader.end)
    return None


def _how_it_went_on() -> str:
    return _("the rest of it")


def _no_version(version: int) -> str:
    return _("There is no version {version} of IP.").format(version=version)
