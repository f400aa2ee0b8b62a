"""Assignments: whole, valid, without a solution outside its mark; and the solutions solve them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from nslabkit.course import execution, lessons, own_values, questions, variants
from nslabkit.course.assignments.assignment import assignment, one_cell
from nslabkit.course.tasks.task import solution

if TYPE_CHECKING:
    from collections.abc import Iterator

LESSONS = [
    path.stem
    for path in sorted(lessons.questions_folder().glob("*.toml"))
    if questions.tasks(path.stem)
]
_PATIENCE = 300.0


@pytest.fixture(autouse=True)
def _own_seed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what a test has become."""
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setenv(variants.VARIANT, "")
    yield
    os.environ.pop(variants.VARIANT)
    variants.seed.cache_clear()


def made(lesson: str, language: str = "en", *, varied: bool = False) -> dict[str, Any]:
    found = assignment(lesson, language, varied=varied)
    assert found is not None
    return found


def marks(notebook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return nbgrader's marks of each cell that has some, by their names."""
    found = [cell["metadata"].get("nbgrader") for cell in notebook["cells"]]
    return {one["grade_id"]: one for one in found if one}


def test_a_lesson_without_tasks_has_none() -> None:
    assert assignment("01_one_wire_clicks", "en") is None


@pytest.mark.parametrize("language", lessons.FOLDERS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_each_task_has_an_answer_and_a_check_with_points(lesson: str, language: str) -> None:
    notebook = made(lesson, language)
    nbformat.validate(nbformat.from_dict(notebook))
    found = marks(notebook)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for name in questions.tasks(lesson):
        place = name.replace(".", "-")
        assert found[f"answer-{place}"]["solution"]
        assert not found[f"answer-{place}"]["locked"]
        assert found[f"task-{place}"]["points"] == questions.minutes(name)
        assert found[f"task-{place}"]["locked"]
    graded = [one for one in found.values() if one["grade"]]
    assert len(graded) == len(questions.tasks(lesson))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(found) == len(code), "a code cell that a learner could change counts"


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_a_release_keeps_has_no_solution(lesson: str) -> None:
    notebook = made(lesson, "zh")
    for name in questions.tasks(lesson):
        [answer] = [one for one in notebook["cells"] if one["id"] == f"answer-{_id(name)}"]
        goal, begin, *_lines, end = answer["source"].splitlines()
        assert goal == f"# {questions.goal(name, 'zh')}"
        assert (begin, end) == ("### BEGIN SOLUTION", "### END SOLUTION")
    for cell in notebook["cells"]:
        assert ".ipynb" not in cell["source"] or cell["cell_type"] == "code"


@pytest.mark.parametrize("lesson", LESSONS)
def test_with_variants_a_cell_shows_the_goal(lesson: str) -> None:
    notebook = made(lesson, varied=True)
    found = marks(notebook)
    for name in questions.tasks(lesson):
        shown = f"goal-{_id(name)}" in found
        assert shown == own_values.varies(name)
        [answer] = [one for one in notebook["cells"] if one["id"] == f"answer-{_id(name)}"]
        assert (questions.goal(name) in answer["source"]) is not shown


def test_cells_of_other_languages_become_calls() -> None:
    joined = one_cell(["%%bash --no-raise-error\necho one\necho two", "print(3)\n!echo four"])
    assert joined == (
        'get_ipython().run_cell_magic("bash", "--no-raise-error", r"""echo one\necho two\n""")\n'
        "print(3)\n!echo four"
    )


@pytest.mark.parametrize("seed", ["", pytest.param("eve", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "lesson",
    [LESSONS[0], *(pytest.param(one, marks=pytest.mark.journey) for one in LESSONS[1:])],
)
def test_the_solutions_solve_it(lesson: str, seed: str) -> None:
    """Each kernel is a machine of its own, and has the learner's values."""
    variants.become(seed)
    notebook = made(lesson)
    for name in questions.tasks(lesson):
        [answer] = [one for one in notebook["cells"] if one["id"] == f"answer-{_id(name)}"]
        answer["source"] = one_cell(solution(name))
    nodes = nbformat.from_dict(json.loads(json.dumps(notebook)))
    run = execution.execute_cells(nodes, lesson, _PATIENCE, lambda: None)
    assert run.problem is None


def _id(name: str) -> str:
    return name.replace(".", "-")
