"""Frames of a pcapng file: all those of a section read together, as one array."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.capture.file import pcapng
from nslabkit.frames.rows import FRAME, joined, picked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.frames.rows import Array

_MOST_INTERFACES = 0xFFFF
_HEAD, _SIMPLE_HEAD = 28, 12  # bytes of a frame's block before the frame
_BILLION = 1_000_000_000


@dataclass
class Described:
    """A link as the file describes it."""

    link_type: int
    snaplen: int
    namespace: str = ""
    name: str = ""
    index: int = 0
    address: str = ""
    mtu: int = 0
    received: int = 0
    dropped: int = 0
    resolution: int = 6
    offset: int = 0  # seconds


@dataclass
class Sections:
    """All that was read.

    Attributes
    ----------
    stopped_at : int or None
        The byte from which on the file makes no sense.
    without_interface, without_time : int
        Frames whose link the file does not describe, and frames without a time.
    any_direction : bool
        Whether the file says of any frame which way it went.
    """

    interfaces: list[Described] = field(default_factory=list)
    parts: list[Array] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    stopped_at: int | None = None
    without_interface: int = 0
    without_time: int = 0
    any_direction: bool = False

    @property
    def frames(self) -> Array:
        """The frames, in the file's order; their interface counts through all sections."""
        if not self.parts:
            return np.zeros(0, FRAME)
        frames = joined(self.parts)
        return picked(frames, np.argsort(frames["offset"], kind="stable"))


class Section:
    """The blocks between two section headers."""

    def __init__(self, order: str, first: int) -> None:
        self.order = order
        self.first = first  # number of its first interface
        self.application = ""
        self.frames: list[int] = []  # where the blocks of frames are
        self.simple: list[int] = []


def options(data: Any, order: str, at: int, end: int) -> Iterator[tuple[int, bytes]]:  # noqa: ANN401
    """Yield the options between two places, each as its code and its value."""
    head = struct.Struct(f"{order}HH")
    while at + 4 <= end:
        code, size = head.unpack_from(data, at)
        if code == 0 or at + 4 + size > end:
            return
        yield code, bytes(data[at + 4 : at + 4 + size])
        at += 4 + (size + 3) // 4 * 4


def end_section(sections: Sections, section: Section | None, data: Any) -> None:  # noqa: ANN401
    """Read a section's frames, all of them together."""
    if section is None:
        return
    if section.frames:
        _add_frames(sections, section, data)
    if section.simple:
        _add_simple(sections, section, data)


def _add_frames(sections: Sections, section: Section, data: Any) -> None:  # noqa: ANN401
    number = f"{section.order}u4"
    head = np.dtype([(name, number) for name in ("kind", "size", "interface", "high", "low", "captured", "length")])  # fmt: skip  # noqa: E501
    places = np.array(section.frames, np.int64)
    places = places[places + _HEAD <= len(data)]
    every = np.ndarray((len(data) - _HEAD) // 4 + 1, f"V{_HEAD}", data, 0, (4,))
    heads = every[places // 4].view(head)
    interface = heads["interface"].astype(np.int64)
    old = heads["kind"] == pcapng.OLD  # its first two bytes are the interface, then drops
    interface = np.where(
        old, interface >> 16 if section.order == ">" else interface & 0xFFFF, interface
    )
    interface += section.first
    known = (interface < min(len(sections.interfaces), _MOST_INTERFACES)) & (
        heads["size"] >= _HEAD + 4
    )
    sections.without_interface += int((~known).sum())
    heads, places, interface, old = heads[known], places[known], interface[known], old[known]
    room = heads["size"].astype(np.int64) - _HEAD - 4
    frames = np.zeros(len(heads), FRAME)
    frames["interface"] = interface
    frames["captured"] = np.minimum(heads["captured"], room)
    frames["length"] = np.maximum(heads["length"], frames["captured"])
    frames["offset"] = places + _HEAD
    stamps = heads["high"].astype(np.uint64) << np.uint64(32) | heads["low"]
    for index in np.unique(interface).tolist():
        rows = interface == index
        frames["time"][rows] = _nanoseconds(stamps[rows], sections.interfaces[index])
    flags = _flags(section, data, places, frames["captured"].astype(np.int64), room)
    frames["outgoing"] = flags & 3 == pcapng.OUTBOUND
    sections.any_direction |= bool((flags & 3).any())
    sections.parts.append(frames)


def _flags(section: Section, data: Any, places: Array, captured: Array, room: Array) -> Array:  # noqa: ANN401
    """Return the frames' flags; 0 where the file has none."""
    flags = np.zeros(len(places), np.int64)
    padded = -(-captured // 4) * 4
    rows = np.flatnonzero(room - padded >= 8)  # noqa: PLR2004 - an option's head and a number
    if not len(rows):
        return flags
    option = np.dtype([("code", f"{section.order}u2"), ("size", f"{section.order}u2"), ("value", f"{section.order}u4")])  # fmt: skip  # noqa: E501
    at = places[rows] + _HEAD + padded[rows]
    first = np.ndarray((len(data) - 8) // 4 + 1, option, data, 0, (4,))[at // 4]
    plain = (first["code"] == pcapng.FRAME_FLAGS) & (first["size"] == 4)  # noqa: PLR2004
    flags[rows[plain]] = first["value"][plain]
    others = ~plain & (first["code"] != 0)
    for row, begin in zip(rows[others].tolist(), at[others].tolist(), strict=True):
        end = int(places[row] + _HEAD + room[row])
        for code, value in options(data, section.order, begin, end):
            if code == pcapng.FRAME_FLAGS and len(value) == 4:  # noqa: PLR2004
                (flags[row],) = struct.unpack(f"{section.order}I", value)
    return flags


def _add_simple(sections: Sections, section: Section, data: Any) -> None:  # noqa: ANN401
    """Read frames that have neither a time nor an interface: it is the section's first."""
    if section.first >= len(sections.interfaces):
        sections.without_interface += len(section.simple)
        return
    rows = []
    snaplen = sections.interfaces[section.first].snaplen or 1 << 32
    for at in section.simple:
        _kind, size, length = struct.unpack_from(f"{section.order}III", data, at)
        captured = max(0, min(length, snaplen, size - _SIMPLE_HEAD - 4))
        rows.append((0, section.first, False, 0, length, captured, at + _SIMPLE_HEAD, 0))
    sections.without_time += len(rows)
    sections.parts.append(np.array(rows, FRAME))


def _nanoseconds(stamps: Array, described: Described) -> Array:
    """Return times in nanoseconds; ``if_tsresol`` says what the file's unit is."""
    power = described.resolution & 0x7F
    if described.resolution & 0x80:
        power = min(power, 34)  # finer than the numbers that we calculate with
        whole = (stamps >> np.uint64(power)) * np.uint64(_BILLION)
        part = (stamps & np.uint64((1 << power) - 1)) * np.uint64(_BILLION) >> np.uint64(power)
        times = whole + part
    elif power <= 9:  # noqa: PLR2004 - nanoseconds
        times = stamps * np.uint64(10 ** (9 - power))
    else:
        times = stamps // np.uint64(10 ** min(power - 9, 19))
    return times + np.uint64(described.offset * _BILLION % (1 << 64))
