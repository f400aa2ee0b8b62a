"""What passed the recorded links, and what is known about the recording itself?"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.capture import kinds, saving, showing
from nslabkit.capture.frames import FRAME
from nslabkit.capture.packets import Packets
from nslabkit.errors import NslabError
from nslabkit.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from nslabkit.capture.frames import Array
    from nslabkit.capture.interface import Interface
    from nslabkit.table import Table

__all__ = ["ClockStep", "Recording"]


@dataclass(frozen=True)
class ClockStep:
    """A moment at which somebody set the clock during the recording.

    Attributes
    ----------
    time : int
        When it was noticed, nanoseconds since 1970, by the new time.
    by : int
        By how many nanoseconds the clock was set forward; negative: back.
    frames : int
        How many frames of the recording were before it.
    """

    time: int
    by: int
    frames: int


class Recording:
    """Frames with their times, the links they passed, and what became of the recording.

    While it is being made (inside the ``with`` of `nslabkit.capture.capture`) it cannot be read;
    afterwards it does not change.

    Parameters
    ----------
    interfaces : iterable of Interface
        The links, by number.
    frames : numpy array of `FRAME`
        The frames in the order of time.
    data : bytes-like
        Where the frames' bytes are.
    notes : iterable of str
        What a reader should know about it, sentences in the reader's language.
    clock_steps : iterable of ClockStep
        When the clock was set meanwhile.
    events : iterable
        What else was recorded beside the frames.
    """

    def __init__(  # noqa: PLR0913 - what a recording consists of
        self,
        interfaces: Iterable[Interface] = (),
        frames: Array | None = None,
        data: Any = b"",  # noqa: ANN401 - whatever has the buffer interface
        *,
        notes: Iterable[str] = (),
        clock_steps: Iterable[ClockStep] = (),
        events: Iterable[Any] = (),
    ) -> None:
        self._running = False
        self._fill(interfaces, frames, data, notes=notes, clock_steps=clock_steps, events=events)

    def _fill(  # noqa: PLR0913 - as above
        self,
        interfaces: Iterable[Interface],
        frames: Array | None,
        data: Any,  # noqa: ANN401 - as above
        *,
        notes: Iterable[str],
        clock_steps: Iterable[ClockStep],
        events: Iterable[Any],
    ) -> None:
        self._interfaces = tuple(interfaces)
        self._frames = np.zeros(0, FRAME) if frames is None else frames
        self._frames.flags.writeable = False
        self._data = memoryview(data).cast("B").toreadonly()
        self._notes = tuple(notes)
        self._clock_steps = tuple(clock_steps)
        self._events = tuple(events)

    def _ready(self) -> None:
        if self._running:
            raise NslabError(
                "lab.capture()",
                _("The recording still runs: what it holds is known when it has ended."),
                _("Read it after its `with` block, or end it with `.stop()`."),
            )

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """The recorded links."""
        self._ready()
        return self._interfaces

    @property
    def frames(self) -> Array:
        """All frames as one array of `FRAME`, in the order of time."""
        self._ready()
        return self._frames

    @property
    def data(self) -> memoryview:
        """The bytes of all frames; a frame's begin at its ``offset``."""
        self._ready()
        return self._data

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know: drops, limits, interruptions; sentences."""
        self._ready()
        return self._notes

    @property
    def clock_steps(self) -> tuple[ClockStep, ...]:
        """When the clock was set during the recording; nearly always empty."""
        self._ready()
        return self._clock_steps

    @property
    def events(self) -> tuple[Any, ...]:
        """What was recorded beside the frames."""
        self._ready()
        return self._events

    @property
    def dropped(self) -> int:
        """How many frames the kernel could not keep, on all links, by its own counters."""
        return sum(one.dropped for one in self.interfaces)

    @functools.cached_property
    def packets(self) -> Packets:
        """The frames one by one, each made when it is asked for."""
        self._ready()
        return Packets(self._interfaces, self._frames, self._data, self.kinds)

    @functools.cached_property
    def kinds(self) -> Array:
        """For each frame the number of its kind in `nslabkit.capture.kinds.KINDS`."""
        self._ready()
        link_types = [one.link_type for one in self._interfaces]
        return kinds.classify(self._frames, self._data, link_types)

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.frames)

    @property
    def summary(self) -> Table[tuple[str, str, str, int, int]]:
        """How many frames of each kind passed each link: a table, also for very many frames."""
        return showing.summary(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the recording to a pcapng file, which Wireshark opens: ``tcpdump -w FILE``.

        It holds one interface for each link, named ``netns1/veth1``, times in nanoseconds,
        the frames' directions, the kernel's counters, and the notes as comments; not which
        checksums were unfinished, nor the events.  A file of that name is replaced once the new
        one is complete.

        Raises
        ------
        NotFoundError
            There is no such folder.
        NoPrivilegeError, OutOfResourcesError
            The file may not be written, or the disk is full.
        """
        saving.save(self, Path(path).expanduser())

    def __repr__(self) -> str:
        """Return a line for each packet, of many the first and last, and the notes."""
        return _("A recording that still runs") if self._running else showing.as_text(self)

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>" if self._running else showing.as_html(self)
