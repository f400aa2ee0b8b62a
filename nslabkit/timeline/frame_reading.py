"""What does a frame ask, what does it answer, and by what is it known again?

Two frames belong together when the one `asks` what the other `answers`.  The keys are made of
the fields that the protocols themselves match by: RFC 826 (ARP), 792 and 4443 (echo: identifier
and sequence number; errors: the quoted packet), 4861 (neighbour discovery), 9293 (TCP:
acknowledgement numbers), 768 (UDP: addresses and ports, the other way round).
"""

from __future__ import annotations

import functools
import socket
import struct
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from nslabkit.frames.interface import RAW

if TYPE_CHECKING:
    from nslabkit.frames.packets import Packet

__all__ = ["ARP_QUESTIONS", "Reading", "read"]

Key: TypeAlias = tuple[Hashable, ...]

ARP_QUESTIONS = ("ARP request", "ARP probe", "ARP announcement")
_TAGS = (0x8100, 0x88A8)
_ETHERNET, _IPV4, _IPV6 = 14, 20, 40  # bytes of the headers, without options
_ICMP, _TCP, _UDP, _ICMPV6 = 1, 6, 17, 58
_EXTENSIONS = (0, 43, 60)  # hop-by-hop, routing and destination options
_CORE = 84  # bytes behind IP's header that tell one packet from another
_SYN, _FIN, _ACK = 0x02, 0x01, 0x10
_NO_PLACE, _REDIRECT, _TIME = 3, 5, 11  # ICMP's errors, with "parameter problem", 12
_TWO_NUMBERS = struct.Struct(">HH")
_TIMEVAL = struct.Struct("=qq")  # seconds and microseconds, as ping writes them into its packet
_MAC_OPTIONS = (1, 2)  # source and target link-layer address (RFC 4861, 4.6.1)


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


def read(packet: Packet) -> Reading:
    """Read what makes a frame belong to others; of a broken frame nothing."""
    try:
        return _read(packet)
    except (struct.error, IndexError, ValueError, OSError):  # shorter than its own headers say
        return Reading()


def _read(packet: Packet) -> Reading:
    data, at = packet.data, 0
    detail: dict[str, Any] = {}
    if packet.interface.link_type != RAW:
        detail = {"mac_source": _mac(data[6:12]), "mac_destination": _mac(data[:6])}
        at = _ETHERNET
        while int.from_bytes(data[at - 2 : at], "big") in _TAGS:
            at += 4
        if int.from_bytes(data[at - 2 : at], "big") == 0x0806:  # noqa: PLR2004 - ARP's EtherType
            return _arp(data[at:], packet.kind, detail)
    version = data[at] >> 4
    if packet.kind.startswith(("malformed", "other")) or version not in {4, 6}:
        return Reading(detail=detail)
    return (_ipv4 if version == 4 else _ipv6)(data[at:], detail)  # noqa: PLR2004 - IP's version


def _arp(body: bytes, kind: str, detail: dict[str, Any]) -> Reading:
    if not kind.startswith("ARP"):
        return Reading(detail=detail)
    mac = body[8:14].hex(":")
    sender, target = _address(body[14:18]), _address(body[24:28])
    detail |= {"source": sender, "destination": target}
    told = None if sender == "0.0.0.0" else (sender, mac)  # noqa: S104 - ARP's "no address yet"
    if kind == "ARP reply":
        return Reading(answers=("arp", target, sender), told=told, detail=detail)
    asks = None if kind == "ARP announcement" else ("arp", sender, target)
    return Reading(asks=asks, told=told, detail=detail)


def _ipv4(packet: bytes, detail: dict[str, Any]) -> Reading:
    header = (packet[0] & 15) * 4
    total = int.from_bytes(packet[2:4], "big") or len(packet)
    source, destination, protocol = _address(packet[12:16]), _address(packet[16:20]), packet[9]
    detail |= {"source": source, "destination": destination}
    fragment = int.from_bytes(packet[6:8], "big") & 0x1FFF
    identity = (source, destination, protocol, packet[4:6], fragment, packet[header : header + 8])
    rest = Reading(packet=identity, ttl=packet[8], header=packet[:header], detail=detail)
    if fragment:
        return rest
    body = packet[header:total]
    # Not addresses, ports, identifiers of ICMP and checksums: these may be translated.
    kept = body[4:16] + body[20:_CORE] if protocol == _TCP else body[8:_CORE]
    rest.core = (protocol, packet[4:6], total, kept)
    return _above(body, protocol, rest)


