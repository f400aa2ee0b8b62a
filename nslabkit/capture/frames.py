"""What is known of each frame, one row each?"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

__all__ = ["FRAME", "LOSING", "NO_VLAN", "UNFINISHED_CHECKSUM", "Array"]

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
