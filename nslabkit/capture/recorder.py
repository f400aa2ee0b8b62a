"""The recorder: how a recording is armed, begun and ended."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from nslabkit.base.errors import InvalidValueError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.capture import remarks
from nslabkit.capture.events import EventLog
from nslabkit.capture.file.file_errors import cannot_write
from nslabkit.capture.file.opening import read_file
from nslabkit.capture.progress_line import ProgressLine
from nslabkit.capture.recording import ClockStep, Recording
from nslabkit.capture.tap import places, tapping
from nslabkit.capture.tap.departures import Departures
from nslabkit.capture.tap.keeping import InFile, InMemory
from nslabkit.capture.tap.loop import Loop
from nslabkit.net.namespace import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike
    from types import TracebackType
    from typing import Self

    from nslabkit.capture.events import Observation
    from nslabkit.capture.tap.ring import Tap
    from nslabkit.net.namespace import Namespace

SNAPLEN = 262_144  # bytes, as tcpdump's
_IN_MEMORY, _IN_FILE = 200, 2000  # megabytes
_SMALLEST = 1  # megabyte: some blocks of a ring must fit

_Recording = TypeVar("_Recording", bound=Recording)


class Capture(Generic[_Recording]):
    """A recording that can be armed, begun and ended; ``lab.capture`` makes one.

    As a context manager it records while the block runs.  It fills the recording that it is
    given: `nslabkit.show.lab_recording` gives it one of the class that a learner gets.
    """

    def __init__(  # noqa: PLR0913 - see ``lab.capture``
        self,
        recording: _Recording,
        where: Sequence[places.Where],
        *,
        filter: str | None,  # noqa: A002 - what tcpdump's manual calls it
        to: str | PathLike[str] | None,
        limit: float | None,
        snaplen: int,
        progress: bool | None,
        events: bool,
        trace: bool,
    ) -> None:
        _check("tcpdump -w FILE" if to else "tcpdump", limit, snaplen)
        self._where, self._filter = where, filter
        self._to = None if to is None else Path(to).expanduser()
        self._limit = int((limit or (_IN_FILE if to else _IN_MEMORY)) * remarks.MEGABYTE)
        self._snaplen = snaplen
        self._progress = progress
        self._events, self._trace = events or trace, trace
        self._notes: list[str] = []
        self._taps: list[Tap] = []
        self._log: EventLog | None = None
        self._held = contextlib.ExitStack()  # what an armed recording holds
        self._loop: Loop | None = None
        self._recording = recording
        self._begun = self._ended = False

    def arm(self) -> Self:
        """Do all that takes time, so that `start` takes less than a millisecond.

        Nothing is recorded yet.  Whatever is armed must be stopped at some point.

        Raises
        ------
        NslabError
            As ``lab.capture`` says.
        """
        if self._ended:
            raise NslabError(
                "lab.capture()",
                _("This recording has ended; it cannot be resumed."),
                _("Start another: `with lab.capture() as recording:`."),
            )
        if self._loop is None:
            try:
                self._arm()
            except BaseException:
                self._held.close()
                raise
        return self

    def start(self) -> _Recording:
        """Start.  Nothing that passes the links after this returns is missed."""
        self.arm()
        if not self._begun:
            self._begun = self._recording._running = True  # noqa: SLF001 - ours to fill
            self._line.begin()
            if self._log is not None:
                self._log.start()
            for tap in self._taps:
                if not tap.closed:
                    tap.begin()
        return self._recording

    def stop(self) -> _Recording:
        """Stop, and return what was recorded; a second call returns the same."""
        if not self._ended and self._loop is not None:
            self._ended = True
            try:
                self._finish(self._loop)
            finally:
                self._recording._running = False  # noqa: SLF001 - ours to fill
                self._held.close()
        self._ended = True
        return self._recording

    def __enter__(self) -> _Recording:
        """Begin; the recording can be read after the block."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End; what came before is kept also where the block was interrupted or failed."""
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self._notes.append(remarks.interrupted())
        self.stop()

    def _arm(self) -> None:
        where = places.chosen(self._where)
        # Before the sockets: a name that goes from now on is noticed.
        departures = Departures(one.path for one in where if place(one) is not None)
        self._held.callback(departures.close)
        self._taps = tapping.tap_links(where, self._filter, self._snaplen)
        self._held.callback(tapping.close, self._taps)
        self._held.callback(self._stop_listening)
        self._keeper = self._keep()
        self._line = ProgressLine(self._progress)
        self._log = self._listen(tuple(where))
        self._recording._log = self._log  # noqa: SLF001 - ours to fill
        self._loop = Loop(self._taps, self._keeper, departures, self._told, self._left)
        self._held.callback(self._loop.stop)
        self._loop.start()

    def _keep(self) -> InMemory | InFile:
        if self._to is None:
            return InMemory(self._limit)
        try:
            keeper = InFile(self._to, self._limit, sum(tap.most for tap in self._taps))
            self._held.callback(keeper.close)
            interfaces = [tap.interface for tap in self._taps]
            keeper.head(interfaces, snaplen=self._snaplen, filter=self._filter)
        except OSError as error:
            raise cannot_write(self._to, error) from None
        return keeper

    def _told(self) -> None:
        """Say how far it is; in the loop's thread."""
        if self._begun and self._line.due:
            for tap in self._taps:
                if not tap.closed:
                    tap.count()
            self._line.say(self._keeper.count, sum(tap.dropped for tap in self._taps))

    def _left(self, path: str) -> None:
        """Let go of a namespace that was given up; in the loop's thread."""
        here = [tap.interface.namespace for tap in self._taps if tap.namespace.path == path]
        self._notes.append(remarks.given_up(here[0] if here else path))

    def _listen(self, where: tuple[Namespace, ...]) -> EventLog | None:
        """Prepare the log of what happens beside the frames; it holds no namespace."""
        if not self._events:
            return None
        log = EventLog(where, trace=self._trace)
        try:
            log.prepare()
        except NslabError as error:
            if self._trace:
                raise
            self._notes.append(remarks.without_events(error))
            return None
        return log

    def _stop_listening(self) -> Iterable[Observation]:
        """End the log, and return it: it decodes what it heard when that is read."""
        if self._log is None:
            return ()
        log, self._log = self._log, None
        self._recording._log = None  # noqa: SLF001 - ours to fill
        log.stop()
        self._notes += log.notes
        return log

    def _finish(self, loop: Loop) -> None:
        ended = time.time_ns()
        loop.stop()
        trouble = loop.trouble
        if trouble is not None and not isinstance(trouble, OSError):
            raise trouble
        interfaces = [tap.interface for tap in self._taps]
        events = self._stop_listening()
        notes = [*self._notes, *remarks.of_links(self._taps, full=loop.full)]
        notes += [remarks.of_trouble(trouble)] if trouble else []
        notes += remarks.of_limit(self._keeper, self._limit, reached=loop.full)
        notes += [remarks.of_step(by) for _when, by, _key in loop.clock.steps]
        self._line.end(self._keeper.count, sum(one.dropped for one in interfaces))
        if isinstance(self._keeper, InFile):
            assert self._to is not None
            try:
                self._keeper.end(interfaces, ended, notes, whole=trouble is None)
            except OSError as error:
                notes.append(remarks.of_trouble(error))
                self._keeper.end(interfaces, ended, notes, whole=False)
            read = read_file(self._to)
            frames, data = read.frames, np.frombuffer(read.data, np.uint8)
        else:
            frames, data = self._keeper.result()
        before = self._keeper.before_steps()
        self._recording._fill(  # noqa: SLF001 - ours to fill
            interfaces,
            frames,
            data,
            notes=[*notes, *remarks.of_frames(frames, interfaces), *remarks.of_clock(frames)],
            clock_steps=[
                ClockStep(when, by, count)
                for (when, by, _key), count in zip(loop.clock.steps, before, strict=True)
            ],
            events=events,
        )


def _check(tried: str, limit: float | None, snaplen: int) -> None:
    if limit is not None and limit < _SMALLEST:
        raise InvalidValueError(
            tried, _("The limit is less than 1 MB."), _("Give megabytes: limit=200.")
        )
    if not 0 < snaplen <= SNAPLEN:
        raise InvalidValueError(
            f"tcpdump -s {snaplen}",
            _("snaplen is how many bytes of a frame to keep: 1 to {most}.").format(most=SNAPLEN),
            _("Leave it out to keep everything; 96 is enough for the headers."),
        )
