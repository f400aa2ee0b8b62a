"""The progress table: how far am I, and which lesson comes next?

`progress` puts side by side which checks the lessons have and which of them the learner has
passed, with what was done alone and guessed right.  In a notebook the table follows along: it
changes when a check is passed in another one.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
from pathlib import Path
from typing import Any

from nslabkit.base import markup
from nslabkit.base.errors import NoPrivilegeError
from nslabkit.base.language import translate as _
from nslabkit.base.table import Rows
from nslabkit.course import learner_answers, lessons
from nslabkit.course.lesson_ends import checks_in
from nslabkit.course.lesson_progress import LessonProgress
from nslabkit.course.own_work import OwnWork, in_all, own_work
from nslabkit.course.progress import Attempt, kept_in
from nslabkit.course.progress import progress as attempts_in

__all__ = ["LessonProgress", "Progress", "progress"]

_EVERY = 2.0  # seconds between two looks at the file
_following: asyncio.Task[None] | None = None


class Progress(Rows[LessonProgress]):
    """A row for each lesson that has checks, with the lesson to continue with.

    Parameters
    ----------
    folder : Path or None
        The learner's folder; None where there is none, so that nothing is kept.
    rows : iterable of LessonProgress
        The lessons, in their order.
    written : int
        When the file with the progress was written, in ns; 0 if there is none.
    """

    def __init__(
        self, folder: Path | None, rows: tuple[LessonProgress, ...], written: int = 0
    ) -> None:
        self.folder = folder
        self.written = written
        self._rows = rows

    @property
    def next(self) -> LessonProgress | None:
        """The lesson to continue with: the last one begun and unfinished, else the next one."""
        unfinished = [row for row in self if not row.complete]
        begun = [row for row in unfinished if row.last_tried is not None]
        if begun:
            return max(begun, key=lambda row: str(row.last_tried))
        # A gentler way in is offered, but nobody has to take it.
        unfinished.sort(key=lambda row: lessons.beside(row.lesson))
        return unfinished[0] if unfinished else None

    @property
    def work(self) -> OwnWork:
        """The tasks and guesses of all lessons together."""
        return in_all(row.work for row in self)

    @property
    def advice(self) -> str:
        """What to do now, one or two sentences in the reader's language."""
        following = self.next
        if following is None:
            return _("You have passed every check of every lesson.")
        if self.folder is None:
            text = _(
                "Nothing is kept here, because this notebook was not opened by "
                "`nslabkit lab`. The lessons work all the same; start with {title}."
            )
        elif all(row.last_tried is None for row in self):
            text = _("Nothing here yet: each check you pass will show up. Start with {title}.")
        elif following.last_tried is None:
            text = _("Next: {title}.")
        else:
            text = _("Continue with {title}; the next check there is `{check}`.")
        checks = following.open_checks
        return text.format(title=following.title, check=_call(checks[0]) if checks else "")

    def __repr__(self) -> str:
        """Return one line: how many checks of each lesson have passed, and the advice."""
        counts = ", ".join(f"{row.lesson} {len(row.passed)}/{len(row.checks)}" for row in self)
        return f"{counts}. {self.work.sentence} {self.advice}"

    def _repr_html_(self) -> str:
        """Return a table whose first column leads to the lessons, and the advice below it."""
        headings = (
            *(_("lesson"), _("checks passed"), _("tasks without hints"), _("with hints")),
            *(_("guesses right at first try"), _("status"), _("last tried")),
        )
        following = self.next
        link = ""
        if following is not None:
            words = _("Open this lesson")
            link = f' <a href="{html.escape(following.lesson)}.ipynb">{html.escape(words)}</a>'
        table = markup.table(_("Your progress"), headings, map(_cells, self))
        text = f"{html.escape(self.work.sentence)}<br>{markup.with_code(self.advice)}"
        return f"{table}<p>{text}{link}</p>"

    def _ipython_display_(self) -> None:
        """Show the table, and in a running kernel keep it up to date until it is shown anew."""
        from IPython.display import display

        handle = display(_bundle(self), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        if handle is not None:
            _follow(self, handle)


def progress(folder: str | Path | None = None) -> Progress:
    """Return how far the learner is, lesson by lesson.

    Parameters
    ----------
    folder : str or Path, optional
        The learner's folder; by default the one that this notebook is in.

    Returns
    -------
    Progress
        A table; in a notebook it updates when a check is passed elsewhere.

    Raises
    ------
    NotFoundError
        The kit was installed without its lessons.
    NoPrivilegeError
        The file with the progress cannot be read.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.progress("/tmp/no-such-folder")[0].lesson
    '01_one_wire_clicks'
    """
    corner = kept_in()
    where = Path(folder) if folder is not None else corner and corner.parent
    # Looked at before the file is read, so that no later change is missed.
    written = _stamp(where) if where is not None else 0
    attempts = _attempts(where) if where is not None else ()
    answers = learner_answers.answers(where and where / ".nslabkit")
    rows = tuple(
        row for path in lessons.available() if (row := _row(path, attempts, answers)).checks
    )
    return Progress(where, rows, written)


def _attempts(folder: Path) -> tuple[Attempt, ...]:
    try:
        return attempts_in(folder)
    except OSError as error:
        raise NoPrivilegeError(
            f"cat {folder}/.nslabkit/progress.json",
            _("The file with your progress cannot be read."),
            _("See whose it is: ls -l {folder}/.nslabkit").format(folder=folder),
            errno=error.errno,
        ) from error


def _row(
    path: Path, attempts: tuple[Attempt, ...], answers: learner_answers.Answers
) -> LessonProgress:
    mine = [attempt for attempt in attempts if attempt.lesson == path.stem]
    agreed = {attempt.check for attempt in mine if attempt.passed}
    checks = checks_in(path)
    return LessonProgress(
        lesson=path.stem,
        title=_title(path),
        checks=checks,
        passed=tuple(name for name in checks if name in agreed),
        further=tuple(sorted(agreed - set(checks))),
        last_tried=max((attempt.last_tried for attempt in mine), default=None),
        work=own_work(path.stem, agreed, answers),
    )


def _title(path: Path) -> str:
    """Return a lesson's heading, with its number before it."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    heading = re.search(r"^# (.+)$", "".join(cells[0]["source"]), re.MULTILINE)
    number = path.stem.partition("_")[0].lstrip("0") or "0"
    return f"{number}. {heading[1] if heading else path.stem}"


def _cells(row: LessonProgress) -> tuple[str | markup.Cell, ...]:
    link = f'<a href="{html.escape(row.lesson)}.ipynb">{html.escape(row.title)}</a>'
    when = "" if row.last_tried is None else f"{row.last_tried.astimezone():%Y-%m-%d %H:%M}"
    work = row.work
    alone = _of(work.alone, work.tasks) if work.tasks else ""
    right = _of(work.right, work.guesses) if work.guesses else ""
    helped = str(work.helped) if work.tasks else ""
    short = [
        markup.Cell(html.escape(text), "white-space:nowrap")
        for text in (alone, helped, right, row.words)
    ]
    return (markup.Cell(link), markup.Cell(_html_checks(row)), *short, when)


def _call(check: str) -> str:
    """Return a check as the learner finds it in the lesson: ``lab.check.link_up(…)``."""
    name, _space, rest = check.partition(" ")
    if re.fullmatch(r"[A-Z]\d+", name):
        return f"lab.claims.{name}.check()"
    given = f'"{rest}"' if name == "task" else "…" if rest else ""
    return f"lab.check.{name}({given})"


def _of(number: int, every: int) -> str:
    return _("{passed} of {all}").format(passed=number, all=every)


def _html_checks(row: LessonProgress) -> str:
    """Return how many checks have passed; a click shows which."""
    count = _of(len(row.passed), len(row.checks))
    marked = [("✔" if name in row.passed else "○", name) for name in row.checks]
    marked += [("✔", name) for name in row.further]
    items = "".join(f"{mark} <code>{html.escape(name)}</code><br>" for mark, name in marked)
    return f"<details><summary>{html.escape(count)}</summary>{items}</details>"


def _bundle(shown: Progress) -> dict[str, str]:
    return {"text/plain": repr(shown), "text/html": shown._repr_html_()}


def _follow(shown: Progress, handle: Any) -> None:  # noqa: ANN401 - IPython's DisplayHandle
    """Update what is shown whenever the file changes; an earlier table is followed no longer."""
    global _following  # noqa: PLW0603 - one table at a time, so that none is updated for nobody
    if _following is not None:
        _following.cancel()
        _following = None
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # no kernel: a script shows it once
    if shown.folder is not None:
        _following = loop.create_task(_updates(shown.folder, shown.written, handle))


async def _updates(folder: Path, seen: int, handle: Any) -> None:  # noqa: ANN401 - IPython's DisplayHandle
    while True:
        await asyncio.sleep(_EVERY)
        now = _stamp(folder)
        if now != seen:
            seen = now
            handle.update(_bundle(progress(folder)), raw=True)


def _stamp(folder: Path) -> int:
    """Return when progress or answers were written last, in ns; 0 if they were not."""
    corner = folder / ".nslabkit"
    return max(_written(corner / name) for name in ("progress.json", "answers.json"))


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
