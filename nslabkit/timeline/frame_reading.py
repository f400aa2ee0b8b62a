"""Matching of frames: what each asks, what it answers, and by what it is known again.

Two frames belong together when the one `asks` what the other `answers`.  The keys are made of
the fields that the protocols themselves match by: RFC 826 (ARP), 792 and 4443 (echo: identifier
and sequence number; errors: the quoted packet), 4861 (neighbour discovery), 9293 (TCP:
acknowledgement numbers), 768 (UDP: addresses and ports, the other way round).
"""

from __future__ import annotations

import struct
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from nslabkit.frames.dissection import dissect
from nslabkit.frames.protocol_numbers import ICMP, ICMPV6, QUOTING, QUOTING_V6, TCP, UDP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.frames.dissection import Dissection
    from nslabkit.frames.frame_reader import Carried
    from nslabkit.frames.header import Header
    from nslabkit.frames.packets import Packet

Key: TypeAlias = tuple[Hashable, ...]

_CORE = 84  # bytes behind IP's header that tell one packet from another
_BEGINNING = 8  # bytes of what IP carries that an error quotes at least (RFC 792)
_SYN, _FIN, _ACK = 0x02, 0x01, 0x10
_TIMEVAL = struct.Struct("=qq")  # seconds and microseconds, as ping writes them into its packet


@dataclass(slots=True)
class Reading:
    """What was read from one frame.

    Attributes
    ----------
    asks : tuple or None
        What an answer to it must carry.
    answers : tuple or None
        What it carries, if it is an answer: the `asks` of the question.
    quotes : tuple or None
        Of an ICMP error: the packet that it complains of.
    packet : tuple or None
        The IP packet, as an ICMP error would quote it and as it is known again behind a router:
        all that stays the same on the way.
    core : tuple or None
        What of an IPv4 packet stays the same even where a router translates addresses.
    ttl : int or None
        Time to live, or hop limit.
    header : bytes
        The header of IP.
    told : tuple of str or None
        Whose MAC address is told to the receiver, in ARP or neighbour discovery: IP and MAC.
    detail : dict
        What is of use in a sentence or a figure: addresses, ``id``, ``seq``, ``sent`` (when
        ping says that it sent it, nanoseconds since the epoch).
    """

    asks: Key | None = None
    answers: Key | None = None
    quotes: Key | None = None
    packet: Key | None = None
    core: Key | None = None
    ttl: int | None = None
    header: bytes = b""
    told: tuple[str, str] | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def readings(packets: Iterable[Packet]) -> list[Reading]:
    """Read many frames: those of the same bytes, as at both ends of a wire, only once."""
    known: dict[tuple[bytes, int, int], Reading] = {}
    all_readings = []
    for packet in packets:
        key = packet.data, packet.length, packet.interface.link_type
        if (reading := known.get(key)) is None:
            reading = known[key] = read(packet)
        all_readings.append(reading)
    return all_readings


def read(packet: Packet) -> Reading:
    """Read what makes a frame belong to others; of a broken frame nothing."""
    # Not `packet.dissection`, which would stay in memory with each frame of a long recording.
    frame = dissect(packet.data, packet.length, packet.interface.link_type)
    reading, ethernet = Reading(), frame.header("Ethernet")
    if ethernet is not None:
        reading.detail = {
            "mac_source": ethernet["source"],
            "mac_destination": ethernet["destination"],
        }
    if not frame.malformed:
        if (arp := frame.header("ARP")) is not None:
            _arp(arp, packet.kind.name, reading)
        for layer in ("IPv4", "IPv6"):
            if (carried := frame.carried(layer)) is not None:
                _ip(packet.data, frame, layer, carried, reading)
    return reading


def _arp(arp: Header, name: str, reading: Reading) -> None:
    sender, target = arp["sender IP"], arp["target IP"]
    reading.detail |= {"source": sender, "destination": target}
    if sender != "0.0.0.0":  # noqa: S104 - ARP's "no address yet"
        reading.told = sender, arp["sender MAC"]
    if name == "reply":
        reading.answers = "arp", target, sender
    elif name != "announcement":
        reading.asks = "arp", sender, target


