"""The pcapng writer: recordings that Wireshark opens.

As pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html): a section header, one
interface description for each link, one enhanced packet block for each frame, and at the end one
statistics block for each link.  Times have nanoseconds; each frame says its direction.
"""

from __future__ import annotations

import platform
import struct
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from nslabkit.frames.rows import FRAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nslabkit.frames.interface import Interface
    from nslabkit.frames.rows import Array

# Kinds of blocks; OLD is the packet block that old programs wrote.
SECTION, INTERFACE, OLD, SIMPLE, STATISTICS, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 5, 6
BYTE_ORDER = 0x1A2B3C4D
COMMENT = 1
NAME, DESCRIPTION, MAC, RESOLUTION, FILTER = 2, 3, 6, 9, 11  # options of an interface
APPLICATION, SYSTEM = 4, 3  # options of a section
FRAME_FLAGS = 2
RECEIVED, DROPPED, END_TIME = 4, 5, 3  # options of statistics
INBOUND, OUTBOUND = 1, 2
OVERHEAD = 44  # bytes that a frame's block has beyond the frame
_NANOSECONDS = b"\x09"
_NAME_OF_OURS = b"nslabkit lab.capture"  # no version: to look it up takes a tenth of a second
_PIECE = 1 << 19  # bytes that are put together at a time
_LONGEST = 0xFFFF  # bytes of an option
_HEAD = 28  # bytes of a frame's block before the frame
_CLASS_COST, _FRAME_COST = 25, 1  # how long it takes to copy a length's frames, and one frame


def write_head(
    file: BinaryIO,
    interfaces: Iterable[Interface],
    *,
    snaplen: int = 0,
    filter: str | None = None,  # noqa: A002 - as everywhere
    notes: Sequence[str] = (),
) -> None:
    """Write what comes before the frames."""
    options = [(COMMENT, note.encode()) for note in notes]
    options += [
        (SYSTEM, f"{platform.system()} {platform.release()}".encode()),
        (APPLICATION, _NAME_OF_OURS),
    ]
    _write(file, SECTION, struct.pack("<IHHq", BYTE_ORDER, 1, 0, -1), options)
    for interface in interfaces:
        place = f" in {interface.namespace}" if interface.namespace else ""
        description = f"{interface.name}{place}, index {interface.index}, mtu {interface.mtu}"
        options = [(NAME, interface.where.encode()), (DESCRIPTION, description.encode())]
        if interface.address:
            options.append((MAC, bytes.fromhex(interface.address.replace(":", ""))))
        options.append((RESOLUTION, _NANOSECONDS))
        if filter:
            options.append((FILTER, b"\0" + filter.encode()))
        _write(file, INTERFACE, struct.pack("<HHI", interface.link_type, 0, snaplen), options)


