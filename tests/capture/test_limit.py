"""Where a recording stops at its limit: do all links end at the same moment?"""

from __future__ import annotations

import os
import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from nslabkit.capture.tap.departures import Departures
from nslabkit.capture.tap.keeping import InMemory
from nslabkit.capture.tap.loop import Loop
from nslabkit.frames.rows import FRAME

if TYPE_CHECKING:
    from nslabkit.capture.tap.ring import Tap
    from nslabkit.frames.rows import Array


class Told:
    """A link that hands over, draining by draining, frames with the given times."""

    closed = gone = False

    def __init__(self, number: int, *times: list[int], waiting: int | None = None) -> None:
        self.number, self._times, self._waiting = number, list(times), waiting
        self.more = False

    def drain(self, store: Array, at: int, until: int) -> tuple[Array | None, int]:
        del store, until
        if not self._times:
            self.more = self._waiting is not None
            return None, at
        times = self._times.pop(0)
        frames = np.zeros(len(times), FRAME)
        frames["time"], frames["interface"] = times, self.number
        return frames, at

    def count(self) -> None:
        pass

    @property
    def complete(self) -> bool:
        return self._waiting is None and not self._times

    def first_waiting(self) -> int:
        assert self._waiting is not None
        return self._waiting


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # The second link was asked later than the first, and had room for all it had.
        (Told(0, [10, 20], waiting=30), Told(1, [11, 21, 31, 41])),
        (Told(0, [10], [20], waiting=30), Told(1, [11, 21, 31], waiting=41)),
        (Told(0, [10, 20, 30]), Told(1, [11, 21], waiting=22)),
    ],
)
def test_at_its_limit_all_links_end_at_one_moment(first: Told, second: Told) -> None:
    keeper = InMemory(3 << 20)
    taps = [cast("Tap", first), cast("Tap", second)]
    with closing(Departures([])) as departures:
        loop = Loop(taps, keeper, departures, lambda: None, lambda _path: None)
        try:
            loop._drain_the_last(taps)
        finally:
            loop.clock.close()
            os.close(loop._stop)
    frames, _data = keeper.result()
    assert frames["time"].tolist() == [10, 11, 20, 21]
    assert keeper.count == 4
    assert loop.full


def test_what_is_not_used_yet_is_not_counted_when_a_command_is_started() -> None:
    """A command begins with a fork, and for that the kernel counts all that was promised ("ac")."""
    keeper = InMemory(64_000_000)
    place = keeper.store.ctypes.data
    inside, flags = False, ""
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            inside = begin <= place < end
        elif inside and line.startswith("VmFlags:"):
            flags = line
    assert " nr" in flags
    assert " ac" not in flags
