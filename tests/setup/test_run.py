"""`nslabkit run` tells a lesson that works from one that does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NSLABKIT = str(Path(sys.executable).with_name("nslabkit"))
CHECK = """from IPython.display import display
said = {{"text/plain": "the wire is {word}"}}
display(said, raw=True, metadata={{"nslabkit": {{"check": {right}}}}})"""
RIGHT, WRONG = (CHECK.format(word=str(right), right=right) for right in (True, False))
ENDLESS = {"interrupt_after": 0.5}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NSLABKIT, "run", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def summary(*arguments: object) -> tuple[int, dict[str, object]]:
    done = run("--json", *arguments)
    return done.returncode, json.loads(done.stdout)[0]


def test_a_lesson_that_works(write_lesson: Callable[..., Path]) -> None:
    endless = [("!ping -i 0.2 127.0.0.1", ENDLESS), ("while True: pass", ENDLESS)]
    path = write_lesson("!ip addr", *endless, RIGHT, RIGHT)
    before = path.read_bytes()
    status, said = summary(path)
    assert (status, said["problem"]) == (0, None)
    assert (said["cells"], said["checks"]) == (5, 2)
    assert path.read_bytes() == before


def test_the_first_error_is_told_and_ends_the_lesson(write_lesson: Callable[..., Path]) -> None:
    status, said = summary(write_lesson("1 + 1", "1 / 0", RIGHT))
    assert status == 1
    assert said["problem"] == "ZeroDivisionError: division by zero"
    assert (said["cells"], said["checks"]) == (2, 0)


def test_an_interrupt_that_nobody_asked_for_is_an_error(write_lesson: Callable[..., Path]) -> None:
    status, said = summary(write_lesson("raise KeyboardInterrupt"))
    assert status == 1
    assert str(said["problem"]).startswith("KeyboardInterrupt")


def test_a_check_that_disagrees_fails_the_lesson(write_lesson: Callable[..., Path]) -> None:
    done = run(write_lesson(RIGHT, WRONG))
    assert done.returncode == 1
    assert "the wire is False" in done.stdout


def test_a_cell_that_takes_too_long(write_lesson: Callable[..., Path]) -> None:
    endless = "while True:\n    pass"
    status, said = summary("--timeout", 1, write_lesson("1 + 1", endless, RIGHT))
    assert status == 1
    assert said["problem"] == "Cell 2 took longer than 1 s: while True:"


def test_a_kernel_that_dies(write_lesson: Callable[..., Path]) -> None:
    status, said = summary(write_lesson("import os; os._exit(3)"))
    assert status == 1
    assert "died" in str(said["problem"])


def test_a_lesson_that_is_not_there() -> None:
    done = run("no-such-lesson")
    assert done.returncode == 1
    assert "no-such-lesson" in done.stderr
    assert "Traceback" not in done.stderr
