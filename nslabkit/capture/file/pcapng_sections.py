"""What do the blocks of a pcapng file say?  The format: see `pcapng`."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.capture.file import pcapng
from nslabkit.frames.rows import FRAME, joined, picked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.frames.rows import Array

__all__ = ["Described", "Sections", "read"]

_OFFSET = 14  # if_tsoffset
_MOST_INTERFACES = 0xFFFF
_SMALLEST = 12  # bytes of a block
_HEAD, _SIMPLE_HEAD = 28, 12  # bytes of a frame's block before the frame
_DESCRIPTION = re.compile(r"index (\d+), mtu (\d+)$")
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


class _Section:
    """The blocks between two section headers."""

    def __init__(self, order: str, first: int) -> None:
        self.order = order
        self.first = first  # number of its first interface
        self.application = ""
        self.frames: list[int] = []  # where the blocks of frames are
        self.simple: list[int] = []


def read(data: Any) -> Sections | None:  # noqa: ANN401 - bytes, or a file as if it were
    """Return what a file says; None where not even its first block makes sense."""
    found = Sections()
    section: _Section | None = None
    at, size = 0, len(data)
    while at + _SMALLEST <= size:
        # A section's own kind reads the same in both byte orders.
        if data[at : at + 4] == _SECTION_KIND:
            order = _byte_order(data, at)
            if order is None:
                break
            _end_section(found, section, data)
            section = _Section(order, len(found.interfaces))
        if section is None:
            return None
        kind, length = _NUMBERS[section.order].unpack_from(data, at)
        if length < _SMALLEST or length % 4 or at + length > size:
            break
        if kind in _FRAMES:
            at = _pass_frames(section, data, at, kind)
            continue
        if kind in _DESCRIBE:
            block = _Block(data, section.order, at, at + length - 4)
            try:
                _DESCRIBE[kind](found, section, block)
            except struct.error:  # the block is too short for what it should say
                break
        at += length
    if section is None or at == 0:
        return None
    _end_section(found, section, data)
    found.stopped_at = None if at == size else at
    return found


_NUMBERS = {order: struct.Struct(f"{order}II") for order in "<>"}
_SECTION_KIND = struct.pack("<I", pcapng.SECTION)
_FRAMES = {pcapng.ENHANCED, pcapng.OLD, pcapng.SIMPLE}
_RUN = 4096  # blocks of one size that are passed together at most
_DELAY = 64  # blocks that are passed one by one before a run is looked for; twice as many
# after each time that it was too short to be worth the look


def _pass_frames(section: _Section, data: Any, at: int, kind: int) -> int:  # noqa: ANN401
    """Remember where the blocks of frames of one kind are; return where something else begins."""
    unpack, size = _NUMBERS[section.order].unpack_from, len(data)
    places = section.simple if kind == pcapng.SIMPLE else section.frames
    patience, delay, last = _DELAY, _DELAY, 0
    while at + _SMALLEST <= size:
        found, length = unpack(data, at)
        if found != kind or length < _SMALLEST or length & 3 or at + length > size:
            break
        patience -= 1
        if length == last and patience < 0:
            run = _same_blocks(section.order, data, at, length)
            delay = _DELAY if run > _DELAY else 2 * delay
            patience = 0 if run > _DELAY else delay
            places += range(at, at + run * length, length)
            at += run * length
        else:
            places.append(at)
            at += length
        last = length
    return at


def _same_blocks(order: str, data: Any, at: int, length: int) -> int:  # noqa: ANN401 - as above
    """Return how many blocks like the one there follow one another, itself counted."""
    most = min(_RUN, (len(data) - at) // length)
    heads = np.ndarray((most, 2), f"{order}u4", data, at, (length, 4))
    same = (heads == heads[0]).all(axis=1)
    return int(most if same.all() else same.argmin())


def _byte_order(data: Any, at: int) -> str | None:  # noqa: ANN401 - as above
    magic = bytes(data[at + 8 : at + 12])
    for order in "<>":
        if magic == struct.pack(f"{order}I", pcapng.BYTE_ORDER):
            return order
    return None


class _Block:
    """A block that is no frame."""

    def __init__(self, data: Any, order: str, at: int, end: int) -> None:  # noqa: ANN401
        self.data, self.order, self.at, self.end = data, order, at, end

    def numbers(self, form: str) -> tuple[int, ...]:
        """Return the numbers at its beginning."""
        return struct.unpack_from(f"{self.order}{form}", self.data, self.at + 8)

    def options(self, distance: int) -> Iterator[tuple[int, bytes]]:
        """Yield its options, which begin at some distance from its beginning."""
        return _options(self.data, self.order, self.at + distance, self.end)


def _describe_section(found: Sections, section: _Section, block: _Block) -> None:
    for code, value in block.options(24):
        if code == pcapng.APPLICATION:
            section.application = _text(value)
        elif code == pcapng.COMMENT:
            found.comments.append(_text(value))


def _describe_link(found: Sections, section: _Section, block: _Block) -> None:
    link_type, snaplen = block.numbers("HxxI")
    one = Described(link_type, snaplen)
    for code, value in block.options(16):
        _describe_interface(one, section, code, value)
    one.name = one.name or f"interface {len(found.interfaces)}"
    found.interfaces.append(one)


def _describe_counts(found: Sections, section: _Section, block: _Block) -> None:
    number = section.first + block.numbers("I")[0]
    for code, value in block.options(20):
        if code == pcapng.COMMENT:
            found.comments.append(_text(value))
        elif number < len(found.interfaces) and len(value) == 8:  # noqa: PLR2004 - a long number
            (count,) = struct.unpack(f"{section.order}Q", value)
            if code == pcapng.RECEIVED:
                found.interfaces[number].received = count
            elif code == pcapng.DROPPED:
                found.interfaces[number].dropped = count


# What is not among these is passed over.
_DESCRIBE = {
    pcapng.SECTION: _describe_section,
    pcapng.INTERFACE: _describe_link,
    pcapng.STATISTICS: _describe_counts,
}


def _describe_interface(one: Described, section: _Section, code: int, value: bytes) -> None:
    if code == pcapng.NAME:
        one.name = _text(value)
        if section.application.startswith("nslabkit "):
            one.namespace, _slash, one.name = one.name.rpartition("/")
    elif code == pcapng.DESCRIPTION:
        numbers = _DESCRIPTION.search(_text(value))
        if numbers:
            one.index, one.mtu = int(numbers[1][:9]), int(numbers[2][:9])
    elif code == pcapng.MAC:
        one.address = value[:6].hex(":")
    elif code == pcapng.RESOLUTION and value:
        one.resolution = value[0]
    elif code == _OFFSET and len(value) == 8:  # noqa: PLR2004 - a long number
        (one.offset,) = struct.unpack(f"{section.order}q", value)


def _options(data: Any, order: str, at: int, end: int) -> Iterator[tuple[int, bytes]]:  # noqa: ANN401
    head = struct.Struct(f"{order}HH")
    while at + 4 <= end:
        code, size = head.unpack_from(data, at)
        if code == 0 or at + 4 + size > end:
            return
        yield code, bytes(data[at + 4 : at + 4 + size])
        at += 4 + (size + 3) // 4 * 4


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").rstrip("\0")


def _end_section(found: Sections, section: _Section | None, data: Any) -> None:  # noqa: ANN401
    """Read a section's frames, all of them together."""
    if section is None:
        return
    if section.frames:
        _add_frames(found, section, data)
    if section.simple:
        _add_simple(found, section, data)


