"""Submissions of many kinds, and the kit's own command that grades them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from small_notebook import notebook

LESSON = "01_one_wire"
KIT = "import nslabkit as lab"
CHECK = ('lab.check.task("1.1")', {"task": "1.1"})
SOLO = "!ip netns add solo && ip -n solo link set lo up"
AS_ROOT = os.geteuid() == 0
NSLABKIT = Path(sys.executable).with_name("nslabkit")
PATIENCE = 500


@dataclass(frozen=True)
class Result:
    """What one call of the command wrote and printed."""

    folder: Path
    status: int
    printed: str
    errors: str

    @property
    def rows(self) -> list[dict[str, str]]:
        text = (self.folder / "grades.csv").read_text("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    @property
    def value(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "grades.json").read_text("utf-8"))
        return found

    def row(self, learner: str, task: str = "1.1") -> dict[str, str]:
        [found] = [one for one in self.rows if (one["learner"], one["task"]) == (learner, task)]
        return found

    def status_of(self, learner: str, task: str = "1.1") -> str:
        return self.row(learner, task)["status"]


def hand_in(folder: Path, learner: str, *cells: str | tuple[str, dict[str, Any]]) -> Path:
    """Write a submission with one notebook of lesson 1, and return its folder."""
    place = folder / learner / "en"
    place.mkdir(parents=True)
    (place / f"{LESSON}.ipynb").write_text(notebook(KIT, *cells), "utf-8")
    return folder / learner


def grade(out: Path, *words: object, as_root: bool = AS_ROOT) -> Result:
    """Run the command, as root or with its own rights, and return what came of it."""
    mine = [] if as_root else ["--as-me"]
    done = subprocess.run(
        [NSLABKIT, "grade", *map(str, words), *mine, "--out", out],
        env={**os.environ, "NSLAB_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Result(out, done.returncode, done.stdout, done.stderr)


def recorded(folder: Path, learner: str, *commands: str, task: str = "1.1") -> Path:
    """Build something in a sandbox as in a terminal, pass the check there; return the submission.

    The submission has the kit's own record of it, and a notebook in which nothing is built.
    """
    place = hand_in(folder, learner, (f'lab.check.task("{task}")', {"task": task}))
    (place / ".nslabkit").mkdir()
    code = f"from nslabkit.course import checks; assert checks.task({task!r})"
    script = " && ".join([*commands, f"\"$PYTHON\" -c '{code.replace(chr(39), chr(34))}'"])
    name = f"{place}/en/{LESSON}.ipynb"
    done = subprocess.run(
        [NSLABKIT, "sandbox", "--", "sh", "-c", script],
        env={
            **os.environ,
            "NSLAB_LESSONS": str(place),
            "JPY_SESSION_NAME": name,
            "PYTHON": sys.executable,
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return place
