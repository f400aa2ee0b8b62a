"""The scene: which frames crossed which wire, and the neighbour tables meanwhile.

The figures and the scrubber draw from this: a timeline's events, with the two sights of a frame
(where it left, where it arrived) put together, and each neighbour's change at its place between
the frames.
"""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.capture import Recording
from nslabkit.capture.events import Clock
from nslabkit.show.figures.crossings import Crossing, crossings_of
from nslabkit.show.figures.excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.capture import Packet
    from nslabkit.timeline import Event, Timeline

_MOST_ORDERS = 6  # columns whose order is chosen by trying; more stay as they were recorded


@dataclass(frozen=True)
class NeighbourChange:
    """What became known of a neighbour.

    Attributes
    ----------
    namespace, link : str
        Whose table; ``""`` is the host.
    address : str
        The neighbour's.
    mac : str
        Its MAC address; empty while it is not known.
    state : str
        Its new state; empty: the entry is gone.
    time : int
        Where it is drawn, ns since the epoch: when its cause was seen, for the kernel gives it no
        time of its own; without a known cause, when it was told.
    after : int
        How many frames had begun to cross before it.
    told : str
        How it became known, in the reader's language.
    read : bool
        Whether it was read from the table; otherwise the kernel announced it.
    """

    namespace: str
    link: str
    address: str
    mac: str
    state: str
    time: int
    after: int
    told: str
    read: bool


@dataclass(frozen=True)
class WireScene:
    """What the figures draw.

    Attributes
    ----------
    columns : tuple of str
        The namespaces that were recorded; ``""`` is the host.  Those that exchange frames stand
        side by side.
    crossings, changes : tuple
        In the order of what happened.
    notes : tuple of str
        What a reader must know: drops, lost notices, limits.
    clock_steps : tuple of int
        When the clock was set during the recording, ns since the epoch.
    left_out : int
        How many frames are not in it, because it was asked for some only.
    """

    columns: tuple[str, ...]
    crossings: tuple[Crossing, ...]
    changes: tuple[NeighbourChange, ...]
    notes: tuple[str, ...]
    clock_steps: tuple[int, ...]
    left_out: int

    @property
    def begin(self) -> int:
        """When the first frame was seen, ns since the epoch."""
        return self.crossings[0].begin

    def column(self, packet: Packet) -> int:
        """Return in which column a frame was seen."""
        return self.columns.index(packet.interface.namespace)

    def addresses(self, namespace: str) -> tuple[str, ...]:
        """Return the neighbours of a namespace that are in it, in the order of appearance."""
        return tuple(
            dict.fromkeys(one.address for one in self.changes if one.namespace == namespace)
        )

    def table(self, namespace: str, after: int) -> dict[str, NeighbourChange]:
        """Return the neighbour table as it was known when `after` frames had begun to cross."""
        table: dict[str, NeighbourChange] = {}
        for one in self.changes:
            if one.namespace == namespace and one.after <= after:
                table[one.address] = one
        return {address: one for address, one in table.items() if one.state}


def scene(source: Recording | Timeline, *, first: int = 1, count: int = 24) -> WireScene:
    """Put a recording's frames and neighbours together for a drawing.

    Parameters
    ----------
    source : Recording or Timeline
        What was recorded.
    first, count : int
        Which frames: `count` of them, beginning with number `first`.

    Raises
    ------
    InvalidValueError
        There is no frame to draw, or no recording was given.
    """
    part = excerpt(_recording_of(source), first, count)
    events = list(timeline_of(part.recording))
    crossings, starts = crossings_of(events, part)
    chosen = crossings[max(first - part.before, 1) - 1 :][: max(count, 0)]
    total = len(crossings) if part.total is None else part.total
    if not chosen:
        raise InvalidValueError(
            f"lab.figures.ladder(recording, first={first}, count={count})",
            _("There is no frame to draw: the recording has {count} frames.").format(count=total),
            _("Send something while it runs: a ping, for example."),
        )
    changes = [
        change
        for change in _changes(events, starts, chosen[0], part.before)
        # What came later belongs to frames that are not drawn.
        if change.after <= chosen[-1].number or chosen[-1].number == total
    ]
    recording = part.recording
    lost = tuple(event.text for event in events if event.kind == "lost")
    return _in_good_order(
        WireScene(
            tuple(dict.fromkeys(interface.namespace for interface in recording.interfaces)),
            tuple(chosen),
            _told_at_first(changes, chosen[0].number),
            tuple(recording.notes) + lost,
            tuple(
                step.time
                for step in recording.clock_steps
                if chosen[0].begin <= step.time <= chosen[-1].end
            ),
            total - len(chosen),
        )
    )