def write_frames(file: BinaryIO, frames: Array, store: Array) -> int:
    """Write frames, in the order given; return how many bytes that took.

    Parameters
    ----------
    file : file
        Open for writing bytes.
    frames : numpy array of `FRAME`
        The frames.
    store : numpy array of uint8
        Where their bytes are.
    """
    assert frames.dtype == FRAME
    padded = -(-frames["captured"].astype(np.int64) // 4) * 4
    sizes = padded + OVERHEAD
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(frames) else 0
    # Piece by piece in the same memory: new memory costs more than what is written into it.
    room = np.empty(min(total, _PIECE + int(sizes.max(initial=0))), np.uint8)
    first, done = 0, 0
    while first < len(frames):
        last = int(np.searchsorted(ends, done + _PIECE)) + 1
        rows = slice(first, last)
        out = room[: int(ends[rows][-1]) - done]
        _fill(out, frames[rows], padded[rows], sizes[rows], store)
        _write_all(file, out.data)
        first, done = last, done + len(out)
    return total


def _fill(out: Array, frames: Array, padded: Array, sizes: Array, store: Array) -> None:
    """Put the blocks of some frames one behind the other."""
    kept = frames["captured"].astype(np.int64)
    begins = np.cumsum(sizes) - sizes
    if not (kept == padded).all():
        ragged = np.flatnonzero(kept != padded)
        out.view("<u4")[(begins + _HEAD + padded)[ragged] // 4 - 1] = 0
    _put(out, begins, _heads(frames, sizes))
    _put(out, begins + _HEAD + padded, _tails(frames, sizes))
    _copy(store, frames["offset"].astype(np.int64), kept, out, begins + _HEAD)


def write_statistics(
    file: BinaryIO, interfaces: Iterable[Interface], end: int, notes: Sequence[str] = ()
) -> None:
    """Write what the kernel counted on each link, and what else became known by the end.

    `end` is when the recording ended, in nanoseconds since 1970.
    """
    comments = [(COMMENT, note.encode()) for note in notes]
    when = struct.pack("<II", end >> 32, end & 0xFFFFFFFF)
    for interface in interfaces:
        options = [
            *comments,
            (END_TIME, when),
            (RECEIVED, struct.pack("<Q", interface.received)),
            (DROPPED, struct.pack("<Q", interface.dropped)),
        ]
        _write(file, STATISTICS, struct.pack("<I", interface.number) + when, options)
        comments = []


def _write(file: BinaryIO, kind: int, body: bytes, options: Sequence[tuple[int, bytes]]) -> None:
    for code, value in options:
        value = value[:_LONGEST]  # noqa: PLW2901 - what is longer cannot be said in an option
        body += struct.pack("<HH", code, len(value)) + value + bytes(-len(value) & 3)
    body += bytes(4)  # opt_endofopt
    size = struct.pack("<I", len(body) + 12)
    _write_all(file, struct.pack("<I", kind) + size + body + size)


def _write_all(file: BinaryIO, data: bytes | memoryview) -> None:
    left = memoryview(data)
    while left:  # a file without a buffer may take less than it was given
        left = left[file.write(left) :]


def _heads(frames: Array, sizes: Array) -> Array:
    heads = np.empty((len(frames), 7), "<u4")
    heads[:, 0] = ENHANCED
    heads[:, 1] = sizes
    heads[:, 2] = frames["interface"]
    heads[:, 3] = frames["time"] >> np.uint64(32)
    heads[:, 4] = frames["time"] & np.uint64(0xFFFFFFFF)
    heads[:, 5] = frames["captured"]
    heads[:, 6] = frames["length"]
    return heads


def _tails(frames: Array, sizes: Array) -> Array:
    tails = np.empty((len(frames), 4), "<u4")
    tails[:, 0] = FRAME_FLAGS | 4 << 16  # the option's code and length
    tails[:, 1] = np.where(frames["outgoing"], OUTBOUND, INBOUND)
    tails[:, 2] = 0  # opt_endofopt
    tails[:, 3] = sizes
    return tails


def _put(out: Array, begins: Array, rows: Array) -> None:
    """Put rows of equal length to their places, which are multiples of 4."""
    size = rows.shape[1] * 4
    places = np.ndarray((len(out) - size) // 4 + 1, f"V{size}", out, 0, (4,))
    places[begins // 4] = rows.view(f"V{size}").ravel()


def _copy(store: Array, sources: Array, sizes: Array, out: Array, targets: Array) -> None:
    """Copy pieces of bytes: all of one size together, or one by one where sizes are many."""
    alike = len(sizes) > 0 and sizes.min() == sizes.max()
    different = sizes[:1] if alike else np.unique(sizes)
    if len(different) * _CLASS_COST > len(sizes) * _FRAME_COST:
        origin, result = store.data, out.data
        rows = zip(sources.tolist(), sizes.tolist(), targets.tolist(), strict=True)
        for source, size, target in rows:
            result[target : target + size] = origin[source : source + size]
        return
    for size in different.tolist():
        if not size:
            continue
        chosen = np.flatnonzero(sizes == size) if len(different) > 1 else slice(None)
        pieces = np.ndarray(len(store) - size + 1, f"V{size}", store, 0, (1,))
        places = np.ndarray((len(out) - size) // 4 + 1, f"V{size}", out, 0, (4,))
        places[targets[chosen] // 4] = pieces[sources[chosen]]
