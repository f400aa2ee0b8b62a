"""What passed the recorded links, and what is known about the recording itself?"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.capture import kinds
from nslabkit.capture.packets import Packets
from nslabkit.errors import NslabError
from nslabkit.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.capture.interface import Interface

__all__ = ["FRAME", "LOSING", "NO_VLAN", "UNFINISHED_CHECKSUM", "ClockStep", "Recording"]

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
UNFINISHED_CHECKSUM, LOSING = 1, 2


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
        frames: np.ndarray[Any, Any] | None = None,
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
        frames: np.ndarray[Any, Any] | None,
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
    def frames(self) -> np.ndarray[Any, Any]:
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
    def kinds(self) -> np.ndarray[Any, Any]:
        """For each frame the number of its kind in `nslabkit.capture.kinds.KINDS`."""
        self._ready()
        link_types = [one.link_type for one in self._interfaces]
        return kinds.classify(self._frames, self._data, link_types)

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.frames)
