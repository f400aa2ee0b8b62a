"""What do the headers of TCP and UDP say?  Sources: RFC 9293, RFC 768."""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.frames.dissection import Malformed, Reader

__all__ = ["read_tcp", "read_udp", "tcp_flags"]

_TCP_HEADER, _UDP_HEADER = 20, 8  # bytes, without options
_FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")  # from the lowest bit


def tcp_flags(number: int) -> str:
    """Return the names of TCP's flags: ``"SYN,ACK"``."""
    return ",".join(name for bit, name in enumerate(_FLAGS) if number >> bit & 1)


def read_tcp(reader: Reader, at: int) -> None:
    """Read a TCP segment."""
    layer = "TCP"
    reader.number(layer, "source port", at, 2, _("of the program that sends"))
    reader.number(layer, "destination port", at + 2, 2, _("of the program that receives"))
    reader.number(layer, "sequence", at + 4, 4, _("number of its first byte in the stream"))
    reader.number(layer, "acknowledgement", at + 8, 4, _("number of the byte expected next"))
    header = (reader.bytes(layer, at + 12, 1)[0] >> 4) * 4
    reader.bits(layer, "header length", at + 12, 1, header, _("bytes"))
    flags = reader.bytes(layer, at + 13, 1)[0]
    reader.number(layer, "flags", at + 13, 1, tcp_flags(flags), "0x{:02x}")
    reader.number(layer, "window", at + 14, 2, _("how much more the sender can take"))
    reader.number(layer, "checksum", at + 16, 2, _("of header and data"), "0x{:04x}")
    reader.number(layer, "urgent pointer", at + 18, 2)
    if header < _TCP_HEADER or at + header > reader.end:
        raise Malformed(_("The TCP header cannot have {header} bytes here.").format(header=header))
    reader.rest(layer, "options", at + _TCP_HEADER, at + header)
    reader.values["TCP", "data length"] = max(0, reader.end - at - header)
    reader.rest(layer, "data", at + header, reader.end, _("what the program sent"))


def read_udp(reader: Reader, at: int) -> None:
    """Read a UDP datagram."""
    layer = "UDP"
    reader.number(layer, "source port", at, 2, _("of the program that sends"))
    reader.number(layer, "destination port", at + 2, 2, _("of the program that receives"))
    size = reader.number(layer, "length", at + 4, 2, _("bytes, this header included"))
    reader.number(layer, "checksum", at + 6, 2, _("of header and data"), "0x{:04x}")
    if size and (size < _UDP_HEADER or at + size > reader.end):
        raise Malformed(_("A UDP datagram cannot have {size} bytes here.").format(size=size))
    end = at + size if size else reader.end
    reader.values["UDP", "data length"] = max(0, end - at - _UDP_HEADER)
    reader.rest(layer, "data", at + _UDP_HEADER, end, _("what the program sent"))
