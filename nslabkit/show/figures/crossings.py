"""Crossings: which frames crossed which wire, where each left and where it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from nslabkit.capture import Packet
    from nslabkit.show.figures.excerpt import Excerpt
    from nslabkit.timeline import Event

_ALL = 2**32  # numbers of bytes that TCP has


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
    again : bool
        Whether it is a segment of TCP that only repeats what the same link has sent before.
    """

    number: int
    sent: Packet | None
    received: Packet | None
    lost: bool
    again: bool = False

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
        """Kind and size; of a segment of TCP its numbers, of a tunnel's frame what it carries."""
        packet = self.packet
        if packet.stream is not None:
            text = _("{kind}, {numbers}, again") if self.again else _("{kind}, {numbers}")
            return text.format(kind=packet.kind, numbers=packet.stream.words)
        kind = str(packet.kind) if packet.inner is None else f"{packet.kind} [{packet.inner.kind}]"
        return _("{kind}, {size:,} bytes").format(kind=kind, size=packet.length)


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
    repeats = _Repeats()
    for event in frames:
        assert event.packet is not None
        packet, number = packets[event.packet - 1], part.before + len(crossings) + 1
        if event.kind == "frame sent":
            other = ends.get(event.number)
            received = packets[other - 1] if other else None
            lost = received is None and (event.namespace, event.link) in watched
            lost = lost and event.number not in handed_on
            crossing = Crossing(number, packet, received, lost, repeats.noted(packet))
        elif event.same_as in ends or _is_inner(event, events):
            continue
        elif part.before and not crossings:
            continue  # the other end of a frame before the excerpt
        else:
            crossing = Crossing(number, None, packet, lost=False, again=repeats.noted(packet))
        crossings.append(crossing)
        starts.append(event.number)
    return crossings, starts


class _Repeats:
    """How far each connection's bytes have gone over each link, to know what is sent again."""

    def __init__(self) -> None:
        # Where a connection began, in the frame's own numbers, and how far it has come.
        self._sent: dict[tuple[Hashable, ...], tuple[int, int]] = {}

    def noted(self, packet: Packet) -> bool:
        """Note what a frame carries; return whether all of that was carried before."""
        stream, header = packet.stream, packet.dissection.header("TCP")
        if stream is None or header is None or stream.end == stream.sequence:
            return False
        ports = header["source port"], header["destination port"]
        key = packet.interface.number, packet.source, packet.destination, *ports
        start, before = self._sent.get(key, (-1, stream.sequence))
        if stream.opens:
            new, start = start != header["sequence"], header["sequence"]
        else:  # the numbers go round: what is less than half the way behind was there already
            new = 0 < (stream.end - before) % _ALL < _ALL // 2
        if new:
            self._sent[key] = start, stream.end
        return not new


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