def name_of(namespace: str) -> str:
    """Return what a namespace is called in a drawing."""
    return namespace or _("host")


def timeline_of(source: Recording | Timeline) -> Timeline:
    """Return the timeline of a recording, or the timeline itself.

    Raises
    ------
    InvalidValueError
        It is neither.
    """
    from nslabkit.timeline import Timeline, timeline

    if isinstance(source, Timeline):
        return source
    return _recording_of(source).once(timeline)


def _recording_of(source: Recording | Timeline) -> Recording:
    from nslabkit.timeline import Timeline

    recording = source.recording if isinstance(source, Timeline) else source
    if not isinstance(recording, Recording):
        raise InvalidValueError(
            f"lab.figures.ladder({type(source).__name__})",
            _("A figure is drawn from a recording, not from {kind}.").format(
                kind=type(source).__name__
            ),
            _("Record one: with lab.capture() as recording: …"),
        )
    return recording


def _changes(
    events: list[Event], starts: list[int], first: Crossing, before: int
) -> list[NeighbourChange]:
    times = {event.number: event.time for event in events if event.is_frame}
    changes = []
    for event in events:
        if event.kind != "neighbour":
            continue
        after = bisect.bisect_left(starts, event.number)
        # Before the first frame, the exact moment says nothing.
        time = times.get(event.cause or 0, event.time if after else first.begin)
        changes.append(
            NeighbourChange(
                event.namespace,
                event.link or "",
                event.detail["dst"],
                event.detail.get("lladdr") or "",
                _state(event),
                time,
                after + before,
                event.clock.words,
                event.clock is Clock.READ,
            )
        )
    return changes


def _state(event: Event) -> str:
    state = event.detail.get("state") or ()
    return "" if event.detail.get("change") == "gone" else ",".join(state)


def _told_at_first(changes: Iterable[NeighbourChange], first: int) -> tuple[NeighbourChange, ...]:
    """Return the changes from frame `first` on, and of those before it the last of each entry."""
    before: dict[tuple[str, str], NeighbourChange] = {}
    later = []
    for one in changes:
        if one.after < first:
            before[one.namespace, one.address] = one
        else:
            later.append(one)
    return (*(one for one in before.values() if one.state), *later)


def _in_good_order(drawn: WireScene) -> WireScene:
    """Put namespaces that exchange frames side by side, so that arrows are short."""
    pairs = [
        (crossing.sent.interface.namespace, crossing.received.interface.namespace)
        for crossing in drawn.crossings
        if crossing.sent and crossing.received
    ]
    used = {name for pair in pairs for name in pair} | {
        crossing.packet.interface.namespace for crossing in drawn.crossings
    }
    names = [name for name in drawn.columns if name in used]
    if len(names) > _MOST_ORDERS:
        order = tuple(names)
    else:
        order = min(
            itertools.permutations(names),
            key=lambda order: sum(abs(order.index(a) - order.index(b)) for a, b in pairs),
        )
    return WireScene(
        order,
        drawn.crossings,
        tuple(change for change in drawn.changes if change.namespace in order),
        drawn.notes,
        drawn.clock_steps,
        drawn.left_out,
    )
