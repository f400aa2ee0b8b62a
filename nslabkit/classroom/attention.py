"""Attention: which participants need the instructor?

Stuck is who tried something since their last new check and has passed none for some minutes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from nslabkit.classroom.register import Register, Row


class State(enum.Enum):
    """What a participant is doing, the most urgent first."""

    STUCK = "stuck"
    UNKNOWN = "unknown"
    QUIET = "quiet"
    WORKING = "working"
    NEW = "new"
    FINISHED = "finished"


# A shape for each, so that colour is never needed to tell them apart.
_MARKS = {
    State.STUCK: "▲",
    State.UNKNOWN: "?",
    State.QUIET: "…",
    State.WORKING: "●",
    State.NEW: "○",
    State.FINISHED: "✔",
}


@dataclass(frozen=True)
class Line:
    """One participant as the instructor sees them.

    Attributes
    ----------
    participant, lesson, check : str
        Names; a dash where there is none.
    minutes : int or None
        Since the last check was passed, or since they began.
    tries : int or None
        Checks tried since.
    state : State
        What they are doing.
    words : str
        The same in words, with what is odd about their file.
    """

    participant: str
    lesson: str
    check: str
    minutes: int | None
    tries: int | None
    state: State
    words: str

    @property
    def mark(self) -> str:
        """One character for the state."""
        return _MARKS[self.state]


def lines(
    register: Register, when: dt.datetime, stuck_after: float, last_checks: Mapping[str, str]
) -> list[Line]:
    """Return a line per participant, those who need help first, the longest waiting first.

    Parameters
    ----------
    register : Register
        What was read.
    when : datetime
        The time now, with its offset.
    stuck_after : float
        Minutes without a new check after which somebody counts as stuck or quiet.
    last_checks : mapping
        Lesson -> its last check; who passed it has finished.
    """
    order = list(State)
    found = [_line(row, when, stuck_after, last_checks) for row in register.rows]
    return sorted(
        found, key=lambda line: (order.index(line.state), -(line.minutes or 0), line.participant)
    )


def _line(row: Row, when: dt.datetime, stuck_after: float, last_checks: Mapping[str, str]) -> Line:
    standing = row.standing
    if standing is None:
        state = State.UNKNOWN if row.remark else State.NEW
        return Line(row.participant, "-", "-", None, None, state, row.remark or _("not started"))
    waiting, silent = _minutes(standing.since, when), _minutes(standing.active, when)
    if standing.lesson is None:
        state, words = State.NEW, _("no check tried yet")
    elif standing.check is not None and standing.check == last_checks.get(standing.lesson):
        state, words = State.FINISHED, _("finished")
    elif standing.tries and waiting >= stuck_after:
        state, words = State.STUCK, _("stuck for {minutes} min").format(minutes=int(waiting))
    elif silent >= stuck_after:
        state, words = State.QUIET, _("quiet for {minutes} min").format(minutes=int(silent))
    else:
        state, words = State.WORKING, _("working")
    return Line(
        participant=row.participant,
        lesson=standing.lesson or "-",
        check=standing.check or "-",
        minutes=int(waiting),
        tries=standing.tries,
        state=state,
        words=f"{words}; {row.remark}" if row.remark else words,
    )


def _minutes(then: dt.datetime, when: dt.datetime) -> float:
    """Return the minutes from `then` to `when`; none if a clock is ahead of ours."""
    return max(0.0, (when - then).total_seconds() / 60)
