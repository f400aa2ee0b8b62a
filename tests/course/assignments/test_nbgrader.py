"""nbgrader itself, from the course to the feedback: a right submission, and a neighbour's."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from nslabkit.course import questions, variants
from nslabkit.course.faults.fault_wire import mend_of

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Grader

LESSON = "01_one_wire"
NOTEBOOK = f"{LESSON}/{LESSON}.ipynb"
TASKS = questions.tasks(LESSON)
POINTS = {f"task-{name.replace('.', '-')}": questions.minutes(name) for name in TASKS}
# What a learner writes for each task, in a process that has their variant.
_SOLUTIONS = """
import json, sys
from nslabkit.course.assignments.assignment import one_cell
from nslabkit.course.tasks.task import solution
print(json.dumps({name: one_cell(solution(name)) for name in sys.argv[1:]}))
"""
_KIT = "from nslabkit.cli import main; main()"
_SCORES = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    submission = book.find_submission(sys.argv[1], sys.argv[2])
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    print(json.dumps({grade.name: [grade.auto_score, grade.max_score] for grade in grades}))
"""
_PRINTS = """
import nbformat
from nslabkit.jupyter.nbgrader_execute import ExecuteAsLearner
cell = nbformat.v4.new_code_cell("import os; print(sorted(os.environ))")
kernel = {"kernelspec": {"name": "nslab", "display_name": "Network lab", "language": "python"}}
made = nbformat.v4.new_notebook(cells=[cell], metadata=kernel)
ExecuteAsLearner().preprocess(made, {"nbgrader": {"student": "ada"}})
print(made.cells[0].outputs[0].text)
"""


def kit(grader: Grader, *words: str, status: int = 0) -> str:
    """Run ``nslabkit course``."""
    return grader.run("-c", _KIT, "course", *words, status=status)


def words(grader: Grader, name: str) -> str:
    """Return a learner's word, as the instructor hands it out."""
    said = kit(grader, "variant", ".", name).split()
    assert said[0] == name
    return said[1]


