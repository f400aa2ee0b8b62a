"""Storage for a running recording: in memory, or in a file."""

from __future__ import annotations

import contextlib
import mmap
import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from nslabkit.capture.file import pcapng
from nslabkit.capture.tap import blocks
from nslabkit.capture.tap.ring import BLOCK
from nslabkit.frames.rows import FRAME, joined, ordered, picked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from nslabkit.frames.interface import Interface
    from nslabkit.frames.rows import Array

# Python 3.11 has no name for it; the number is that of nearly all processors (mman-common.h).
_UNPROMISED = getattr(mmap, "MAP_NORESERVE", 0x4000)
_MARGIN = BLOCK + blocks.LOOK_AHEAD + 16  # bytes of which a block surely fits


class Keeper(ABC):
    """Takes what the taps drain.

    Attributes
    ----------
    store : numpy array of uint8
        Where a tap drains into.
    at : int
        From which place on.
    count : int
        How many frames were taken so far.
    """

    def __init__(self, size: int) -> None:
        # Memory that is asked for and not touched costs nothing.  Not numpy's own: it asks for
        # pages of megabytes, which the kernel may first have to make room for, for very long.
        # Nor promised: a fork would have to be promised all recordings at once, and is refused
        # where they are larger together than the machine's memory.
        private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _UNPROMISED
        memory = mmap.mmap(-1, size + _MARGIN, flags=private)
        self.store: Array = np.frombuffer(memory, np.uint8)
        self.at = 0
        self.count = 0

    @property
    @abstractmethod
    def full(self) -> bool:
        """Whether the limit is reached."""

    def share(self, taps: int) -> int:
        """Return how many bytes each of some taps may take, so that none takes another's."""
        return max(_MARGIN, (len(self.store) - self.at) // max(1, taps))

    @abstractmethod
    def take(self, frames: Array, keys: Array) -> None:
        """Take the frames that were drained at one time, and the keys of their order."""

    @abstractmethod
    def step(self, key: int) -> None:
        """Remember that the clock was set at the moment of that key."""

    @abstractmethod
    def before_steps(self) -> list[int]:
        """Return for each of these moments how many frames were before it."""

    @abstractmethod
    def cut(self, key: int) -> None:
        """Leave out what came from the moment of that key on: others had no room any more."""


class InMemory(Keeper):
    """Keeps all in memory, up to `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit - _MARGIN)
        self._frames: list[Array] = []
        self._keys: list[Array] = []
        self._steps: list[int] = []

    @property
    def full(self) -> bool:
        """Whether the next block might not fit."""
        return self.at + _MARGIN > len(self.store)

    def take(self, frames: Array, keys: Array) -> None:
        """Remember the frames; their bytes are in the store."""
        self._frames.append(frames)
        self._keys.append(keys)
        self.count += len(frames)

    def step(self, key: int) -> None:
        """Remember the moment."""
        self._steps.append(key)

    def cut(self, key: int) -> None:
        """Forget the frames; their bytes stay."""
        before = [keys < key for keys in self._keys]
        self._frames = [picked(*one) for one in zip(self._frames, before, strict=True)]
        self._keys = [keys[rows] for keys, rows in zip(self._keys, before, strict=True)]
        self.count = sum(map(len, self._keys))

    def before_steps(self) -> list[int]:
        """Count the frames whose keys are smaller."""
        return [sum(int((keys < key).sum()) for keys in self._keys) for key in self._steps]

    def result(self) -> tuple[Array, Array]:
        """Return the frames in order, and the bytes in which they are."""
        if not self._frames:
            return np.zeros(0, FRAME), self.store[:0]
        return ordered(joined(self._frames), np.concatenate(self._keys)), self.store[: self.at]


class InFile(Keeper):
    """Writes all into a file, up to `limit` bytes; keeps in memory what two drainings bring.

    A frame is written one draining later, so that frames of several links come in order.
    """

    def __init__(self, path: Path, limit: int, most: int) -> None:
        half = -(-(most + _MARGIN) // 16) * 16
        super().__init__(2 * half)
        self._half = half
        self._limit = limit
        self._waiting: tuple[Array, Array] = np.zeros(0, FRAME), np.zeros(0, np.int64)
        self._steps: list[list[int]] = []  # key, and frames written that were before it
        self._frames_written = 0
        self._file = path.open("wb", buffering=0)
        self.written = 0

    @property
    def full(self) -> bool:
        """Whether the file has its size."""
        return self.written >= self._limit

    def step(self, key: int) -> None:
        """Remember the moment: what is written already was before it."""
        self._steps.append([key, self._frames_written])

    def cut(self, key: int) -> None:
        """Leave them out of what is not written yet."""
        frames, keys = self._waiting
        before = keys < key
        self._waiting = picked(frames, before), keys[before]
        self.count -= int((~before).sum())

    def before_steps(self) -> list[int]:
        """Return what was counted while writing."""
        return [count for _key, count in self._steps]

    def head(
        self,
        interfaces: Sequence[Interface],
        *,
        snaplen: int,
        filter: str | None,  # noqa: A002
    ) -> None:
        """Write what comes before the frames."""
        pcapng.write_head(self._file, interfaces, snaplen=snaplen, filter=filter)
        self.written = self._file.tell()

    def share(self, taps: int) -> int:
        """Return as much as there is: half of the store holds all rings."""
        del taps
        return self._half

    def take(self, frames: Array, keys: Array) -> None:
        """Write what waited, and of the new frames those that were before its end."""
        self.count += len(frames)
        waiting, waiting_keys = self._waiting
        last = waiting_keys.max() if len(waiting_keys) else np.iinfo(np.int64).min
        early = keys <= last
        self._write(
            joined([waiting, picked(frames, early)]), np.concatenate([waiting_keys, keys[early]])
        )
        self._waiting = picked(frames, ~early), keys[~early]
        self.at = 0 if self.at >= self._half else self._half

    def end(
        self, interfaces: Sequence[Interface], end: int, notes: Sequence[str], *, whole: bool
    ) -> None:
        """Write what still waits, and what the kernel counted; close the file.

        Parameters
        ----------
        interfaces, end, notes
            As for `pcapng.write_statistics`.
        whole : bool
            Whether all could be written so far; otherwise what was not written whole is cut off.
        """
        if not whole:
            os.ftruncate(self._file.fileno(), self.written)
        else:
            self._write(*self._waiting)
            pcapng.write_statistics(self._file, interfaces, end, notes)
        self._file.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, frames: Array, keys: Array) -> None:
        in_order = ordered(frames, keys)
        try:
            pcapng.write_frames(self._file, in_order, self.store)
        except OSError:
            self._write_what_fits(in_order)
            raise
        self.written = self._file.tell()
        self._frames_written += len(frames)
        for step in self._steps:
            step[1] += int((keys < step[0]).sum())

    def _write_what_fits(self, frames: Array) -> None:
        """Write frame by frame up to the one for which there is no room."""
        self._file.seek(self.written)
        with contextlib.suppress(OSError):
            for number in range(len(frames)):
                pcapng.write_frames(self._file, frames[number : number + 1], self.store)
                self.written = self._file.tell()
