"""The course's own solutions: does the judge beside the sandbox see each task done?"""

from __future__ import annotations

from pathlib import Path

import pytest
from grading_desk import Result, grade

from nslabkit.course import questions

SOLUTIONS = Path(__file__).parents[2] / "notebooks" / "en" / "solutions"

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def graded(place: Path) -> Result:
    folder = place / "solved" / "en"
    folder.mkdir(parents=True)
    for path in SOLUTIONS.glob("*.ipynb"):
        (folder / path.name).write_bytes(path.read_bytes())
    return grade(place / "solved-out", folder.parent)


@pytest.mark.parametrize("lesson", questions.with_tasks())
def test_every_task_is_replayed(graded: Result, lesson: str) -> None:
    assert graded.status == 0, graded.errors
    rows = {row["task"]: row for row in graded.rows if row["lesson"] == lesson}
    assert tuple(rows) == questions.tasks(lesson)
    assert [row for row in rows.values() if row["status"] != "replayed"] == []
