"""The frame table: what is known of each frame, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = "np.ndarray[Any, Any]"

FRAME = np.dtype(
    [
        ("time", "u8"),  # nanoseconds since 1970 (UTC), by the kernel's clock
        ("interface", "u2"),  # number of the interface
        ("outgoing", "?"),  # whether the link sends it
        ("flags", "u1"),  # UNFINISHED_CHECKSUM, LOSING
        ("length", "u4"),  # bytes on the wire
        ("captured", "u4"),  # bytes that were kept
        ("offset", "u8"),  # where they begin in the recording's data
        ("vlan", "u2"),  # number of the outermost VLAN tag, NO_VLAN without one
    ]
)
NO_VLAN = 0xFFFF
# The kernel left the checksum to a network card; the kernel had dropped frames before this one.
UNFINISHED_CHECKSUM, LOSING = 1, 2

# Rows as mere bytes: numpy copies these twenty times faster than rows of named columns.
_BYTES = np.dtype(f"V{FRAME.itemsize}")


def joined(parts: Sequence[Array]) -> Array:
    """Return several arrays of `FRAME` as one."""
    return np.concatenate([np.ascontiguousarray(part).view(_BYTES) for part in parts]).view(FRAME)


def picked(frames: Array, rows: Array) -> Array:
    """Return some rows of an array of `FRAME`, by their numbers or by true and false."""
    return np.ascontiguousarray(frames).view(_BYTES)[rows].view(FRAME)


def ordered(frames: Array, keys: Array) -> Array:
    """Return the frames by their keys; of two with the same key the one that was sent first.

    A veth hands a frame over in less time than some kernels' clocks can tell apart.

    Parameters
    ----------
    frames : array of FRAME
        In any order.
    keys : array of int64
        One for each frame (`Clock.keys`).
    """
    return picked(frames, np.argsort(2 * keys + ~frames["outgoing"], kind="stable"))
