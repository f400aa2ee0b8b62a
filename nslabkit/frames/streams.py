"""Streams of TCP: from where does each end count its bytes, and what has it sent before?

An end numbers its bytes from a random beginning, which it tells in its SYN (RFC 9293, 3.4.1).
Counted from there, the numbers say how many bytes came before: tcpdump and Wireshark show them so.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nslabkit.frames.dissection import Dissection
    from nslabkit.frames.header import Header
    from nslabkit.frames.kind import Kind

_FIN, _SYN, _RST, _ACK = 0x01, 0x02, 0x04, 0x10
_LAST = 0xFFFFFFFF  # behind it the numbers begin again

Direction: TypeAlias = tuple[str, int, str, int]


class Segment(Protocol):
    """What is asked of a frame here; see `nslabkit.frames.frame.Frame`."""

    @property
    def number(self) -> int:
        """Its place in the recording."""

    @property
    def kind(self) -> Kind:
        """What it is."""

    @property
    def dissection(self) -> Dissection:
        """The frame taken apart."""

    @property
    def source(self) -> str:
        """Where it comes from."""

    @property
    def destination(self) -> str:
        """Where it goes."""


@dataclass(frozen=True, slots=True)
class StreamNumbers:
    """The numbers of a TCP segment.

    Attributes
    ----------
    sequence, end : int
        The number of its first byte, and the number behind its last; SYN and FIN count as one.
    data : int
        How many bytes of the stream it carries.
    acknowledgement : int or None
        The number of the byte that its sender expects next; None where it does not say.
    relative : bool
        Whether they are counted from the connection's first; otherwise as they are in the frame,
        because its start was not recorded.
    opens : bool
        Whether it is a SYN, from which its sender counts.
    """

    sequence: int
    end: int
    data: int
    acknowledgement: int | None
    relative: bool
    opens: bool

    @property
    def words(self) -> str:
        """The numbers as tcpdump writes them: ``seq 1:4, ack 1``; the same in each language."""
        said = []
        if self.data:
            said.append(f"seq {self.sequence}:{self.sequence + self.data}")
        elif self.end != self.sequence or self.acknowledgement is None:
            said.append(f"seq {self.sequence}")
        if self.acknowledgement is not None:
            said.append(f"ack {self.acknowledgement}")
        return ", ".join(said)


class StreamStarts:
    """From which number each end of each connection counts, as far as it was recorded.

    Parameters
    ----------
    openings : callable
        Returns the frames that open connections, in order; called when a number is first asked
        for.
    """

    def __init__(self, openings: Callable[[], Iterable[Segment]]) -> None:
        self._openings = openings
        self._known: dict[Direction, list[tuple[int, int]]] | None = None

    def numbers(self, frame: Segment) -> StreamNumbers | None:
        """Return the numbers of a frame; None where it is no segment of TCP."""
        found = numbers_of(frame)
        header = _segment(frame)
        if found is None or header is None:
            return None
        here = _direction(frame, header)
        own, other = self._start(here, frame.number), self._start(_back(here), frame.number)
        # Who refuses a connection has no stream: its RST has the number 0 (RFC 9293, 3.5.2).
        if own is None and found.acknowledgement is not None and not found.sequence:
            own = 0 if header["flags"] & _RST else None
        if own is None or (found.acknowledgement is not None and other is None):
            return found
        sequence = (found.sequence - own) & _LAST
        acknowledgement = None
        if found.acknowledgement is not None and other is not None:
            acknowledgement = (found.acknowledgement - other) & _LAST
        end = sequence + ((found.end - found.sequence) & _LAST)
        return StreamNumbers(
            sequence, end, found.data, acknowledgement, relative=True, opens=found.opens
        )

    def _start(self, direction: Direction, number: int) -> int | None:
        """Return the first number of a direction, for a frame: ports are used again."""
        if self._known is None:
            self._known = {}
            for frame in self._openings():
                self._note(frame, self._known)
        starts = self._known.get(direction, [])
        place = bisect.bisect_right(starts, (number, _LAST + 1))
        return starts[place - 1][1] if place else None

    @staticmethod
    def _note(frame: Segment, known: dict[Direction, list[tuple[int, int]]]) -> None:
        found, header = numbers_of(frame), _segment(frame)
        if found is None or header is None or not found.opens:
            return
        here = _direction(frame, header)
        known.setdefault(here, []).append((frame.number, found.sequence))
        if found.acknowledgement is not None and _back(here) not in known:
            # Its SYN was not recorded, and this is the answer to it.
            known[_back(here)] = [(frame.number, (found.acknowledgement - 1) & _LAST)]


def numbers_of(frame: Segment) -> StreamNumbers | None:
    """Return a segment's numbers as they are in the frame; None where it is no segment of TCP."""
    header = _segment(frame)
    if header is None:
        return None
    flags, size = header["flags"], frame.dissection.data_length("TCP")
    takes = size + bool(flags & _SYN) + bool(flags & _FIN)
    return StreamNumbers(
        header["sequence"],
        (header["sequence"] + takes) & _LAST,
        size,
        header["acknowledgement"] if flags & _ACK else None,
        relative=False,
        opens=bool(flags & _SYN),
    )


def _segment(frame: Segment) -> Header | None:
    if frame.kind.name == "fragment" or frame.dissection.malformed:
        return None
    return frame.dissection.header("TCP")


def _direction(frame: Segment, header: Header) -> Direction:
    return frame.source, header["source port"], frame.destination, header["destination port"]


def _back(direction: Direction) -> Direction:
    source, sport, destination, dport = direction
    return destination, dport, source, sport
