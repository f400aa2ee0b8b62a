"""TCP and UDP: their headers.  Sources: RFC 9293, RFC 768."""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.frames.frame_reader import FrameReader, Malformed, NextLayer
from nslabkit.frames.header import Header, Layout, Part, bits
from nslabkit.frames.protocol_numbers import VXLAN_PORTS, tcp_flags


def _what_was_sent() -> str:
    return _("what the program sent")


def _checksum(_header: Header) -> str:
    return _("of header and data")


_PORTS = (
    Part("source port", 0, 2, lambda _h: _("of the sending program")),
    Part("destination port", 2, 2, lambda _h: _("of the receiving program")),
)
_TCP_LAYOUT = Layout(
    *_PORTS,
    Part("sequence", 4, 4, lambda _h: _("number of its first byte in the stream")),
    Part("acknowledgement", 8, 4, lambda _h: _("number of the byte expected next")),
    Part("header length", 12, 1, lambda _h: _("bytes"), read=bits(4, 15, 4)),
    Part("flags", 13, 1, lambda header: tcp_flags(header["flags"]), "0x{:02x}"),
    Part("window", 14, 2, lambda _h: _("how much more the sender can take")),
    Part("checksum", 16, 2, _checksum, "0x{:04x}"),
    Part("urgent pointer", 18, 2),
)
_UDP_LAYOUT = Layout(
    *_PORTS,
    Part("length", 4, 2, lambda _h: _("bytes, including this header")),
    Part("checksum", 6, 2, _checksum, "0x{:04x}"),
)


def read_tcp(reader: FrameReader, at: int) -> NextLayer:
    """Read a TCP segment."""
    header = reader.header("TCP", _TCP_LAYOUT, at)
    size = header["header length"]
    if size < _TCP_LAYOUT.size or at + size > reader.end:
        raise Malformed(_("The TCP header cannot be {header} bytes long here.").format(header=size))
    reader.rest("TCP", "options", header.end, at + size)
    reader.sizes["TCP"] = reader.end - at - size
    reader.rest("TCP", "data", at + size, reader.end, _what_was_sent)
    return None


def read_udp(reader: FrameReader, at: int) -> NextLayer:
    """Read a UDP datagram; its first fragment has less than its length says."""
    header = reader.header("UDP", _UDP_LAYOUT, at)
    size = header["length"]
    if size and (size < _UDP_LAYOUT.size or (at + size > reader.end and not reader.fragment)):
        raise Malformed(_("A UDP datagram cannot be {size} bytes long here.").format(size=size))
    end = at + size if size else reader.end
    reader.sizes["UDP"] = end - header.end
    if header["destination port"] in VXLAN_PORTS and not reader.fragment:
        reader.ends_at(min(end, reader.end))
        return "VXLAN", header.end
    reader.rest("UDP", "data", header.end, min(end, reader.end), _what_was_sent)
    return None