def _ip(data: bytes, frame: Dissection, layer: str, carried: Carried, reading: Reading) -> None:
    header = frame.header(layer)
    assert header is not None  # what it carries is known
    four = layer == "IPv4"
    source, destination = header["source"], header["destination"]
    reading.detail |= {"source": source, "destination": destination}
    number = header["identification"] if four else None
    reading.packet = _identity(data, (source, destination, number), carried)
    reading.ttl = header["ttl" if four else "hop limit"]
    reading.header = data[header.at : carried.at if four else header.end]
    if four and not carried.fragment:
        body = data[carried.at : carried.end]
        # Not addresses, ports, identifiers of ICMP and checksums: these may be translated.
        kept = body[4:16] + body[20:_CORE] if carried.protocol == TCP else body[8:_CORE]
        reading.core = carried.protocol, number, carried.end - header.at, kept
    if carried.protocol in _FURTHER:
        protocol, further = _FURTHER[carried.protocol]
        if (above := frame.header(protocol)) is not None:
            further(data, frame, above, reading)


def _identity(data: bytes, header: Key, carried: Carried) -> Key:
    """Return what stays the same of a packet on its way, as far as an error quotes it."""
    beginning = data[carried.at : carried.at + _BEGINNING]
    return *header, carried.protocol, carried.fragment, beginning


def _control(data: bytes, frame: Dissection, header: Header, reading: Reading) -> None:
    four = header.layer == "ICMP"
    if "sequence" in header:
        _echo(data, header, reading, asks=header["type"] == (8 if four else 128))
    elif header["type"] in (QUOTING if four else QUOTING_V6):
        reading.detail["code"] = header["code"]
        layer = "IPv4 quoted" if four else "IPv6 quoted"
        quoted, carried = frame.header(layer), frame.carried(layer)
        if quoted is not None and carried is not None:
            number = quoted["identification"] if four else None
            key = quoted["source"], quoted["destination"], number
            reading.quotes = _identity(data, key, carried)
    elif (target := frame.with_field("ICMPv6", "target")) is not None:
        _discovery(frame, target["target"], reading, asks=header["type"] == 135)  # noqa: PLR2004 - RFC 4861


def _echo(data: bytes, header: Header, reading: Reading, *, asks: bool) -> None:
    number, sequence, detail = header["id"], header["sequence"], reading.detail
    source, destination = detail["source"], detail["destination"]
    detail |= {"id": number, "seq": sequence}
    if not asks:
        reading.answers = "echo", destination, source, number, sequence
        return
    reading.asks = "echo", source, destination, number, sequence
    if len(data) >= header.end + _TIMEVAL.size:
        seconds, micro = _TIMEVAL.unpack_from(data, header.end)
        if 0 <= micro < 1_000_000:  # noqa: PLR2004 - microseconds of a second
            detail["sent"] = seconds * 1_000_000_000 + micro * 1000


def _discovery(frame: Dissection, target: str, reading: Reading, *, asks: bool) -> None:
    source, destination = reading.detail["source"], reading.detail["destination"]
    reading.detail["target"] = target
    whose, option = (source, "source MAC") if asks else (target, "target MAC")
    told = frame.with_field("ICMPv6", option)
    if told is not None and whose != "::":
        reading.told = whose, told[option]
    if asks:
        reading.asks = "nd", source, target
    else:
        # Whoever asks without an address of its own (duplicate address detection) is answered
        # to all.
        reading.answers = "nd", "::" if destination == "ff02::1" else destination, target


def _tcp(_data: bytes, frame: Dissection, header: Header, reading: Reading) -> None:
    sender, receiver = _ends(header, reading, frame.data_length("TCP"))
    flags = header["flags"]
    takes = frame.data_length("TCP") + bool(flags & _SYN) + bool(flags & _FIN)
    if takes:
        reading.asks = "tcp", sender, receiver, (header["sequence"] + takes) & 0xFFFFFFFF
    if flags & _ACK:
        reading.answers = "tcp", receiver, sender, header["acknowledgement"]


def _udp(_data: bytes, frame: Dissection, header: Header, reading: Reading) -> None:
    sender, receiver = _ends(header, reading, frame.data_length("UDP"))
    if frame.header("VXLAN") is not None:
        return  # a tunnel carries questions and answers, and is none
    reading.asks, reading.answers = ("udp", sender, receiver), ("udp", receiver, sender)


def _ends(header: Header, reading: Reading, size: int) -> tuple[Key, Key]:
    """Note the ports and the size of what is carried; return both ends."""
    here, there, detail = header["source port"], header["destination port"], reading.detail
    detail |= {"sport": here, "dport": there, "bytes": size}
    return (detail["source"], here), (detail["destination"], there)


_FURTHER = {
    ICMP: ("ICMP", _control),
    ICMPV6: ("ICMPv6", _control),
    TCP: ("TCP", _tcp),
    UDP: ("UDP", _udp),
}
