from __future__ import annotations

import fcntl
import importlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from nslabkit.course.progress import current_lesson, progress, record

progress_module = importlib.import_module(
    "nslabkit.course.progress"
)  # the package's name is a function

if TYPE_CHECKING:
    from pathlib import Path


def test_a_check_that_fails_then_passes_is_remembered_with_its_times(learner: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    record("01_one_wire", "wire", passed=False)
    record("01_one_wire", "wire", passed=True)
    record("01_one_wire", "wire", passed=False)
    (found,) = progress(learner)
    assert (found.lesson, found.check, found.tries, found.passed) == (
        "01_one_wire",
        "wire",
        3,
        True,
    )
    assert found.first_passed is not None
    assert before <= found.first_passed <= found.last_tried <= datetime.now(UTC)


def test_what_never_passed_is_not_passed(learner: Path) -> None:
    record("01_one_wire", "wire", passed=False)
    (found,) = progress(learner)
    assert not found.passed
    assert found.first_passed is None


def test_times_are_written_in_utc(learner: Path) -> None:
    record("01_one_wire", "wire", passed=True)
    (entry,) = json.loads((learner / ".nslabkit/progress.json").read_text())["attempts"]
    for name in ("first_passed", "last_tried"):
        assert entry[name].endswith("+00:00")


def test_the_first_pass_is_kept(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([datetime(2026, 1, 1, 9, tzinfo=UTC), datetime(2026, 1, 1, 10, tzinfo=UTC)])
    monkeypatch.setattr(progress_module, "now", lambda: next(times))
    record("01_one_wire", "wire", passed=True)
    record("01_one_wire", "wire", passed=True)
    (found,) = progress(learner)
    assert found.first_passed is not None
    assert (found.first_passed.hour, found.last_tried.hour) == (9, 10)


def test_two_processes_at_once_lose_nothing(learner: Path) -> None:
    code = (
        "import sys\nfrom nslabkit.course.progress import record\nsys.stdin.read(1)\n"
        "for n in range(60):\n"
        "    record('lesson', f'check{n % 7}', True)\n"
        "    record(sys.argv[1], 'own', True)\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, name], cwd=learner, stdin=subprocess.PIPE, stderr=-1
        )
        for name in ("a", "b")
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write(b".")
        process.stdin.flush()
    for process in running:
        assert process.communicate(timeout=120) == (None, b"")
    tries = {(found.lesson, found.check): found.tries for found in progress(learner)}
    assert tries["a", "own"] == tries["b", "own"] == 60
    assert sum(tries["lesson", f"check{n}"] for n in range(7)) == 120
    assert {path.name for path in (learner / ".nslabkit").iterdir()} == {
        "progress.json",
        "progress.lock",
    }


def test_a_reader_sees_whole_files_only(learner: Path) -> None:
    record("l", "c", passed=True)
    seen = (learner / ".nslabkit/progress.json").open()
    record("l", "d", passed=True)
    assert len(json.load(seen)["attempts"]) == 1  # the old file, whole; the new one has its name
    seen.close()
    assert len(progress(learner)) == 2


def test_without_a_learners_folder_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    record("l", "c", passed=True)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == ""


def test_the_variable_names_the_folder(
    learner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NSLAB_LESSONS", str(learner))
    record("l", "c", passed=True)
    assert [found.check for found in progress(learner)] == ["c"]


def test_a_removed_working_directory_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    record("l", "c", passed=True)


def test_a_disk_that_cannot_be_written_is_told_once_and_not_raised(
    learner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A folder in the place of the lock cannot be opened for writing, not even by root.
    (learner / ".nslabkit/progress.lock").mkdir()
    record("l", "c", passed=True)
    record("l", "d", passed=True)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Your progress is not saved" in said
    assert "Traceback" not in said


def test_a_lock_held_for_ever_does_not_hold_the_lesson(
    learner: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_module, "_PATIENCE", 0.05)
    with (learner / ".nslabkit/progress.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        record("l", "c", passed=True)
    assert "another notebook holds the file" in capsys.readouterr().err
    record("l", "c", passed=True)
    assert len(progress(learner)) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"attempts": 3}',
        b"[" * 100_000,
        b"null",
        *(
            b'{"standings": [], "attempts": [{"lesson": "l", "check": "c", "first_passed": null, '
            b'"last_tried": "2026-11-24T09:00:00+00:00", "tries": ' + tries + b"}]}"
            for tries in (b"Infinity", b"-1", b"1e400", b"NaN", b"9" * 5000)
        ),
    ],
)
def test_an_unreadable_file_is_kept_and_begun_anew(learner: Path, content: bytes) -> None:
    file = learner / ".nslabkit/progress.json"
    file.write_bytes(content)
    assert progress(learner) == ()
    record("l", "c", passed=True)
    assert [found.check for found in progress(learner)] == ["c"]
    assert (learner / ".nslabkit/progress.unreadable.json").read_bytes() == content


@pytest.mark.parametrize(
    ("session", "lesson"),
    [
        ("/home/a/nslabkit-lessons/en/01_one_wire.ipynb", "01_one_wire"),
        ("/home/a/nslabkit-lessons/zh/01_one_wire.ipynb", "01_one_wire"),
        ("en/01_one_wire-Copy2.ipynb", "01_one_wire"),
        ("en/01_one_wire.new.ipynb", "01_one_wire"),
        ("en/01_one_wire.2026-11-24-0432.ipynb", "01_one_wire"),
        ("我的实验.ipynb", "我的实验"),
        ("", "script"),
        ("en/a\x1b[2Jb.ipynb", "a?[2Jb"),
        (f"en/{'9' * 200}.ipynb", "9" * 79 + "…"),
    ],
)
def test_the_lessons_name(session: str, lesson: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", session)
    assert current_lesson() == lesson


def test_a_long_name_is_no_reason_to_begin_anew(
    learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", f"en/{'x' * 200}.ipynb")
    for _ in range(2):
        record(current_lesson(), "c", passed=True)
    [found] = progress(learner)
    assert found.tries == 2


def test_unreadable_files_are_all_kept(learner: Path) -> None:
    for content in (b"1", b"2"):
        (learner / ".nslabkit/progress.json").write_bytes(content)
        record("l", "c", passed=True)
    kept = sorted((learner / ".nslabkit").glob("progress.unreadable*"))
    assert [file.read_bytes() for file in kept] == [b"2", b"1"]


def test_a_class_row_follows(
    learner: Path, class_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_CLASS", str(class_folder))
    record("l", "one", passed=True)
    record("l", "two", passed=False)
    record("l", "one", passed=True)  # the same cell once more: a try, no step ahead
    (file,) = class_folder.iterdir()
    row = json.loads(file.read_text())
    assert (row["lesson"], row["check"], row["tries"]) == ("l", "one", 2)
    assert set(row) == {"participant", "lesson", "check", "since", "active", "tries"}
    assert file.stat().st_mode & 0o7777 == 0o640
    assert file.stat().st_gid == class_folder.stat().st_gid
    assert len(progress(learner)) == 2


def test_a_class_folder_that_is_gone_is_told_once(
    learner: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NSLAB_CLASS", str(tmp_path / "gone"))
    record("l", "c", passed=True)
    record("l", "c", passed=True)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "does not accept your row" in said
    assert progress(learner)[0].tries == 2


@pytest.mark.usefixtures("learner")
def test_a_full_class_folder_leaves_no_half_row(
    class_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_CLASS", str(class_folder))

    def refuse(*_arguments: object, **_named: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("os.rename", refuse)
    record("l", "c", passed=True)
    assert list(class_folder.iterdir()) == []
