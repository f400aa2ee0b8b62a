"""Does one hostile notebook never stop the others, and leave nothing behind?"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
import uuid
from typing import TYPE_CHECKING

import pytest
from grading_desk import AS_ROOT, CHECK, LESSON, NSLABKIT, PATIENCE, SOLO, Result, grade, hand_in

from nslabkit.base import processes
from nslabkit.grading import replay_process, replaying
from nslabkit.grading.grading_account import grading_account
from nslabkit.grading.submissions import HandedIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARK = f"nslab-mark-{uuid.uuid4().hex[:8]}"
BOMB = """
import os, subprocess, time
subprocess.Popen(["sh", "-c", "b() { b | b & }; b"], stderr=subprocess.DEVNULL)
time.sleep(1)
os._exit(0)
"""
SHOUT = """
kernel = get_ipython().kernel
send = kernel.session.send
def shout(stream, kind, content=None, *rest, **more):
    if kind == "execute_reply":
        content = {**content, "shout": "x" * (200 << 20)}
    return send(stream, kind, content, *rest, **more)
kernel.session.send = shout
"""
HOSTILE = {
    "fork-bomb": BOMB.strip(),
    "loud": "import sys\nfor _ in range(100): sys.stdout.write('x' * 1_000_000)",
    "asks": "input('who is there?')",
    "raises": "1 / 0",
    "leaves": f"!setsid bash -c 'exec -a {MARK} sleep 3000' >/dev/null 2>&1 &",
    "shouts": SHOUT.strip(),
    "suicide": "import os\nos._exit(0)",
    "kills-all": "!kill -9 -1",
}
FILES = {
    "not-utf-8": b"\xff\xfe\x00{",
    "not-json": b"print('hello')",
    "no-notebook": b'{"cells": 7}',
    "deep": b"[" * 200_000,
}


@pytest.fixture(scope="module")
def graded(place: Path) -> Result:
    folder = place / "hostile"
    hand_in(folder, "good", SOLO, CHECK)
    for name, cell in HOSTILE.items():
        hand_in(folder, name, cell, SOLO, CHECK)
    for name, content in FILES.items():
        (folder / name / "en").mkdir(parents=True)
        (folder / name / "en" / f"{LESSON}.ipynb").write_bytes(content)
    secret = place / "secret.ipynb"
    secret.write_bytes((folder / "good" / "en" / f"{LESSON}.ipynb").read_bytes())
    for name in ("link", "folder", "huge", "pipe"):
        (folder / name / "en").mkdir(parents=True)
    (folder / "link" / "en" / f"{LESSON}.ipynb").symlink_to(secret)
    (folder / "folder" / "en" / f"{LESSON}.ipynb").mkdir()
    os.mkfifo(folder / "pipe" / "en" / f"{LESSON}.ipynb")
    with (folder / "huge" / "en" / f"{LESSON}.ipynb").open("wb") as file:
        file.truncate(30_000_000)
    return grade(place / "hostile-out", folder, "--lesson", LESSON)


def test_each_has_its_row(graded: Result) -> None:
    assert graded.status == 0, graded.errors
    learners = {row["learner"] for row in graded.rows}
    assert learners == {"good", *HOSTILE, *FILES, "link", "folder", "huge", "pipe"}
    assert len(graded.rows) == 3 * len(learners)


def test_the_others_are_graded(graded: Result) -> None:
    assert graded.status_of("good") == "replayed"


@pytest.mark.parametrize("name", ["loud", "asks", "raises", "leaves"])
def test_what_does_no_harm_to_the_task_is_graded(graded: Result, name: str) -> None:
    assert graded.status_of(name) == "replayed", graded.row(name)


@pytest.mark.parametrize("name", ["suicide", "kills-all", "fork-bomb"])
def test_a_kernel_that_ends_is_told(graded: Result, name: str) -> None:
    row = graded.row(name)
    assert (row["status"], row["look"]) == ("not-passed", "1")
    assert "kernel ended in cell 2" in row["remark"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((name, "no notebook") for name in FILES),
        ("link", "a link"),
        ("huge", "more than"),
        ("pipe", "no plain file"),
    ],
)
def test_what_is_no_notebook_is_told(graded: Result, name: str, why: str) -> None:
    row = graded.row(name)
    assert (row["status"], row["look"]) == ("no-notebook", "1")
    assert why in row["remark"]


def test_a_folder_of_that_name_is_no_notebook(graded: Result) -> None:
    assert graded.status_of("folder") == "no-notebook"


def test_nothing_is_left(graded: Result) -> None:
    assert graded.status == 0
    assert not _named(MARK)
    if AS_ROOT:
        assert not _accounts()


def test_the_time_limit(tmp_path: Path) -> None:
    hand_in(tmp_path / "in", "endless", SOLO, CHECK, "while True: pass")
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    hand_in(tmp_path / "in", "stubborn", stubborn, SOLO, CHECK)
    hand_in(tmp_path / "in", "quick", SOLO, CHECK)
    found = grade(tmp_path / "out", tmp_path / "in", "--lesson", LESSON, "--seconds", "25")
    assert found.status_of("quick") == "replayed"
    assert found.status_of("endless") == "replayed"  # what was judged before, counts
    assert found.status_of("endless", "1.2") == "timed-out"
    assert found.status_of("stubborn") == "timed-out"
    assert "time was over in cell 2" in found.row("stubborn")["remark"]
    assert "stubborn 1.1 timed out" in found.printed


def _pids() -> list[int]:
    return [one.pid for one in processes.running()]


def _command(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123 - as the kernel has it
            return file.read()
    except OSError:
        return b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_grading_that_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    mark = f"{MARK}-{number.name}"
    folder = hand_in(tmp_path / "in", "one", f"!bash -c 'exec -a {mark} sleep 3000'")
    words = [str(NSLABKIT), "grade", str(folder), "--out", str(tmp_path / "out")]
    words += [] if AS_ROOT else ["--as-me"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as grading:
        try:
            _wait_for(lambda: _named(mark) or grading.poll() is not None)
            assert grading.poll() is None, (tmp_path / "out/grades.json").read_text()
        finally:
            grading.send_signal(number)
            grading.wait(PATIENCE)
    _wait_for(lambda: not _named(mark))
    assert not (tmp_path / "out").exists()
    if number is signal.SIGKILL and AS_ROOT:  # the next grading removes what nobody could
        [left] = _accounts()
        with grading_account(None, as_me=False) as own:
            assert own
            assert _accounts() == [own.pw_name] != [left]
    assert not _accounts()


def _accounts() -> list[str]:
    return [entry.pw_name for entry in pwd.getpwall() if entry.pw_name.startswith("nslab-grade")]


def _wait_for(holds: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def _named(mark: str) -> list[int]:
    return [pid for pid in _pids() if mark.encode() in _command(pid).split(b"\0")[:1]]


def test_an_error_of_the_kits_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(replaying, "replay", fails)
    order = replaying.Order(HandedIn(LESSON, ""), (), 10)
    process = replay_process.start(order, None, [])
    try:
        while process.hear():
            pass
    finally:
        process.end()
    [told] = process.found
    assert "IndexError: list index out of range" in told["remark"]
