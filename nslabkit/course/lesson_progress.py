"""One row of the progress table: how far is the learner in this lesson?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    import datetime as dt

    from nslabkit.course.own_work import OwnWork


@dataclass(frozen=True)
class LessonProgress:
    """How far the learner is in one lesson.

    Attributes
    ----------
    lesson : str
        Its file's name without the ending, ``"01_one_wire"``.
    title : str
        Its heading, in the reader's language.
    checks : tuple of str
        The checks that the lesson has, in their order.
    passed : tuple of str
        Those of them that have passed at least once.
    further : tuple of str
        Checks passed beyond these: another network of lesson 8, a check of one's own.
    last_tried : datetime or None
        When a check of this lesson was called last (UTC).
    work : OwnWork
        Its tasks, done without hints or with them, and its guesses, right at first try.
    """

    lesson: str
    title: str
    checks: tuple[str, ...]
    passed: tuple[str, ...]
    further: tuple[str, ...]
    last_tried: dt.datetime | None
    work: OwnWork

    @property
    def complete(self) -> bool:
        """Whether every check of the lesson has passed."""
        return len(self.passed) == len(self.checks)

    @property
    def words(self) -> str:
        """The lesson's status, a mark first, so that no colour is needed."""
        if self.last_tried is None:
            return _("○ not started")
        if self.complete:
            return _("✔ finished")
        return _("● started")

    @property
    def open_checks(self) -> tuple[str, ...]:
        """The checks that have not passed yet, in their order."""
        return tuple(name for name in self.checks if name not in self.passed)
