"""Recording out of frames that others wrote: their VLAN tags, their order, and what is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.capture.recording import Recording
from nslabkit.capture.tap import blocks
from nslabkit.frames.interface import ETHERNET, RAW
from nslabkit.frames.rows import NO_VLAN, picked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.frames.interface import Interface
    from nslabkit.frames.rows import Array

_DISORDER = 1_000_000_000  # nanoseconds by which frames of several links may be out of order


def no_direction() -> str:
    """Say that nobody knows which way a frame went."""
    return _("The file does not say which frames were sent: all are shown as received.")


def completed(
    interfaces: Sequence[Interface], frames: Array, store: Array, notes: list[str]
) -> Recording:
    """Return the recording; `notes` is what was noticed while it was read."""
    frames["vlan"] = NO_VLAN
    ethernet = [interface.number for interface in interfaces if interface.link_type == ETHERNET]
    rows = np.flatnonzero(np.isin(frames["interface"], ethernet))
    if len(rows):
        tagged = frames[rows]
        blocks.seen_tags(store, tagged)
        frames["vlan"][rows] = tagged["vlan"]
    unknown = sorted({interface.link_type for interface in interfaces} - {ETHERNET, RAW})
    if unknown:
        notes.append(
            _("The kit does not decode frames of link type {types}.").format(
                types=enumeration(map(str, unknown))
            )
        )
    times = frames["time"].astype(np.int64)
    back = int(np.maximum(times[:-1] - times[1:], 0).max(initial=0))
    if back > _DISORDER:
        notes.append(
            _("The times in the file go back by up to {seconds} s; its order is kept.").format(
                seconds=f"{back / 1e9:.3f}"
            )
        )
    elif back:
        frames = picked(frames, np.argsort(times, kind="stable"))
    return Recording(interfaces, frames, store, notes=notes)