def notebook(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def solved(grader: Grader, name: str) -> str:
    """Return the released notebook with a learner's own solutions in it."""
    word = words(grader, name)
    said = grader.run("-c", _SOLUTIONS, *TASKS, NSLAB_VARIANT=word)
    made = notebook(grader.folder / "course" / "release" / NOTEBOOK)
    for task, source in json.loads(said).items():
        cell = next(one for one in made["cells"] if one["id"] == f"answer-{task.replace('.', '-')}")
        cell["source"] = source
    return json.dumps(made)


def scores(grader: Grader, learner: str) -> dict[str, list[float]]:
    """Return the points of each task, and how many there are, as nbgrader's database has them."""
    read: dict[str, list[float]] = json.loads(grader.run("-c", _SCORES, LESSON, learner))
    return read


@pytest.fixture(scope="module")
def released(grader: Grader) -> Grader:
    """A course with variants, one assignment of which is released."""
    said = kit(grader, "nbgrader", ".", "--lang", "en", "--variants")
    assert f"{LESSON}: {sum(POINTS.values())} points" in said
    grader.grade("generate_assignment", LESSON)
    grader.grade("release_assignment", LESSON)
    return grader


@pytest.fixture(scope="module")
def neighbour(released: Grader) -> str:
    """A learner with another fault: there are fewer faults than learners."""
    mine = set(repair(words(released, released.account)))
    names = (f"learner{number}" for number in range(99))
    return next(name for name in names if not mine & set(repair(words(released, name))))


def repair(word: str) -> tuple[str, ...]:
    """Return what mends a learner's wire."""
    try:
        variants.become(word)
        return mend_of(1)
    finally:
        variants.become("")


@pytest.fixture(scope="module")
def graded(released: Grader, neighbour: str) -> Grader:
    """Two submissions, graded: the account's own by the exchange, and a neighbour's copy of it."""
    mine = solved(released, released.account)
    course = ("--course", "course")
    released.grade("fetch_assignment", LESSON, *course, cwd="home")
    (released.folder / "home" / NOTEBOOK).write_text(mine, encoding="utf-8")
    released.grade("submit", LESSON, *course, cwd="home")
    released.grade("collect", LESSON)
    copied = released.folder / "course" / "submitted" / neighbour / NOTEBOOK
    copied.parent.mkdir(parents=True)
    copied.write_text(mine, encoding="utf-8")
    released.grade("autograde", LESSON)
    return released


def test_the_release_has_goals_and_checks_and_no_solution(released: Grader) -> None:
    made = notebook(released.folder / "course" / "release" / NOTEBOOK)
    sources = ["".join(cell["source"]) for cell in made["cells"]]
    assert "SOLUTION" not in "".join(sources)
    assert made["metadata"]["kernelspec"]["name"] == "nslab"
    for name in TASKS:
        assert sources.count(f'found = lab.check.task("{name}")\nassert found, found') == 1
        assert any(questions.goal(name, "en") in one or f'goal("{name}")' in one for one in sources)


def test_each_task_has_its_points_by_the_learners_own_values(graded: Grader) -> None:
    expected = {name: [float(points), float(points)] for name, points in POINTS.items()}
    assert scores(graded, graded.account) == expected


def test_a_neighbours_copy_has_none(graded: Grader, neighbour: str) -> None:
    found = scores(graded, neighbour)
    assert {name: most for name, (_points, most) in found.items()} == POINTS
    assert [points for points, _most in found.values()] == [0.0] * len(POINTS)


def test_feedback_says_what_is_missing_and_the_table_has_the_sums(
    graded: Grader, neighbour: str
) -> None:
    graded.grade("generate_feedback", LESSON)
    place = graded.folder / "course" / "feedback"
    page = (place / neighbour / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "Not yet: there is no namespace" in page
    graded.grade("export", "--to=grades.csv")
    with (graded.folder / "course" / "grades.csv").open(encoding="utf-8") as table:
        sums = {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)}
    assert sums == {graded.account: sum(POINTS.values()), neighbour: 0.0}


def test_validating_says_which_task_is_not_done(released: Grader) -> None:
    path = released.folder / "home" / "mine.ipynb"
    release = released.folder / "course" / "release" / NOTEBOOK
    path.write_text(release.read_text(encoding="utf-8"), encoding="utf-8")
    said = released.grade("validate", str(path), cwd="home")
    assert said.count("Not yet: ") == len(TASKS)
    path.write_text(solved(released, released.account), encoding="utf-8")
    word = words(released, released.account)
    said = released.grade("validate", str(path), cwd="home", NSLAB_VARIANT=word)
    assert "Success! Your notebook passes all the tests." in said


def test_a_course_that_is_there_stays(released: Grader) -> None:
    config = released.folder / "course" / "nbgrader_config.py"
    before = config.read_bytes()
    said = kit(released, "nbgrader", ".", status=1)
    assert "is there already" in said
    assert config.read_bytes() == before


def test_the_class_secret_is_for_the_instructor(released: Grader) -> None:
    secret = released.folder / "course" / "class-secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    text = secret.read_text(encoding="ascii").strip()
    course = released.folder / "course"
    for path in (*course.rglob("*.ipynb"), course / "nbgrader_config.py"):
        assert text not in path.read_text(encoding="utf-8"), path


def test_root_does_not_grade(released: Grader) -> None:
    said = released.run(
        "-c",
        "import os; os.geteuid = lambda: 0\n"
        "from nslabkit.jupyter.nbgrader_execute import ExecuteAsLearner\n"
        "ExecuteAsLearner().preprocess(None, {})",
        status=1,
    )
    assert "This is root" in said
    assert "docs/nbgrader" in said


def test_a_submission_finds_no_token_of_the_graders(grader: Grader) -> None:
    theirs = dict.fromkeys(("JUPYTERHUB_API_TOKEN", "DATABASE_PASSWORD"), "secret")
    said = grader.run("-c", _PRINTS, **theirs)
    assert "'NSLAB_VARIANT'" in said, "its environment was not shown"
    assert "'JUPYTERHUB_API_TOKEN'" not in said
    assert "'DATABASE_PASSWORD'" not in said


def test_a_folder_without_a_course_has_no_words(grader: Grader) -> None:
    said = kit(grader, "variant", "../home", "ada", status=1)
    assert "no nbgrader course" in said
