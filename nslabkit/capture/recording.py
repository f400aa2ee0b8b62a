"""Recordings: the frames that passed the recorded links, and what is known of the recording."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.capture import showing
from nslabkit.capture.file import saving
from nslabkit.frames import frame_kinds
from nslabkit.frames.packets import Packets
from nslabkit.frames.rows import FRAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from os import PathLike
    from typing import Self

    from nslabkit.base.commands import Result
    from nslabkit.base.table import Table
    from nslabkit.capture.events import EventLog, Observation
    from nslabkit.frames.interface import Interface
    from nslabkit.frames.rows import Array
    from nslabkit.net.namespace import NamespaceLike

_T = TypeVar("_T")


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

    While it is being made (inside the ``with`` of ``lab.capture``) it cannot be read;
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
        When the clock was set during the recording.
    events : iterable of Observation
        What else was recorded besides the frames.
    """

    def __init__(  # noqa: PLR0913 - what a recording consists of
        self,
        interfaces: Iterable[Interface] = (),
        frames: Array | None = None,
        data: Any = b"",  # noqa: ANN401 - whatever has the buffer interface
        *,
        notes: Iterable[str] = (),
        clock_steps: Iterable[ClockStep] = (),
        events: Iterable[Observation] = (),
    ) -> None:
        self._running = False
        self._log: EventLog | None = None  # while it runs
        self._made: dict[object, Any] = {}  # see `once`
        self._fill(interfaces, frames, data, notes=notes, clock_steps=clock_steps, events=events)

    def _fill(  # noqa: PLR0913 - as above
        self,
        interfaces: Iterable[Interface],
        frames: Array | None,
        data: Any,  # noqa: ANN401 - as above
        *,
        notes: Iterable[str],
        clock_steps: Iterable[ClockStep],
        events: Iterable[Observation],
    ) -> None:
        # Names and notes may come from a file, and go to terminals and pages.
        self._interfaces = tuple(
            dataclasses.replace(one, namespace=printable(one.namespace), name=printable(one.name))
            for one in interfaces
        )
        self._frames = np.zeros(0, FRAME) if frames is None else frames
        self._frames.flags.writeable = False
        self._data = memoryview(data).cast("B").toreadonly()
        self._notes = tuple(map(printable, notes))
        self._clock_steps = tuple(clock_steps)
        self._events = events  # of a log: decoded when somebody reads them

    def _ready(self) -> None:
        if self._running:
            raise NslabError(
                "lab.capture()",
                _("The recording is still running: what it holds is known once it has ended."),
                _("Read it after its `with` block, or stop it with `.stop()`."),
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
    def events(self) -> tuple[Observation, ...]:
        """What was heard besides the frames: neighbours, routes, links, addresses, rules, ping."""
        self._ready()
        if not isinstance(self._events, tuple):
            self._events = tuple(self._events)
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
        """For each frame the number of its kind in `nslabkit.frames.kind.KINDS`."""
        self._ready()
        link_types = [one.link_type for one in self._interfaces]
        return frame_kinds.classify(self._frames, self._data, link_types)

    def scapy(self) -> list[Any]:
        """Return the frames as packets of scapy, each as `Packet.scapy` gives it.

        Returns
        -------
        list of scapy.packet.Packet
            With ``time``, ``wirelen``, ``sniffed_on`` and ``direction``, for ``open_capture``.

        Examples
        --------
        >>> import nslabkit as lab
        >>> with lab.capture("lo", filter="icmp") as recording:
        ...     done = lab.HOST.run("ping -c 1 127.0.0.1", quiet=True)
        >>> again = lab.open_capture(recording.scapy())
        >>> [packet.data for packet in again.packets] == [one.data for one in recording.packets]
        True
        """
        return [packet.scapy for packet in self.packets]

    def ping(
        self,
        where: NamespaceLike,
        address: str,
        *,
        count: int = 1,
        interval: float = 1.0,
        quiet: bool = False,
    ) -> Result:
        """Run ``ping -n -D`` while this records, and keep what ping itself says in `events`.

        Parameters
        ----------
        where : NamespaceLike
            The namespace that asks.
        address : str
            The address it asks.
        count : int
            How many requests.
        interval : float
            Seconds between two.
        quiet : bool
            Show nothing, only return what ping printed.

        Raises
        ------
        NslabError
            The recording is not running (any more), or there is no such namespace.
        InvalidValueError
            That is not an address, or a number is out of range.

        Examples
        --------
        >>> import nslabkit as lab
        >>> with lab.capture("lo") as recording:
        ...     done = recording.ping(lab.HOST, "127.0.0.1", quiet=True)
        >>> [event.change for event in recording.events if event.kind == "ping"]
        ['sent', 'printed']
        """
        from nslabkit.capture.events import ping_output

        if not self._running:
            raise NslabError(
                f"ping {address}",
                _("This recording has ended, or not begun: it would see nothing of the ping."),
                _("Call it inside the block: `with lab.capture() as recording:`."),
            )
        result, said = ping_output.run(where, address, count=count, interval=interval, quiet=quiet)
        if self._log is not None:
            self._log.add(said)
        return result

    def once(self, make: Callable[[Self], _T]) -> _T:
        """Return what `make` makes of this recording, and make it only the first time.

        For what takes long and more than one reader wants: a recording does not change.
        """
        self._ready()
        if make not in self._made:
            self._made[make] = make(self)
        made: _T = self._made[make]
        return made

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.frames)

    @property
    def summary(self) -> Table[tuple[str, str, str, int, int]]:
        """How many frames of each kind passed each link: a table, even for very many frames."""
        return showing.summary(self.frames, self.kinds, self.interfaces)

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
        saving.save(Path(path).expanduser(), self.frames, self.data, self.interfaces, self.notes)

    def __repr__(self) -> str:
        """Return a line for each packet, of many the first and last, and the notes."""
        if self._running:
            return _("A recording that is still running")
        return showing.as_text(self.packets, self.interfaces, self.notes)

    def _repr_html_(self) -> str:
        if self._running:
            return f"<p>{self!r}</p>"
        return showing.as_html(self.packets, self.interfaces, self.notes)
