"""The timeline object: what happened, one thing after another, on one axis."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from nslabkit.base import markup
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import close_up
from nslabkit.base.language import translate as _
from nslabkit.base.units import duration, moment
from nslabkit.timeline.event import Event
from nslabkit.timeline.event_words import EXACT, in_brackets, place_name

if TYPE_CHECKING:
    from nslabkit.base.table import Table
    from nslabkit.capture import Recording
    from nslabkit.timeline.steps import Step
    from nslabkit.timeline.story import Story
    from nslabkit.timeline.timeline_plan import TimelinePlan

_SHOWN = 60  # rows of a long timeline; half of them from its end
_NARROW = "white-space:nowrap"
_SHORT = 3  # columns behind the number whose cells are not to be broken: time, where, direction


class Timeline(Sequence[Event]):
    """The events of a recording in the order in which they happened; it does not change.

    `recording` is where its frames are.

    Frames are placed by the kernel's own time at the tap.  What carries no such time (the kernel's
    notices, ping's view) is placed by its cause, and marked: see `Event.clock`.

    Examples
    --------
    >>> import nslabkit as lab
    >>> from nslabkit.capture import Recording
    >>> len(lab.timeline(Recording()))
    0
    """

    def __init__(
        self, plan: TimelinePlan, notes: Sequence[str] = (), recording: Recording | None = None
    ) -> None:
        self._plan = plan
        self.notes = tuple(notes)
        self.recording = recording

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self._plan.order)

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Event, ...]: ...

    def __getitem__(self, index: int | slice) -> Event | tuple[Event, ...]:
        """Return one event by its place from 0, or a tuple of some."""
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        return self._event(range(len(self))[index])

    def event(self, number: int) -> Event:
        """Return the event with this number, as others refer to it.

        Raises
        ------
        InvalidValueError
            There is none.
        """
        if not 1 <= number <= len(self):
            raise InvalidValueError(
                f"timeline.event({number})",
                _("The events of this timeline are numbered 1 to {last}.").format(last=len(self)),
                _("The first column of the table shows them."),
            )
        return self._event(number - 1)

    @property
    def begin(self) -> int:
        """From when times are counted, nanoseconds since the epoch: the first exact one."""
        return self._plan.begin

    @property
    def json(self) -> list[dict[str, Any]]:
        """All events for a script; kinds and clocks are in English."""
        return [event.json for event in self]

    def steps(self) -> Table[Step]:
        """Return the steps of each ping, claims C24 to C28, with the times between.

        A step between two taps has the kernel's times.  What lies outside the taps (ping
        itself, the system call, the process's wake-up, paths that are cold the first time) is
        a step of its own, marked as such: the frames say nothing of what it consists of.
        """
        from nslabkit.timeline.steps import steps

        return steps(self._plan)

    def explain(self) -> Story:
        """Return the story in words, made from these events only: nothing else is told."""
        from nslabkit.timeline.telling import story

        return story(self._plan)

    def _event(self, place: int) -> Event:
        return self._plan.event(place)

    def __repr__(self) -> str:
        """Return a line for each event; of a long timeline the first and the last."""
        lines = [self._caption(), *self._remarks()]
        for row in self._rows():
            if isinstance(row, str):
                lines.append(row)
                continue
            lines.append("{:>4} {:>14}  {:<16} {:<1} {}{}".format(*row[:5], _bracketed(row[5])))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        headings = (
            _("number"),
            _("time"),
            _("where"),
            _("direction"),
            _("what"),
            _("related to"),
            _("clock"),
        )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self._remarks())
        rows = (row if isinstance(row, str) else _narrowed(row) for row in self._rows())
        table = markup.table(self._caption(), headings, rows)
        return f'{notes}<div style="overflow-x:auto">{table}</div>'

    def _caption(self) -> str:
        text = _("Timeline: {count} events in {time}.")
        return close_up(text.format(count=len(self), time=duration(self._span())))

    def _span(self) -> int:
        """Return how long it lasted, by exact times where there are any."""
        ends = self[-_SHOWN:]
        exact = [event.time for event in ends if event.clock in EXACT]
        return max(exact or [event.time for event in ends], default=self.begin) - self.begin

    def _remarks(self) -> list[str]:
        """Return what a reader of the table should know."""
        seen = self._plan.scene.observations
        inexact = any(one.clock not in EXACT for one in seen)
        return [*self.notes, *([in_brackets()] if inexact else [])]

    def _rows(self) -> list[tuple[str, ...] | str]:
        """Return the cells of each row that is shown; a sentence where some are left out."""
        half = _SHOWN // 2
        if len(self) <= _SHOWN:
            return [self._row(event) for event in self]
        left = _("… {count} events are not shown; read them one by one: timeline[30]").format(
            count=len(self) - 2 * half
        )
        return [
            *(self._row(event) for event in self[:half]),
            left,
            *(self._row(event) for event in self[-half:]),
        ]

    def _row(self, event: Event) -> tuple[str, ...]:
        time = moment(event.time - self.begin)
        return (
            str(event.number),
            time if event.clock in EXACT else f"({time})",
            place_name(event.namespace, event.link),
            {"frame sent": "→", "frame received": "←"}.get(event.kind, ""),
            event.text,
            _(", ").join(_relations(event)),
            event.clock.words,
        )


def _relations(event: Event) -> list[str]:
    parts = []
    if event.same_as is not None:
        parts.append(_("same frame as {number}").format(number=event.same_as))
    if event.answer_to is not None:
        parts.append(_("answers {number}").format(number=event.answer_to))
    if "packet_of" in event.detail:
        parts.append(_("packet of {number}").format(number=event.detail["packet_of"]))
    if event.cause not in {None, event.same_as, event.answer_to, event.detail.get("packet_of")}:
        parts.append(_("because of {number}").format(number=event.cause))
    return parts


def _bracketed(text: str) -> str:
    return f" [{text}]" if text else ""


def _narrowed(row: tuple[str, ...]) -> list[str | markup.Cell]:
    """Return a row whose short cells take one line each."""
    return [
        markup.Cell(html.escape(cell), _NARROW) if 1 <= place <= _SHORT else cell
        for place, cell in enumerate(row)
    ]