def _ipv6(packet: bytes, detail: dict[str, Any]) -> Reading:
    source, destination = _address(packet[8:24]), _address(packet[24:40])
    detail |= {"source": source, "destination": destination}
    protocol, at = packet[6], _IPV6
    end = _IPV6 + (int.from_bytes(packet[4:6], "big") or len(packet))
    while protocol in _EXTENSIONS:
        protocol, at = packet[at], at + (packet[at + 1] + 1) * 8
    identity = (source, destination, protocol, packet[at : at + 8])
    rest = Reading(packet=identity, ttl=packet[7], header=packet[:_IPV6], detail=detail)
    return _above(packet[at:end], protocol, rest)


def _above(body: bytes, protocol: int, packet: Reading) -> Reading:
    """Read what IP carries: `packet` has what IP itself says."""
    further = {_ICMP: _icmp, _ICMPV6: _icmpv6, _TCP: _tcp, _UDP: _udp}.get(protocol)
    return further(body, packet) if further is not None and len(body) >= 8 else packet  # noqa: PLR2004 - the shortest header of the four


def _icmp(body: bytes, packet: Reading) -> Reading:
    kind = body[0]
    if kind in {8, 0}:  # echo request and reply
        return _echo(body, packet, asks=kind == 8)  # noqa: PLR2004
    if kind in {_NO_PLACE, _REDIRECT, _TIME, 12}:
        packet.detail["code"] = body[1]
        packet.quotes = _ipv4(body[8:], {}).packet
    return packet


def _icmpv6(body: bytes, packet: Reading) -> Reading:
    kind = body[0]
    if kind in {128, 129}:  # echo request and reply
        return _echo(body, packet, asks=kind == 128)  # noqa: PLR2004
    if kind in {1, 2, 3, 4}:  # errors
        packet.detail["code"] = body[1]
        packet.quotes = _ipv6(body[8:], {}).packet
    if kind in {135, 136}:  # neighbour solicitation and advertisement
        _discovery(body, packet, asks=kind == 135)  # noqa: PLR2004
    return packet


def _echo(body: bytes, packet: Reading, *, asks: bool) -> Reading:
    number, sequence = _TWO_NUMBERS.unpack_from(body, 4)
    detail = packet.detail
    detail |= {"id": number, "seq": sequence, "icmp_bytes": len(body)}
    source, destination = detail["source"], detail["destination"]
    if not asks:
        packet.answers = ("echo", destination, source, number, sequence)
        return packet
    packet.asks = ("echo", source, destination, number, sequence)
    if len(body) >= 8 + _TIMEVAL.size:
        seconds, micro = _TIMEVAL.unpack_from(body, 8)
        if 0 <= micro < 1_000_000:  # noqa: PLR2004 - microseconds of a second
            detail["sent"] = seconds * 1_000_000_000 + micro * 1000
    return packet


def _discovery(body: bytes, packet: Reading, *, asks: bool) -> None:
    target = _address(body[8:24])
    source, destination = packet.detail["source"], packet.detail["destination"]
    packet.detail["target"] = target
    mac = _link_address(body[24:])
    if asks:
        packet.told = (source, mac) if mac and source != "::" else None
        packet.asks = ("nd", source, target)
        return
    packet.told = (target, mac) if mac else None
    # Whoever asks without an address of its own (duplicate address detection) is answered to all.
    asker = "::" if destination == "ff02::1" else destination
    packet.answers = ("nd", asker, target)


def _link_address(options: bytes) -> str | None:
    at = 0
    while at + 8 <= len(options) and options[at + 1]:
        if options[at] in _MAC_OPTIONS:
            return options[at + 2 : at + 8].hex(":")
        at += options[at + 1] * 8
    return None


def _tcp(body: bytes, packet: Reading) -> Reading:
    here, there, number, acknowledged = struct.unpack_from(">HHII", body)
    flags, header = body[13], (body[12] >> 4) * 4
    size = len(body) - header
    detail = packet.detail
    detail |= {"sport": here, "dport": there, "bytes": size}
    one, other = (detail["source"], here), (detail["destination"], there)
    takes = size + bool(flags & _SYN) + bool(flags & _FIN)
    if takes:
        packet.asks = ("tcp", one, other, (number + takes) & 0xFFFFFFFF)
    if flags & _ACK:
        packet.answers = ("tcp", other, one, acknowledged)
    return packet


def _udp(body: bytes, packet: Reading) -> Reading:
    here, there, size = struct.unpack_from(">HHH", body)
    detail = packet.detail
    detail |= {"sport": here, "dport": there, "bytes": max(0, size - 8)}
    one, other = (detail["source"], here), (detail["destination"], there)
    packet.asks, packet.answers = ("udp", one, other), ("udp", other, one)
    return packet


@functools.lru_cache(maxsize=4096)
def _address(packed: bytes) -> str:
    return socket.inet_ntop(
        socket.AF_INET if len(packed) == 4 else socket.AF_INET6,  # noqa: PLR2004 - bytes
        packed,
    )


@functools.lru_cache(maxsize=4096)
def _mac(packed: bytes) -> str:
    return packed.hex(":")
