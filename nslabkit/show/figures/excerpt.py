"""An excerpt of a long recording: the part needed to draw some of its frames.

A drawing shows some dozens of frames; to put a hundred thousand on a timeline for that would take
minutes.  In a long recording frames are counted by where they were sent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nslabkit.capture import Recording

_LONG = 3000  # frames at taps; fewer take no time worth saving
_MORE = 8  # frames behind those wanted, so that the last one's other end is in it
_AFTER = 2_000_000  # ns behind those, for the same reason


class Excerpt(NamedTuple):
    """A part of a recording.

    Attributes
    ----------
    recording : Recording
        The part.
    before : int
        How many frames were sent before it.
    total : int or None
        How many were sent in all; None where the part is the whole.
    """

    recording: Recording
    before: int
    total: int | None


def excerpt(recording: Recording, first: int, count: int) -> Excerpt:
    """Return what is needed to draw `count` frames, beginning with number `first`."""
    frames = recording.frames
    sent = np.flatnonzero(frames["outgoing"])
    if len(frames) <= _LONG or not len(sent):
        return Excerpt(recording, 0, None)
    before = min(max(first, 1) - 1, len(sent))
    last = min(before + max(count, 0) + _MORE, len(sent)) - 1
    begin = int(sent[before]) if before < len(sent) else len(frames)
    moment = int(frames["time"][sent[last]]) + _AFTER
    end = max(begin, int(np.searchsorted(frames["time"], np.uint64(moment))))
    part = Recording(
        recording.interfaces,
        frames[begin:end].copy(),
        recording.data,
        notes=recording.notes,
        clock_steps=[
            type(step)(step.time, step.by, step.frames - begin)
            for step in recording.clock_steps
            if begin <= step.frames <= end
        ],
        # What was known of the neighbours before belongs to the picture, too.
        events=[one for one in recording.events if one.time <= moment],
    )
    return Excerpt(part, before, len(sent))
