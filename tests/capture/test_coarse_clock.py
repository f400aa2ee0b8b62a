"""Is a recording in order, and does it say so, where the kernel's clock has coarse steps?

User-mode Linux has such a clock; here the times are rounded as it does.
"""

from __future__ import annotations

import numpy as np

from nslabkit.capture import remarks
from nslabkit.frames.rows import FRAME, ordered

SENT, RECEIVED = True, False


def _frames(*rows: tuple[int, int, bool]) -> np.ndarray:
    """Frames of (time, interface, whether sent)."""
    frames = np.zeros(len(rows), FRAME)
    for row, (time, interface, outgoing) in zip(frames, rows, strict=True):
        row["time"], row["interface"], row["outgoing"] = time, interface, outgoing
    return frames


def test_what_was_sent_comes_before_what_was_received_at_the_same_time() -> None:
    # Drained link by link: all of link 0, then all of link 1.
    drained = _frames(
        (512, 0, SENT), (1024, 0, RECEIVED), (2048, 0, SENT), (512, 1, RECEIVED), (1024, 1, SENT)
    )
    found = ordered(drained, drained["time"].astype(np.int64))
    way = [(int(row["interface"]), bool(row["outgoing"])) for row in found]
    assert way == [(0, SENT), (1, RECEIVED), (1, SENT), (0, RECEIVED), (0, SENT)]


def test_times_by_todays_clock_are_not_changed_by_it() -> None:
    now = 1_790_000_000_000_000_000
    drained = _frames((now + 1, 0, RECEIVED), (now, 1, SENT))
    found = ordered(drained, drained["time"].astype(np.int64))
    assert list(found["time"]) == [now, now + 1]


def test_the_steps_of_the_clock_are_told() -> None:
    times = (
        np.cumsum(np.random.default_rng(1).integers(1, 50, 40)) * 256 + 1_790_000_000_000_000_000
    )
    (said,) = remarks.of_clock(_frames(*((int(time), 0, SENT) for time in times)))
    assert "steps of 256 ns" in said


def test_a_fine_clock_needs_no_word() -> None:
    times = np.cumsum(np.random.default_rng(1).integers(200, 9000, 40))
    assert remarks.of_clock(_frames(*((int(time), 0, SENT) for time in times))) == []
    few = _frames((0, 0, SENT), (256, 0, SENT))
    assert remarks.of_clock(few) == []
