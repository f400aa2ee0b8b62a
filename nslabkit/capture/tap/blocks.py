"""Blocks of the capture ring, and the frames in them.

The kernel fills a ring with blocks of frames; the layouts are those of ``struct
tpacket_block_desc`` and ``struct tpacket3_hdr`` in its ``include/uapi/linux/if_packet.h``.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from nslabkit.frames.interface import ETHERNET
from nslabkit.frames.rows import FRAME, LOSING, NO_VLAN, UNFINISHED_CHECKSUM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.frames.rows import Array

# The head of a frame in the ring, up to the kind of its receiver in the address behind it.
_HEAD = np.dtype(
    {
        "names": [
            *("next", "seconds", "nanoseconds", "captured", "length", "status"),
            *("mac", "tag", "tag_type", "receiver"),
        ],
        "formats": ["u4", "u4", "u4", "u4", "u4", "u4", "u2", "u4", "u2", "u1"],
        "offsets": [0, 4, 8, 12, 16, 20, 24, 32, 36, 58],
        "itemsize": 64,
    }
)  # fmt: skip
LOOK_AHEAD = _HEAD.itemsize  # bytes that must exist behind the last head's beginning
_ALIGNED = 8  # each head begins at a multiple of it
_COUNT, _FIRST = 12, 16  # where a block says how many frames it has, and where the first begins
_OUTGOING = 4  # PACKET_OUTGOING
_LOSING, _CHECKSUM_NOT_READY, _TAGGED, _TAG_TYPED = 1 << 2, 1 << 3, 1 << 4, 1 << 6  # TP_STATUS_…
_VLAN = 0x8100
_TAG_TYPES = (0x8100, 0x88A8)
_BEFORE_TAG = 12  # bytes of a frame before its VLAN tag: two MAC addresses
_NUMBER = struct.Struct("=I")
_TIME = struct.Struct("=2I")  # seconds and nanoseconds, in the head of a frame from byte 4 on


def frames_in(store: Array, blocks: Sequence[int], interface: int, link_type: int) -> Array:
    """Return the frames of some blocks of one link, in the order in which they came.

    Parameters
    ----------
    store : numpy array of uint8
        Where the blocks were copied to.  A VLAN tag that the kernel took out of a frame is put
        back into it there, as it was on the wire.
    blocks : list of int
        Where each begins, a multiple of 8.
    interface : int
        The link's number in the recording.
    link_type : int
        What its frames begin with.

    Returns
    -------
    numpy array of `FRAME`
    """
    places = np.concatenate([_heads(store, block) for block in blocks])
    # As mere bytes, which numpy copies faster than rows of named columns.
    size = (len(store) - LOOK_AHEAD) // _ALIGNED
    every = np.ndarray(size, f"V{LOOK_AHEAD}", store, 0, (_ALIGNED,))
    heads = every[places // _ALIGNED].view(_HEAD)
    frames = np.empty(len(heads), FRAME)
    frames["time"] = heads["seconds"].astype(np.uint64) * 1_000_000_000 + heads["nanoseconds"]
    frames["interface"] = interface
    frames["outgoing"] = heads["receiver"] == _OUTGOING
    status = heads["status"]
    frames["flags"] = UNFINISHED_CHECKSUM * (status & _CHECKSUM_NOT_READY != 0) + LOSING * (
        status & _LOSING != 0
    )
    frames["length"] = heads["length"]
    frames["captured"] = heads["captured"]
    frames["offset"] = places + heads["mac"]
    frames["vlan"] = NO_VLAN
    if link_type == ETHERNET:
        tagged = np.flatnonzero((status & _TAGGED != 0) & (frames["captured"] >= _BEFORE_TAG))
        if len(tagged):
            types = np.where(status & _TAG_TYPED, heads["tag_type"], _VLAN)
            put_tags_back(store, frames, tagged, types[tagged], heads["tag"][tagged])
        seen_tags(store, frames)
    return frames


def first_time(store: Array, block: int) -> int:
    """Return when the first frame of a block came, in nanoseconds since 1970."""
    head = block + _NUMBER.unpack_from(store.data, block + _FIRST)[0]
    seconds, nanoseconds = _TIME.unpack_from(store.data, head + 4)
    return int(seconds) * 1_000_000_000 + int(nanoseconds)


def _heads(store: Array, block: int) -> Array:
    """Return where the heads of a block's frames begin."""
    count = _NUMBER.unpack_from(store.data, block + _COUNT)[0]
    at = block + _NUMBER.unpack_from(store.data, block + _FIRST)[0]
    if not count:
        return np.zeros(0, np.int64)
    # Frames of one length are the same distance apart: guess, and see whether it holds.
    step = _NUMBER.unpack_from(store.data, at)[0]
    if step and step % _ALIGNED == 0 and at + step * count <= len(store):
        places: Array = at + step * np.arange(count, dtype=np.int64)
        distances = store[at : at + step * count].view(np.uint32)[:: step // 4]
        if (distances[:-1] == step).all():
            return places
    places = np.empty(count, np.int64)
    for number in range(count):
        places[number] = at
        at += _NUMBER.unpack_from(store.data, at)[0]
    return places


def put_tags_back(store: Array, frames: Array, rows: Array, types: Array, tags: Array) -> None:
    """Put VLAN tags back into frames; there is room for them, as the heads are read already."""
    begins = frames["offset"][rows].astype(np.int64)
    addresses = begins[:, None] + np.arange(_BEFORE_TAG)
    store[addresses - 4] = store[addresses]
    tag = np.stack([types >> 8, types & 0xFF, tags >> 8 & 0xFF, tags & 0xFF], axis=1)
    store[begins[:, None] + np.arange(_BEFORE_TAG - 4, _BEFORE_TAG)] = tag.astype(np.uint8)
    frames["offset"][rows] = begins - 4
    frames["length"][rows] += 4
    frames["captured"][rows] += 4


def seen_tags(store: Array, frames: Array) -> None:
    """Fill in the number of each frame's outermost VLAN tag."""
    room = np.flatnonzero(frames["captured"] >= _BEFORE_TAG + 4)
    at = frames["offset"][room].astype(np.int64) + _BEFORE_TAG
    first, second = _TAG_TYPES
    highs = store[at]
    # Both types' first bytes are rare: what has neither needs no further look.
    likely = (highs == first >> 8) | (highs == second >> 8)
    room, at = room[likely], at[likely]
    kinds = store[at].astype(np.int64) << 8 | store[at + 1]
    tagged = (kinds == first) | (kinds == second)
    rows, at = room[tagged], at[tagged]
    if len(rows):
        frames["vlan"][rows] = (store[at + 2].astype(np.int64) & 0x0F) << 8 | store[at + 3]
