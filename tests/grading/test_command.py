"""The command itself: its files, its languages, its refusals."""

from __future__ import annotations

import stat
import subprocess
import tempfile
from pathlib import Path

import pytest
from grading_desk import CHECK, LESSON, SOLO, Result, grade, hand_in
from other_account import powerless

from nslabkit.base.errors import NslabError
from nslabkit.course import own_values, variants
from nslabkit.grading import grade_files, submissions
from nslabkit.grading.replay_pool import Graded
from nslabkit.grading.replaying import tasks_after
from nslabkit.grading.submissions import ReplayCell
from nslabkit.grading.task_grade import TaskStatus

_WORD = "k7x2mq4a"  # the seed of a learner's own values
_GOAL = ("# Make a namespace `solo` with no link but `lo`.", {"task": "1.1"})


@pytest.fixture(scope="module")
def graded(place: Path) -> Result:
    folder = place / "collected"
    hand_in(folder, "learner01", _GOAL, SOLO, CHECK)
    hand_in(folder, "learner02", _GOAL, ("!ip netns add solo", {"task": "1.1"}), CHECK)
    untouched = hand_in(folder, "learner03", _GOAL, CHECK)
    second = untouched / "en" / f"{LESSON}-Copy1.ipynb"
    second.write_bytes((folder / "learner01" / "en" / f"{LESSON}.ipynb").read_bytes())
    hand_in(folder, "learner04", _GOAL, CHECK)
    mine = "!ip netns add {name} && ip -n {name} link set lo up"
    hand_in(folder, "learner05", _GOAL, mine.format(name=_own("1.1", "solo")), CHECK)
    hand_in(folder, "learner06", _GOAL, SOLO, CHECK)  # a neighbour's, of the printed values
    names = "account,name,files,variant\nlearner01,小明,1,\nlearner02,=1+1,1,\n"
    names += f"learner05,,1,{_WORD}\nlearner06,,1,{_WORD}\n"
    (folder / "learners.csv").write_text(names, "utf-8-sig")
    return grade(place / "collected-out", folder, "--lang", "zh")


def _own(task: str, printed: str) -> str:
    """Return a value as the learner with that word has it."""
    variants.become(_WORD)
    try:
        return own_values.own(task, printed)
    finally:
        variants.become("")


def test_each_kind_of_row(graded: Result) -> None:
    assert graded.status == 0, graded.errors
    assert graded.status_of("learner01") == "replayed"
    assert graded.status_of("learner02") == "not-passed"
    assert graded.status_of("learner03") == "replayed"  # of two copies the better one
    assert graded.row("learner03")["file"] == f"en/{LESSON}-Copy1.ipynb"
    assert graded.status_of("learner04") == "not-tried"


def test_each_is_judged_by_the_learners_own_values(graded: Result) -> None:
    assert _own("1.1", "solo") != "solo"
    assert graded.status_of("learner05") == "replayed", graded.row("learner05")
    assert graded.status_of("learner06") == "not-passed"


def test_the_table(graded: Result) -> None:
    for row in graded.rows:
        assert tuple(row) == grade_files.COLUMNS
        assert row["status"] in {one.value for one in TaskStatus}
        assert row["done"] in {"0", "1"}
        assert row["look"] in {"0", "1"}
    assert graded.row("learner01")["name"] == "小明"
    assert graded.row("learner02")["name"] == "'=1+1"  # no formula for a spreadsheet


def test_the_json_says_the_same(graded: Result) -> None:
    value = graded.value
    assert value["format"] == 1
    assert len(value["rows"]) == len(graded.rows)
    for row, cells in zip(value["rows"], graded.rows, strict=True):
        assert tuple(sorted(row)) == tuple(sorted(grade_files.COLUMNS))
        assert {k: str(v) for k, v in row.items() if k != "name"} == {
            k: v for k, v in cells.items() if k != "name"
        }
    for told in value["notebooks"]:
        assert told["cells"] == told["code_cells"]
        assert told["seconds"] > 0


def test_sentences_and_screen_are_in_the_language_asked_for(graded: Result) -> None:
    assert not graded.row("learner01")["sentence"].isascii()
    assert not graded.row("learner02")["sentence"].isascii()
    assert "学员" in graded.printed


