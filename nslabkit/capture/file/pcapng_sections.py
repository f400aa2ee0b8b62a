"""Blocks of a pcapng file: sections, links, counters, and where the frames are.

The format: see `pcapng`.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.capture.file import pcapng
from nslabkit.capture.file.pcapng_frames import (
    Described,
    Section,
    Sections,
    end_section,
    options,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_OFFSET = 14  # if_tsoffset
_SMALLEST = 12  # bytes of a block
_DESCRIPTION = re.compile(r"index (\d+), mtu (\d+)$")


def read(data: Any) -> Sections | None:  # noqa: ANN401 - bytes, or a file as if it were
    """Return what a file says; None where not even its first block makes sense."""
    sections = Sections()
    section: Section | None = None
    at, size = 0, len(data)
    while at + _SMALLEST <= size:
        # A section's own kind reads the same in both byte orders.
        if data[at : at + 4] == _SECTION_KIND:
            order = _byte_order(data, at)
            if order is None:
                break
            end_section(sections, section, data)
            section = Section(order, len(sections.interfaces))
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
                _DESCRIBE[kind](sections, section, block)
            except struct.error:  # the block is too short for what it should say
                break
        at += length
    if section is None or at == 0:
        return None
    end_section(sections, section, data)
    sections.stopped_at = None if at == size else at
    return sections


_NUMBERS = {order: struct.Struct(f"{order}II") for order in "<>"}
_SECTION_KIND = struct.pack("<I", pcapng.SECTION)
_FRAMES = {pcapng.ENHANCED, pcapng.OLD, pcapng.SIMPLE}
_RUN = 4096  # blocks of one size that are passed together at most
_DELAY = 64  # blocks that are passed one by one before a run is looked for; twice as many
# after each time that it was too short to be worth the look


def _pass_frames(section: Section, data: Any, at: int, kind: int) -> int:  # noqa: ANN401
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
        return options(self.data, self.order, self.at + distance, self.end)


def _describe_section(sections: Sections, section: Section, block: _Block) -> None:
    for code, value in block.options(24):
        if code == pcapng.APPLICATION:
            section.application = _text(value)
        elif code == pcapng.COMMENT:
            sections.comments.append(_text(value))


def _describe_link(sections: Sections, section: Section, block: _Block) -> None:
    link_type, snaplen = block.numbers("HxxI")
    described = Described(link_type, snaplen)
    for code, value in block.options(16):
        _describe_interface(described, section, code, value)
    described.name = described.name or f"interface {len(sections.interfaces)}"
    sections.interfaces.append(described)


def _describe_counts(sections: Sections, section: Section, block: _Block) -> None:
    number = section.first + block.numbers("I")[0]
    for code, value in block.options(20):
        if code == pcapng.COMMENT:
            sections.comments.append(_text(value))
        elif number < len(sections.interfaces) and len(value) == 8:  # noqa: PLR2004 - a long number
            (count,) = struct.unpack(f"{section.order}Q", value)
            if code == pcapng.RECEIVED:
                sections.interfaces[number].received = count
            elif code == pcapng.DROPPED:
                sections.interfaces[number].dropped = count


# What is not among these is passed over.
_DESCRIBE = {
    pcapng.SECTION: _describe_section,
    pcapng.INTERFACE: _describe_link,
    pcapng.STATISTICS: _describe_counts,
}


def _describe_interface(described: Described, section: Section, code: int, value: bytes) -> None:
    if code == pcapng.NAME:
        described.name = _text(value)
        if section.application.startswith("nslabkit "):
            described.namespace, _slash, described.name = described.name.rpartition("/")
    elif code == pcapng.DESCRIPTION:
        numbers = _DESCRIPTION.search(_text(value))
        if numbers:
            described.index, described.mtu = int(numbers[1][:9]), int(numbers[2][:9])
    elif code == pcapng.MAC:
        described.address = value[:6].hex(":")
    elif code == pcapng.RESOLUTION and value:
        described.resolution = value[0]
    elif code == _OFFSET and len(value) == 8:  # noqa: PLR2004 - a long number
        (described.offset,) = struct.unpack(f"{section.order}q", value)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").rstrip("\0")
