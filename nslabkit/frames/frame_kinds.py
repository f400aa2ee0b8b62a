"""Kinds of very many frames at once.

All frames are looked at together, column by column, so that a hundred thousand take a fraction
of a second; the field decoder (`dissection`) would take some.  Where a field stands is said by
the same sources as there: RFC 826 (ARP), 791 (IPv4), 8200 (IPv6), 9293 (TCP), 768 (UDP).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nslabkit.frames.interface import ETHERNET, RAW
from nslabkit.frames.kind import EMPTY, KINDS, MALFORMED, TRUNCATED, Kind
from nslabkit.frames.protocol_numbers import (
    ARP,
    EXTENSIONS,
    FRAGMENT,
    ICMP,
    ICMP_TYPES,
    ICMPV6,
    ICMPV6_TYPES,
    IPV4,
    IPV6,
    PORTS,
    TAGS,
    TCP,
    UDP,
    VXLAN_PORTS,
)
from nslabkit.frames.rows import FRAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.frames.rows import Array

_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
_ARP = {number: Kind("ARP", name) for number, name in ((1, "request"), (2, "reply"))}
_ICMP = {number: Kind("ICMP", name) for number, name in ICMP_TYPES.items()}
_ICMPV6 = {number: Kind("ICMPv6", name) for number, name in ICMPV6_TYPES.items()}
# By the flags of TCP; the first that fits counts, and what remains is data or an acknowledgement.
_TCP = [_NUMBER[Kind("TCP", name)] for name in ("RST", "SYN", "SYN-ACK", "FIN", "data", "ACK")]
_SYN, _ACK, _FIN, _RST = 0x02, 0x10, 0x01, 0x04


class _Frames:
    """Frames by their bytes; one that was not kept reads as 0 and marks its frame in `missing`."""

    def __init__(self, frames: Array, data: memoryview) -> None:
        self.data = np.frombuffer(data, np.uint8) if len(data) else np.zeros(1, np.uint8)
        self.begin = frames["offset"].astype(np.int64)
        self.captured = frames["captured"].astype(np.int64)
        self.length = frames["length"].astype(np.int64)
        self.kinds = np.zeros(len(frames), np.uint8)

    def byte(self, rows: Array, at: Array) -> Array:
        there = at < self.captured[rows]
        where = np.where(there, self.begin[rows] + at, 0)
        return np.where(there, self.data[where], 0)

    def word(self, rows: Array, at: Array) -> Array:
        return self.byte(rows, at).astype(np.int64) << 8 | self.byte(rows, at + 1)

    def put(self, rows: Array, kind: Kind) -> None:
        self.kinds[rows] = _NUMBER[kind]

    def with_room(self, rows: Array, end: Array) -> Array:
        """Return which of the rows have kept `end` bytes; say of the others why they have not."""
        there = end <= self.captured[rows]
        missing = rows[~there]
        cut = self.captured[missing] < self.length[missing]
        self.put(missing[cut], TRUNCATED)
        self.put(missing[~cut], MALFORMED)
        return there


def classify(frames: Array, data: memoryview, link_types: Sequence[int]) -> Array:
    """Return for each frame the number of its kind in `nslabkit.frames.kind.KINDS`.

    Parameters
    ----------
    frames : numpy array of `FRAME`
        The frames.
    data : bytes-like
        Where their bytes are.
    link_types : list of int
        For each interface what its frames begin with (`ETHERNET`, `RAW`).
    """
    batch = _Frames(frames, data)
    if not len(frames):
        return batch.kinds
    begins = np.array([*link_types, 0])[frames["interface"]]
    rows = np.arange(len(frames))
    empty = frames["captured"] == 0
    batch.put(rows[empty & (frames["length"] == 0)], EMPTY)
    batch.put(rows[empty & (frames["length"] != 0)], TRUNCATED)
    _packets_alone(batch, rows[(begins == RAW) & ~empty])
    _ethernet(batch, rows[(begins == ETHERNET) & ~empty])
    return batch.kinds


def kind_of(data: bytes, length: int) -> Kind:
    """Return the kind of one frame that begins with Ethernet.

    Parameters
    ----------
    data : bytes
        What was kept of it.
    length : int
        Its bytes on the wire.
    """
    row = np.zeros(1, FRAME)
    row["length"], row["captured"] = length, len(data)
    return KINDS[int(classify(row, memoryview(data), [ETHERNET])[0])]


def _packets_alone(batch: _Frames, rows: Array) -> None:
    zero = np.zeros(len(rows), np.int64)
    version = batch.byte(rows, zero) >> 4
    batch.put(rows[(version != 4) & (version != 6)], MALFORMED)  # noqa: PLR2004 - versions of IP
    _ipv4(batch, rows[version == 4], zero[version == 4])  # noqa: PLR2004
    _ipv6(batch, rows[version == 6], zero[version == 6])  # noqa: PLR2004


def _ethernet(batch: _Frames, rows: Array) -> None:
    rows = rows[batch.with_room(rows, np.full(len(rows), 14))]
    at = np.full(len(rows), 12)
    kind = batch.word(rows, at)
    for _tag in range(2):  # one tag, or one inside another
        tagged = np.isin(kind, TAGS)
        if not tagged.any():
            break
        at = at + 4 * tagged
        there = batch.with_room(rows, at + 2)
        rows, at = rows[there], at[there]
        kind = batch.word(rows, at)
    at = at + 2
    for ethertype, further in ((IPV4, _ipv4), (IPV6, _ipv6), (ARP, _arp)):
        chosen = kind == ethertype
        if chosen.any():
            further(batch, rows[chosen], at[chosen])


def _arp(batch: _Frames, rows: Array, at: Array) -> None:
    there = batch.with_room(rows, at + 28)
    rows, at = rows[there], at[there]
    known = (
        (batch.word(rows, at) == 1)
        & (batch.word(rows, at + 2) == IPV4)
        & (batch.word(rows, at + 4) == 0x0604)  # noqa: PLR2004 - the lengths of a MAC address, 6, and of an IPv4 address, 4
    )
    batch.put(rows[~known], MALFORMED)
    rows, at = rows[known], at[known]
    batch.put(rows, Kind("ARP"))
    operation = batch.word(rows, at + 6)
    for number, kind in _ARP.items():
        batch.put(rows[operation == number], kind)
    sender = batch.word(rows, at + 14) << 16 | batch.word(rows, at + 16)
    target = batch.word(rows, at + 24) << 16 | batch.word(rows, at + 26)
    batch.put(rows[(operation <= 2) & (sender == target)], Kind("ARP", "announcement"))  # noqa: PLR2004
    batch.put(rows[(operation == 1) & (sender == 0)], Kind("ARP", "probe"))


def _ipv4(batch: _Frames, rows: Array, at: Array) -> None:
    there = batch.with_room(rows, at + 20)
    rows, at = rows[there], at[there]
    first = batch.byte(rows, at).astype(np.int64)
    header, total = (first & 15) * 4, batch.word(rows, at + 2)
    # A total length of 0 is what the kernel writes into a packet too large for the field.
    sound = (first >> 4 == 4) & (header >= 20) & ((total >= header) | (total == 0))  # noqa: PLR2004
    sound &= at + total <= batch.length[rows]
    batch.put(rows[~sound], MALFORMED)
    rows, at, header, total = rows[sound], at[sound], header[sound], total[sound]
    batch.put(rows, Kind("IPv4"))
    protocol = batch.byte(rows, at + 9)
    fragment = batch.word(rows, at + 6)
    later = fragment & 0x1FFF != 0
    batch.put(rows[fragment & 0x3FFF != 0], Kind("IPv4", "fragment"))
    whole = ~later & (fragment & 0x2000 == 0)
    end = np.where(total == 0, batch.length[rows], at + total)
    for number, further in ((ICMP, _icmp), (TCP, _tcp), (UDP, _udp)):
        chosen = whole & (protocol == number)
        if chosen.any():
            further(batch, rows[chosen], (at + header)[chosen], end[chosen])


def _ipv6(batch: _Frames, rows: Array, at: Array) -> None:
    there = batch.with_room(rows, at + 40)
    rows, at = rows[there], at[there]
    payload = batch.word(rows, at + 4)
    sound = (batch.byte(rows, at) >> 4 == 6) & (at + 40 + payload <= batch.length[rows])  # noqa: PLR2004
    batch.put(rows[~sound], MALFORMED)
    rows, at, payload = rows[sound], at[sound], payload[sound]
    batch.put(rows, Kind("IPv6"))
    end = np.where(payload == 0, batch.length[rows], at + 40 + payload)
    following, at = batch.byte(rows, at + 6).astype(np.int64), at + 40
    for _extension in range(3):
        extended = np.isin(following, list(EXTENSIONS)) & (payload > 0)
        if not extended.any():
            break
        there = batch.with_room(rows, at + 2 * extended)
        rows, at, end = rows[there], at[there], end[there]
        following, extended, payload = following[there], extended[there], payload[there]
        size = (batch.byte(rows, at + 1).astype(np.int64) + 1) * 8
        following = np.where(extended, batch.byte(rows, at), following)
        at = np.where(extended, at + size, at)
    batch.put(rows[following == FRAGMENT], Kind("IPv6", "fragment"))
    for number, further in ((ICMPV6, _icmpv6), (TCP, _tcp), (UDP, _udp)):
        chosen = following == number
        if chosen.any():
            further(batch, rows[chosen], at[chosen], end[chosen])


def _inside(batch: _Frames, rows: Array, end: Array, most: Array) -> Array:
    """Return which rows have room for a header up to `end` in their packet, and have kept it."""
    fits = end <= most
    batch.put(rows[~fits], MALFORMED)
    there = np.zeros(len(rows), bool)
    there[fits] = batch.with_room(rows[fits], end[fits])
    return there


def _icmp(batch: _Frames, rows: Array, at: Array, end: Array) -> None:
    _by_type(batch, rows, at, end, Kind("ICMP"), _ICMP)


def _icmpv6(batch: _Frames, rows: Array, at: Array, end: Array) -> None:
    _by_type(batch, rows, at, end, Kind("ICMPv6"), _ICMPV6)


def _by_type(  # noqa: PLR0913, PLR0917 - where, and what it may be
    batch: _Frames, rows: Array, at: Array, end: Array, general: Kind, special: dict[int, Kind]
) -> None:
    there = _inside(batch, rows, at + 8, end)
    rows, at = rows[there], at[there]
    batch.put(rows, general)
    number = batch.byte(rows, at)
    for value, kind in special.items():
        batch.put(rows[number == value], kind)


def _tcp(batch: _Frames, rows: Array, at: Array, end: Array) -> None:
    there = _inside(batch, rows, at + 20, end)
    rows, at, end = rows[there], at[there], end[there]
    header = (batch.byte(rows, at + 12).astype(np.int64) >> 4) * 4
    sound = (header >= 20) & (at + header <= end)  # noqa: PLR2004 - the shortest header
    batch.put(rows[~sound], MALFORMED)
    rows, at, end, header = rows[sound], at[sound], end[sound], header[sound]
    flags = batch.byte(rows, at + 13)
    chosen = np.select(
        [
            flags & _RST != 0,
            flags & (_SYN | _ACK) == _SYN,
            flags & _SYN != 0,
            flags & _FIN != 0,
            at + header < end,
        ],
        _TCP[:-1],
        _TCP[-1],
    )
    batch.kinds[rows] = chosen


def _udp(batch: _Frames, rows: Array, at: Array, end: Array) -> None:
    there = _inside(batch, rows, at + 8, end)
    rows, at, end = rows[there], at[there], end[there]
    size = batch.word(rows, at + 4)
    sound = ((size >= 8) | (size == 0)) & (at + size <= end)  # noqa: PLR2004 - its header
    batch.put(rows[~sound], MALFORMED)
    rows, at = rows[sound], at[sound]
    batch.put(rows, Kind("UDP"))
    source, destination = batch.word(rows, at), batch.word(rows, at + 2)
    for port, name in PORTS.items():
        batch.put(rows[(source == port) | (destination == port)], Kind(name))
    # The source port of a tunnel is made up: it stands for the flow inside.
    batch.put(rows[np.isin(destination, VXLAN_PORTS)], Kind("VXLAN"))
