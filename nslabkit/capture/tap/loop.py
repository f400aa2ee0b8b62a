"""The capture loop: the thread that takes frames out of the rings.

A thread of its own.  It waits for the kernel, lets a little more come together, and drains all
links at once; between, it costs nothing.
"""

from __future__ import annotations

import os
import select
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from nslabkit.capture.tap.clock import TapClock
from nslabkit.frames.rows import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nslabkit.capture.tap.departures import Departures
    from nslabkit.capture.tap.keeping import Keeper
    from nslabkit.capture.tap.ring import Tap

_GATHER = 250  # milliseconds between two drainings; a ring lasts two seconds, unless much comes
_FIRST_STEP, _STEP = 1, 25  # milliseconds until the next look at whether a ring needs it earlier
_IDLE = 250  # milliseconds after which somebody is told how far it is, without a frame
_LAST = 1.0  # seconds for the kernel to hand over what it has counted
_LAST_STEP = 4  # milliseconds between two looks at that


class Loop:
    """Drains taps into a keeper until it is stopped, or the keeper is full.

    Parameters
    ----------
    taps : list of Tap
        The links; they may not have begun yet.
    keeper : Keeper
        Where the frames go.
    departures : Departures
        Tells which namespaces are given up.
    told : callable
        Called in the thread, now and then.
    left : callable
        Called in the thread with the path of a namespace that was given up.
    """

    def __init__(
        self,
        taps: Sequence[Tap],
        keeper: Keeper,
        departures: Departures,
        report: Callable[[], None],
        left: Callable[[str], None],
    ) -> None:
        self.taps = taps
        self.keeper = keeper
        self.clock = TapClock()
        self.full = False
        self.trouble: BaseException | None = None
        self._departures = departures
        self._told, self._left = report, left
        self._stop = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._stopping = False
        self._leaving: dict[Tap, float] = {}
        self._thread = threading.Thread(target=self._run, name="nslabkit-capture", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Drain what the kernel still has, and end the thread; twice does no harm."""
        self._stopping = True
        if self._stop >= 0:
            os.eventfd_write(self._stop, 1)
        self._thread.join()
        if self._stop >= 0:
            os.close(self._stop)
            self._stop = -1
            self.clock.close()

    def _run(self) -> None:
        try:
            self._until_stopped()
        except BaseException as error:  # noqa: BLE001 - handed on to who stops the recording
            self.trouble = error
            for tap in self.taps:
                _silence(tap)
        # Armed sockets must not outlive a namespace's name, whatever happened here.
        while not self._stopping:
            self._wait([self._stop, *self._departures.files], _IDLE)
            self._see_who_left()

    def _until_stopped(self) -> None:
        while not self._stopping and not self.full:
            files = self._own_files()
            rings = [tap for tap in self.taps if not tap.closed and not tap.gone]
            for descriptor, event in self._wait(
                [*files, *(tap.fileno() for tap in rings)], self._patience()
            ):
                if event & select.POLLERR:
                    self._look_at_error(descriptor)
            self._gather(files)
            self._drain()
            self._see_who_left()
            self._told()
            self.full = self.keeper.full
        for tap in self.taps:
            _silence(tap)
        self._drain_the_last([tap for tap in self.taps if not tap.closed])
        for tap in self.taps:
            if not tap.closed and not tap.gone:
                tap.look_at_error()  # not every link that goes says so
        self._see_who_left()

    def _gather(self, files: Sequence[int]) -> None:
        """Let more come together while no ring is short of room: one draining costs as much."""
        step, end = _FIRST_STEP, time.monotonic() + _GATHER / 1000
        while time.monotonic() < end:
            urgent = any(tap.urgent for tap in self.taps if not tap.closed)
            if urgent or self._stopping or self._leaving or self._wait(files, step):
                break
            step = min(2 * step, _STEP)  # what begins with a burst is looked at soon

    def _own_files(self) -> list[int]:
        return [self._stop, self.clock.fileno(), *self._departures.files]

    def _patience(self) -> int:
        return _LAST_STEP if self._leaving else _IDLE

    def _wait(self, files: Sequence[int], milliseconds: int) -> list[tuple[int, int]]:
        waiting = select.poll()
        for file in files:
            waiting.register(file, select.POLLIN)
        return waiting.poll(milliseconds)

    def _drain(self) -> int:
        """Take what the links bring, and return how many frames that was."""
        parts = []
        share = self.keeper.share(sum(not tap.closed for tap in self.taps))
        for tap in self.taps:
            if not tap.closed:
                until = min(self.keeper.at + share, len(self.keeper.store))
                frames, self.keeper.at = tap.drain(self.keeper.store, self.keeper.at, until)
                if frames is not None:
                    parts.append(frames)
        if self.clock.look():
            self.keeper.step(self.clock.steps[-1][2])
        if not parts:
            return 0
        frames = joined(parts)
        self.keeper.take(frames, self.clock.keys(frames["time"]))
        return len(frames)

    def _drain_the_last(self, taps: Sequence[Tap]) -> None:
        """Wait until all that the kernel counted before it was silenced is here, or has no room."""
        deadline = time.monotonic() + _LAST
        while True:
            for tap in taps:
                tap.count()
            came = self._drain()
            if all(tap.complete or (tap.more and not came) for tap in taps):
                break
            if time.monotonic() > deadline:
                break
            if not came:
                time.sleep(_LAST_STEP / 1000)
        # All links end at one moment, that of the first frame for which there was no room: one
        # that was drained a little later than another would otherwise be alone at the end.
        waiting = [tap.first_waiting() for tap in taps if tap.more and not tap.complete]
        if waiting:
            self.full = True
            self.keeper.cut(int(self.clock.keys(np.array(waiting)).min()))

    def _look_at_error(self, descriptor: int) -> None:
        for tap in self.taps:
            if not tap.closed and tap.fileno() == descriptor:
                tap.look_at_error()

    def _see_who_left(self) -> None:
        """Give up what holds a namespace that was given up, once its last frames are here."""
        for path in self._departures.gone():
            for tap in self.taps:
                if tap.namespace.path == path and not tap.closed:
                    _silence(tap)
                    self._leaving[tap] = time.monotonic() + _LAST
            self._left(path)
        for tap, deadline in list(self._leaving.items()):
            if not tap.closed:
                tap.count()
            if tap.closed or tap.complete or self.trouble or time.monotonic() > deadline:
                tap.close()
                del self._leaving[tap]


def _silence(tap: Tap) -> None:
    if not tap.closed:
        tap.silence()
