"""What a learner added to a lesson: for which tasks is there code of their own?"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING

from nslabkit.base.errors import NotFoundError
from nslabkit.course import lessons
from nslabkit.grading.replaying import tasks_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.grading.submissions import HandedIn


def begun(notebook: HandedIn, tasks: Sequence[str]) -> set[str]:
    """Return the tasks before whose check stands code that the lesson does not have.

    Parameters
    ----------
    notebook : HandedIn
        A learner's copy.
    tasks : sequence of str
        The lesson's tasks.
    """
    delivered = _delivered(notebook.lesson)
    own = [_code(cell.source) not in delivered for cell in notebook.cells]
    found: set[str] = set()
    before = 0  # where the cells after the last check begin
    for number, judged in enumerate(tasks_after(notebook.cells, tasks)):
        for task in judged:
            goals = [at for at, cell in enumerate(notebook.cells[:number]) if cell.task == task]
            if any(own[min(goals, default=before) : number + 1]):
                found.add(task)
        before = number + 1 if judged else before
    return found


@functools.cache
def _delivered(lesson: str) -> frozenset[str]:
    """Return the code of all cells of a lesson as it is delivered; nothing is in it, too."""
    found = {""}
    for language in lessons.FOLDERS:
        try:
            path = lessons.find(lesson, language)
        except NotFoundError:
            continue
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found |= {_code("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"}
    return frozenset(found)


def _code(source: str) -> str:
    """Return a cell's lines without comments and blank ones: a goal is no code."""
    lines = (line.rstrip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))
