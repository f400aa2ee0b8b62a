"""One account with three notebooks open: three machines, one row in the class."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from nslabkit.classroom import register
from nslabkit.course.progress import progress

TAKE_PART = Path(__file__).with_name("take_part.py")


def test_three_notebooks_of_one_account(class_folder: Path, learner: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, str(TAKE_PART), str(class_folder), str(learner), check],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "JUPYTER_RUNTIME_DIR": str(learner / f"runtime-{check}")},
        )
        for check in ("one", "two", "three")
    ]
    try:
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        # All three stand at once, each with its netns1 and 172.16.0.0/24.
        assert {found.check for found in progress(learner) if found.passed} == {
            "one",
            "two",
            "three",
        }
        (row,) = register.read(class_folder).rows
        assert row.standing is not None
        assert row.standing.lesson == "01_one_wire"
        (file,) = class_folder.iterdir()
        assert json.loads(file.read_text())["participant"] == file.stem
        assert file.stat().st_uid == os.geteuid()
    finally:
        for process in running:
            process.communicate(timeout=120)
    assert [process.returncode for process in running] == [0, 0, 0]
