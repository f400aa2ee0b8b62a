"""A participant's standing: how far they are in a lesson.

The same five facts are kept in the learner's own folder and, for those who joined a class, in
the class folder.  What is read from there was written by others, so it is believed only as far
as its form is right.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

LONGEST = 80
"""Characters of a lesson's or a check's name."""
_MOST_TRIES = 1_000_000


@dataclass(frozen=True)
class Standing:
    """How far somebody is in the lesson that they work on.

    Attributes
    ----------
    lesson : str or None
        The lesson's name, ``"01_one_wire"``; None if no check was tried yet.
    check : str or None
        The last check passed in this lesson; None if there was none.
    since : datetime
        When that check was passed, or when the lesson (or the class) was begun.
    active : datetime
        When a check was tried last.
    tries : int
        Checks tried since the last one passed.
    """

    lesson: str | None
    check: str | None
    since: dt.datetime
    active: dt.datetime
    tries: int

    def after(self, check: str, when: dt.datetime, *, passed: bool, first: bool) -> Standing:
        """Return the standing after one more check was tried.

        Parameters
        ----------
        check : str
            Its name.
        when : datetime
            When it was tried.
        passed : bool
            Whether it agreed.
        first : bool
            Whether it had never agreed before.
        """
        # A cell run once more is no step ahead; a lesson worked through once more is one.
        if passed and (first or check != self.check):
            return Standing(self.lesson, check, when, when, 0)
        return dataclasses.replace(self, active=when, tries=self.tries + 1)

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads: names, a number, and times in UTC as ISO 8601."""
        return {
            "lesson": self.lesson,
            "check": self.check,
            "since": self.since.isoformat(),
            "active": self.active.isoformat(),
            "tries": self.tries,
        }


def now() -> dt.datetime:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def begin(lesson: str | None, when: dt.datetime) -> Standing:
    """Return the standing of somebody who has not tried a check yet."""
    return Standing(lesson, None, when, when, 0)


def from_json(value: object) -> Standing:
    """Return the standing that `value` describes, as JSON gave it.

    Raises
    ------
    ValueError
        It describes none: a field is missing or has the wrong form.
    """
    if not isinstance(value, dict):
        raise ValueError("not a standing")  # noqa: TRY004 - a wrong form of data, not a caller's mistake
    return Standing(
        lesson=_name(value.get("lesson")),
        check=_name(value.get("check")),
        since=moment(value.get("since")),
        active=moment(value.get("active")),
        tries=tried(value.get("tries")),
    )


def tried(value: object) -> int:
    """Return how often something was tried, as JSON gave it.

    Raises
    ------
    ValueError
        It is no number, or none that anybody reaches.
    """
    if type(value) is not int or not 0 <= value <= _MOST_TRIES:
        raise ValueError("tries")
    return value


def decode(content: bytes) -> object:
    """Return what the JSON text `content` says.

    Raises
    ------
    ValueError
        It is not JSON, not UTF-8, or nested without end.
    """
    try:
        value: object = json.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def moment(value: object) -> dt.datetime:
    """Return the time that an ISO 8601 text with its offset means, in UTC.

    Raises
    ------
    ValueError
        It is no such text.
    """
    if not isinstance(value, str):
        raise ValueError("time")  # noqa: TRY004 - a wrong form of data, not a caller's mistake
    found = dt.datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time without an offset")
    try:
        return found.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError("a time out of range") from error


def _name(value: object) -> str | None:
    if value is None:
        return None
    # isprintable() is false for control characters, which would steer the reader's terminal.
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= LONGEST:
        raise ValueError("name")
    return value
