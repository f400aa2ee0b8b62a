"""A lesson's assignment: its sections with tasks, in the form that nbgrader takes.

Each section begins with the `lab.catch_up` that builds what the lesson has built by then, so the
assignment is short, and runs alone.  Of a task there is one cell with the solution, of which
nbgrader leaves the goal, and one that asserts the lesson's own check: nothing is hidden in it.
https://nbgrader.readthedocs.io/en/stable/user_guide/creating_and_grading_assignments.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from nslabkit.course import lessons, own_values, questions

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMA = 3  # of nbgrader's metadata
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
_Cell = dict[str, Any]
# The other lessons are not beside an assignment.
_LINK = re.compile(r"\[([^\]]+)\]\(\w+\.ipynb[^)]*\)")


def assignment(lesson: str, language: str, *, varied: bool = False) -> _Cell | None:
    """Return a lesson's assignment as a notebook, None if the lesson has no task.

    Parameters
    ----------
    lesson : str
        Its name, ``"01_one_wire"``.
    language : str
        ``"en"`` or ``"zh"``.
    varied : bool
        Whether learners have values of their own: then a cell shows the goals in which they are.
    """
    if not questions.tasks(lesson):
        return None
    path = lessons.find(lesson, language)
    whole = json.loads((path.parent / "solutions" / path.name).read_text(encoding="utf-8"))
    sections = _sections(whole["cells"])
    title = re.search(r"^# .*$", _text(whole["cells"][0]), re.MULTILINE)
    cells = [
        _markdown("title", title[0] if title else f"# {path.stem}"),
        _code("import", "import nslabkit as lab"),
    ]
    for section in sections:
        if any("task" in cell["metadata"] for cell in section):
            cells += _section(section, language, varied=varied)
    return {**whole, "cells": cells}


def _sections(cells: list[_Cell]) -> list[list[_Cell]]:
    """Return the cells of each section that `lab.catch_up` knows, from its heading on."""
    found: list[list[_Cell]] = []
    for cell in cells:
        if "step" in cell["metadata"]:
            found.append([cell])
        elif found:
            found[-1].append(cell)
    return found


def _section(cells: list[_Cell], language: str, *, varied: bool) -> Iterator[_Cell]:
    """Give a section's cells as far as its last task, with what builds its beginning."""
    step = cells[0]["metadata"]["step"]
    yield _markdown(f"section-{step}", _text(cells[0]))
    yield _code(f"catch-up-{step}", f'lab.catch_up("{step}")')
    last = max(place for place, cell in enumerate(cells) if "task" in cell["metadata"])
    done: set[str] = set()
    for cell in cells[1 : last + 1]:
        name = cell["metadata"].get("task")
        if name is None:
            yield _same(cell)
        elif name not in done:
            done.add(name)
            of_task = [one for one in cells if one["metadata"].get("task") == name]
            yield from _task(name, of_task, language, varied=varied)


def _task(name: str, cells: list[_Cell], language: str, *, varied: bool) -> Iterator[_Cell]:
    """Give the two cells of a task, after its goal for this learner where that is another one."""
    solution = [_text(one) for one in cells if "solution" in one["metadata"].get("tags", ())]
    told = [f"# {questions.goal(name, language)}"]
    if varied and own_values.varies(name):
        yield _code(f"goal-{name}", f'lab.goal("{name}")')
        told = []
    source = "\n".join([*told, _BEGIN, one_cell(solution), _END])
    yield _code(f"answer-{name}", source, solution=True, locked=False)
    check = f'found = lab.check.task("{name}")\nassert found, found'
    yield _code(f"task-{name}", check, grade=True, points=questions.minutes(name))


def one_cell(sources: list[str]) -> str:
    """Return several cells as one: the magic of a whole cell becomes a call."""
    return "\n".join(map(_python, sources))


def _python(source: str) -> str:
    if not source.startswith("%%"):
        return source
    first, _newline, rest = source.partition("\n")
    magic, _space, options = first.removeprefix("%%").partition(" ")
    return f'get_ipython().run_cell_magic("{magic}", "{options}", r"""{rest}\n""")'


def _same(cell: _Cell) -> _Cell:
    """Return a cell of the lesson as it is; code is locked, for the tasks stand on it."""
    if cell["cell_type"] == "markdown":
        return _markdown(cell["id"], _text(cell))
    return _code(cell["id"], _text(cell))


def _markdown(name: str, text: str) -> _Cell:
    source = _LINK.sub(r"\1", text)
    return {"cell_type": "markdown", "id": _id(name), "metadata": {}, "source": source}


def _code(name: str, source: str, **graded: object) -> _Cell:
    marks = {
        "grade": False,
        "grade_id": _id(name),
        "locked": True,
        "schema_version": _SCHEMA,
        "solution": False,
        "task": False,
        **graded,
    }
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": _id(name),
        "metadata": {"nbgrader": marks},
        "outputs": [],
        "source": source,
    }


def _id(name: str) -> str:
    return name.replace(".", "-")


def _text(cell: _Cell) -> str:
    return "".join(cell["source"])