def test_the_files_are_for_who_grades_alone(graded: Result) -> None:
    assert stat.S_IMODE(graded.folder.stat().st_mode) == 0o700
    for path in graded.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_named_twice_counts_once(tmp_path: Path) -> None:
    hand_in(tmp_path, "one", SOLO, CHECK)
    words = (tmp_path, tmp_path / "one", "--lesson", "1", "--lesson", LESSON)
    assert [row["task"] for row in grade(tmp_path / "out", *words).rows] == ["1.1", "1.2", "1.3"]


def test_two_gradings_of_one_second_have_a_folder_each(tmp_path: Path) -> None:
    nothing = Graded((), (), 0.0)
    first, second = (grade_files.write(nothing, tmp_path / "grades", new=True) for _ in range(2))
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["grades", "grades-2"]
    assert first[0] != second[0]
    assert grade_files.write(nothing, tmp_path / "grades") == first  # where it was named: --out


def test_two_learners_of_one_name_are_told_apart(tmp_path: Path) -> None:
    one = hand_in(tmp_path / "a", "same", CHECK)
    other = hand_in(tmp_path / "b", "same", CHECK)
    found = submissions.find([one, other])
    assert [submission.learner for submission in found] == [str(one), str(other)]


SAVED = [("utf-8-sig", ","), ("gbk", ","), ("utf-8", ";"), ("latin-1", "\t")]


@pytest.mark.parametrize(("encoding", "separator"), SAVED)
def test_a_list_that_a_spreadsheet_saved_keeps_its_words(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    hand_in(tmp_path, "learner01", CHECK)
    rows = (("account", "name", "variant"), ("learner01", "é", _WORD))
    text = "\r\n".join(separator.join(row) for row in rows)
    (tmp_path / "learners.csv").write_bytes(text.encode(encoding))
    [found] = submissions.find([tmp_path])
    assert found.variant == _WORD


@pytest.mark.parametrize("content", ["account,name".encode("utf-16"), b"who,what\na,b\n"])
def test_a_list_without_accounts_is_explained(tmp_path: Path, content: bytes) -> None:
    hand_in(tmp_path, "learner01", CHECK)
    (tmp_path / "learners.csv").write_bytes(content)
    with pytest.raises(NslabError, match="names no accounts"):
        submissions.find([tmp_path])


def test_a_folder_that_cannot_be_written_is_told_beforehand(tmp_path: Path) -> None:
    hand_in(tmp_path / "in", "one", CHECK)
    (tmp_path / "file").write_text("")
    found = grade(tmp_path / "file" / "out", tmp_path / "in")
    assert found.status == 1
    assert "The folder cannot be written" in found.errors
    assert "1.1" not in found.printed


def test_a_task_is_judged_where_its_check_stands() -> None:
    cells = [
        ReplayCell("lab.check.task('1.1')"),
        ReplayCell("x = 1", task="1.2"),
        ReplayCell('lab . check.task( name="1.1" )'),
        ReplayCell("y = 2"),
        ReplayCell("lab.check.task('9.9')"),
    ]
    after = tasks_after(cells, ["1.1", "1.2", "1.3"])
    assert after == [["1.1"], ["1.2"], ["1.1"], [], ["1.3"]]
    assert tasks_after([], ["1.1"]) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--lesson", "00_start"), "This lesson has no tasks"),
        (("--lesson", "no-such"), "no-such"),
    ],
)
def test_a_wrong_lesson_is_explained(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    hand_in(tmp_path / "in", "one", CHECK)
    found = grade(tmp_path / "out", tmp_path / "in", *words)
    assert found.status == 1
    assert sentence in found.errors


def test_a_folder_without_submissions_is_explained(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    found = grade(tmp_path / "out", tmp_path / "in")
    assert found.status == 1
    assert "There is no submission in" in found.errors


def test_who_is_not_root_must_say_so() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="nslab-in-") as folder:
        Path(folder).chmod(0o755)
        (hand_in(Path(folder), "one", CHECK)).chmod(0o755)
        words = ["grade", folder, "--out", "/nowhere"]
        code = f"from nslabkit.cli import main; main({words!r})"
        command, environment = powerless(code)
        done = subprocess.run(
            command,
            env={**environment, "NSLAB_LANG": "en"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "with your rights" in done.stderr
    assert "--as-me" in done.stderr
