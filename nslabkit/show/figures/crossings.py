"""Crossings: which frames crossed which wire, where each left and where it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.capture import Packet
    from nslabkit.show.figures.excerpt import Excerpt
    from nslabkit.timeline import Event

__all__ = ["Crossing", "crossings_of"]


@dataclass(frozen=True)
class Crossing:
    """One frame on one wire.

    Attributes
    ----------
    number : int
        Counted from 1, in the order of the frames.
    sent, received : Packet or None
        The frame where it left and where it arrived; None where it was not seen there.
    lost : bool
        Whether it was sent, and its other end was recorded and did not get it.
    """

    number: int
    sent: Packet | None
    received: Packet | None
    lost: bool

    @property
    def packet(self) -> Packet:
        """The frame, as it was seen first."""
        found = self.sent or self.received
        assert found is not None
        return found

    @property
    def is_stub(self) -> bool:
        """Whether it was seen at one end only."""
        return self.sent is None or self.received is None

    @property
    def begin(self) -> int:
        """When it was seen first, ns since the epoch."""
        return self.packet.time

    @property
    def end(self) -> int:
        """When it was seen last, ns since the epoch."""
        return (self.received or self.packet).time

    @property
    def label(self) -> str:
        """Kind and size."""
        return _("{kind}, {size:,} bytes").format(kind=self.packet.kind, size=self.packet.length)


def crossings_of(events: list[Event], part: Excerpt) -> tuple[list[Crossing], list[int]]:
    """Return the frames with both their ends, and the number of the event that begins each."""
    packets = part.recording.packets
    frames = [event for event in events if event.packet is not None]
    ends = _ends(events, frames)
    # A frame that goes missing is only told where others did arrive.
    watched = {(events[end - 1].namespace, events[end - 1].link) for end in ends}
    handed_on = {event.same_as for event in frames}
    crossings: list[Crossing] = []
    starts = []
    for event in frames:
        assert event.packet is not None
        packet, number = packets[event.packet - 1], part.before + len(crossings) + 1
        if event.kind == "frame sent":
            other = ends.get(event.number)
            received = packets[other - 1] if other else None
            lost = received is None and (event.namespace, event.link) in watched
            crossing = Crossing(number, packet, received, lost and event.number not in handed_on)
        elif event.same_as in ends or _is_inner(event, events):
            continue
        elif part.before and not crossings:
            continue  # the other end of a frame before the excerpt
        else:
            crossing = Crossing(number, None, packet, lost=False)
        crossings.append(crossing)
        starts.append(event.number)
    return crossings, starts


def _ends(events: list[Event], frames: Iterable[Event]) -> dict[int, int]:
    """Return the event of each frame that arrived: at a wire's end, no bridge that looks on."""
    here: dict[int, int] = {}
    elsewhere: dict[int, int] = {}
    for event in frames:
        earlier = events[event.same_as - 1] if event.same_as else None
        if event.packet and event.kind == "frame received" and earlier:
            if earlier.kind != "frame sent":
                continue
            found = here if earlier.namespace == event.namespace else elsewhere
            found.setdefault(earlier.number, event.packet)
    return here | elsewhere


def _is_inner(event: Event, events: list[Event]) -> bool:
    """Whether a frame is only on its way inside its namespace: from a bridge's port to it."""
    if event.same_as is None:
        return False
    earlier = events[event.same_as - 1]
    return earlier.namespace == event.namespace and earlier.kind == event.kind
