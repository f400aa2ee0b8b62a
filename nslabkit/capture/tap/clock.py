"""The capture clock: was it set while frames were stamped with it?

Frames carry the wall clock's time.  When somebody sets that clock, later frames may have earlier
times.  A timer that the kernel cancels when the clock is set (`timerfd_create(2)`,
``TFD_TIMER_CANCEL_ON_SET``) tells the moment; the clock that nobody can set (``CLOCK_MONOTONIC``)
tells by how much, and on which side of the step a frame was.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nslabkit.frames.rows import Array

_ABSOLUTE, _CANCEL_ON_SET = 1, 2  # TFD_TIMER_…
_NEVER = struct.pack("=4q", 0, 0, 1 << 40, 0)  # struct itimerspec: in some 35,000 years
_LATE = 100_000_000  # nanoseconds that a frame may be under way from its tap to us

_libc = ctypes.CDLL(None, use_errno=True)


class TapClock:
    """Notices steps of the wall clock, and gives frames keys by which they are in order.

    Attributes
    ----------
    steps : list of tuple
        Time by the new clock, nanoseconds forward, and the key of the moment.
    """

    def __init__(self) -> None:
        self.steps: list[tuple[int, int, int]] = []
        self._shift = 0  # the steps so far
        self._before: tuple[int, int, int] | None = None  # offset and shift then, and until when
        self._seen = time.monotonic_ns()
        self._offset = time.time_ns() - time.monotonic_ns()
        self._timer: int = _libc.timerfd_create(time.CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC)
        self._arm()

    def fileno(self) -> int:
        """Return the timer's file descriptor, readable when the clock was set."""
        return self._timer

    def _arm(self) -> None:
        if _libc.timerfd_settime(self._timer, _ABSOLUTE | _CANCEL_ON_SET, _NEVER, None) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    def _was_set(self) -> bool:
        try:
            os.read(self._timer, 8)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno != errno.ECANCELED:
                raise
            self._arm()
            return True
        return False

    def look(self) -> bool:
        """Return whether the clock was set; after frames were drained, before `keys`."""
        was_set = self._was_set()
        wall, steady = time.time_ns(), time.monotonic_ns()
        offset = wall - steady
        if was_set:
            by = offset - self._offset
            self._before = (self._offset, self._shift, steady + 2 * _LATE)
            self._shift += by
            self.steps.append((wall, by, wall - self._shift))
        elif self._before and steady > self._before[2]:
            self._before = None
        self._offset = offset  # it drifts a little where the clock is slewed
        return was_set

    def keys(self, times: Array) -> Array:
        """Return numbers by which frames that were just drained are in order across a step."""
        stamped = times.astype(np.int64)
        now, since = time.monotonic_ns(), self._seen
        self._seen = now
        keys = stamped - self._shift
        if self._before is not None:
            offset, shift, _until = self._before
            was = stamped - offset  # when it was, if the clock was not set yet
            earlier = (was >= since - _LATE) & (was <= now)
            would = stamped - self._offset  # when it was, if it was set already
            later = (would >= since - _LATE) & (would <= now)
            keys = np.where(earlier & ~later, stamped - shift, keys)
        return keys

    def close(self) -> None:
        """Give the timer back."""
        os.close(self._timer)