def _add_frames(found: Sections, section: _Section, data: Any) -> None:  # noqa: ANN401
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
    known = (interface < min(len(found.interfaces), _MOST_INTERFACES)) & (
        heads["size"] >= _HEAD + 4
    )
    found.without_interface += int((~known).sum())
    heads, places, interface, old = heads[known], places[known], interface[known], old[known]
    room = heads["size"].astype(np.int64) - _HEAD - 4
    frames = np.zeros(len(heads), FRAME)
    frames["interface"] = interface
    frames["captured"] = np.minimum(heads["captured"], room)
    frames["length"] = np.maximum(heads["length"], frames["captured"])
    frames["offset"] = places + _HEAD
    stamps = heads["high"].astype(np.uint64) << np.uint64(32) | heads["low"]
    for one in np.unique(interface).tolist():
        rows = interface == one
        frames["time"][rows] = _nanoseconds(stamps[rows], found.interfaces[one])
    flags = _flags(section, data, places, frames["captured"].astype(np.int64), room)
    frames["outgoing"] = flags & 3 == pcapng.OUTBOUND
    found.any_direction |= bool((flags & 3).any())
    found.parts.append(frames)


def _flags(section: _Section, data: Any, places: Array, captured: Array, room: Array) -> Array:  # noqa: ANN401
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
        for code, value in _options(data, section.order, begin, end):
            if code == pcapng.FRAME_FLAGS and len(value) == 4:  # noqa: PLR2004
                (flags[row],) = struct.unpack(f"{section.order}I", value)
    return flags


def _add_simple(found: Sections, section: _Section, data: Any) -> None:  # noqa: ANN401
    """Read frames that have neither a time nor an interface: it is the section's first."""
    if section.first >= len(found.interfaces):
        found.without_interface += len(section.simple)
        return
    rows = []
    snaplen = found.interfaces[section.first].snaplen or 1 << 32
    for at in section.simple:
        _kind, size = _NUMBERS[section.order].unpack_from(data, at)
        (length,) = struct.unpack_from(f"{section.order}I", data, at + 8)
        captured = max(0, min(length, snaplen, size - _SIMPLE_HEAD - 4))
        rows.append((0, section.first, False, 0, length, captured, at + _SIMPLE_HEAD, 0))
    found.without_time += len(rows)
    found.parts.append(np.array(rows, FRAME))


def _nanoseconds(stamps: Array, one: Described) -> Array:
    """Return times in nanoseconds; ``if_tsresol`` says what the file's unit is."""
    power = one.resolution & 0x7F
    if one.resolution & 0x80:
        power = min(power, 34)  # finer than the numbers that we calculate with
        whole = (stamps >> np.uint64(power)) * np.uint64(_BILLION)
        part = (stamps & np.uint64((1 << power) - 1)) * np.uint64(_BILLION) >> np.uint64(power)
        times = whole + part
    elif power <= 9:  # noqa: PLR2004 - nanoseconds
        times = stamps * np.uint64(10 ** (9 - power))
    else:
        times = stamps // np.uint64(10 ** min(power - 9, 19))
    return times + np.uint64(one.offset * _BILLION % (1 << 64))
