"""A task: how it is judged, and which hint comes next."""

from __future__ import annotations

import html
import importlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.base.markup import with_code
from nslabkit.course import learner_answers, lessons, own_values, progress, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.course.checks.check_result import CheckResult

_HINTS = 3


@dataclass(frozen=True)
class Task:
    """Something to do that no cell does.

    Attributes
    ----------
    judge : callable
        Reads the kernel and returns a `Check`: it judges what is there and how it behaves, not the
        way there.  It may raise an `NslabError`, which a check tells kindly.
    hints : callable
        Reads the kernel, too, and returns three sentences for the state that it finds: where to
        look, what to compare, the command's name.
    solution : callable, optional
        Returns the cell that does it, where a learner's variant decides which; else the solution
        stands in the lesson's source.
    """

    judge: Callable[[], CheckResult]
    hints: Callable[[], tuple[str, str, str]]
    solution: Callable[[], str] | None = None

    def hints_now(self) -> tuple[str, str, str]:
        """Return the hints for the state of this moment, whatever that is."""
        try:
            return self.hints()
        except NslabError as error:  # such as a name without a namespace behind it
            again = _("Or begin the task again: `lab.catch_up()` lists where that can be.")
            return (error.reason, error.fix, again)


@dataclass(frozen=True)
class Hint:
    """One hint of a task; the last one is the solution."""

    number: int
    text: str
    code: bool = False

    def __repr__(self) -> str:
        """Return the hint with its number."""
        if self.code:
            return "{}\n{}".format(_("One way to do it:"), self.text)
        return _("Hint {number} of {all}: {text}").format(
            number=self.number, all=_HINTS, text=self.text
        )

    def _repr_html_(self) -> str:
        if self.code:
            return (
                f"<p>{html.escape(_('One way to do it:'))}</p><pre>{html.escape(self.text)}</pre>"
            )
        return with_code(repr(self))


def task(name: str) -> Task:
    """Return the task of that name.

    Raises
    ------
    InvalidValueError
        There is none; the error names those that there are.
    """
    questions.goal(name)  # raises where there is none
    module = importlib.import_module(f"nslabkit.course.tasks.{_MODULES[name.partition('.')[0]]}")
    found: Task = module.TASKS[name]
    return found


def hint(name: str = "") -> Hint:
    """Open the next hint of a task: three hints, and then a solution.

    The hints are made for the state that the kernel is in at this moment.

    Parameters
    ----------
    name : str
        The task's name, ``"1.1"``.

    Raises
    ------
    InvalidValueError
        There is no such task.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.hint("1.1").number
    1
    """
    try:
        wanted = task(name)
    except InvalidValueError as error:
        error.tried = f"lab.hint({name!r})"
        raise
    number = learner_answers.hint_opened(name, done=progress.was_done(f"task {name}")) + 1
    if number <= _HINTS:
        return Hint(number, wanted.hints_now()[number - 1])
    return Hint(number, "\n\n".join(solution(name)), code=True)


def solution(name: str) -> list[str]:
    """Return the cells that solve a task, as they are for this learner.

    Raises
    ------
    InvalidValueError
        There is no such task.
    """
    made = task(name).solution
    if made is not None:
        return [made()]
    return [own_values.own_code(name, cell) for cell in _printed(name)]


def _printed(name: str) -> list[str]:
    """Return the cells that solve a task, from the lesson's whole notebook."""
    lesson = lessons.find(questions.lesson_of(name))
    whole = lesson.parent / "solutions" / lesson.name
    cells = json.loads(whole.read_text(encoding="utf-8"))["cells"]
    return [
        "".join(cell["source"])
        for cell in cells
        if cell["metadata"].get("task") == name and "solution" in cell["metadata"].get("tags", [])
    ]


# Lesson -> the module that has its tasks.
_MODULES = {
    "1": "one_wire_tasks",
    "2": "own_namespace_tasks",
    "3": "arp_tasks",
    "ping": "inside_ping_tasks",
    "4": "beyond_tasks",
    "5": "two_nginx_tasks",
    "6": "eight_kinds_tasks",
    "7": "container_tasks",
    "8": "fault_tasks",
    "9": "reading_tasks",
    "10": "veth_tasks",
    "11": "publish_tasks",
    "12": "tcp_tasks",
    "13": "shaping_tasks",
    "14": "ipv6_tasks",
    "15": "overlay_tasks",
    "16": "spoofing_tasks",
    "20": "capstone_tasks",
}
