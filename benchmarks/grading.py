"""How long does it take to grade a class: thirty notebooks, each with its tasks solved?

Hands in one lesson's solution for each learner, of whom every third has a wrong one, grades them
by the kit's own command, and prints the seconds.  As root, as an instructor does; as anybody else
the replays have no room of their own:

    .venv/bin/python benchmarks/grading.py [--learners 30] [--lesson 01_one_wire] [--jobs N]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = ROOT / "notebooks" / "en" / "solutions"


def hand_in(folder: Path, learners: int, lesson: str) -> None:
    """Write the submissions: solutions, and in every third one without the tasks' own cells."""
    text = (SOLUTIONS / f"{lesson}.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    unsolved = [
        cell for cell in notebook["cells"] if "solution" not in cell["metadata"].get("tags", [])
    ]
    wrong = json.dumps({**notebook, "cells": unsolved})
    for number in range(1, learners + 1):
        place = folder / f"learner{number:02}" / "en"
        place.mkdir(parents=True)
        content = text if number % 3 else wrong
        (place / f"{lesson}.ipynb").write_text(content, encoding="utf-8")


def main() -> None:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--lesson", default="01_one_wire")
    parser.add_argument("--jobs", type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nslabkit-grading-") as folder:
        submissions, out = Path(folder, "in"), Path(folder, "out")
        hand_in(submissions, arguments.learners, arguments.lesson)
        command = [str(Path(sys.executable).with_name("nslabkit")), "grade", str(submissions)]
        command += ["--out", str(out), *([] if os.geteuid() == 0 else ["--as-me"])]
        command += ["--jobs", str(arguments.jobs)] if arguments.jobs else []
        begun = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begun
        value = json.loads((out / "grades.json").read_text(encoding="utf-8"))
    done = sum(row["done"] for row in value["rows"])
    each = [notebook["seconds"] for notebook in value["notebooks"]]
    print(
        f"{arguments.learners} x {arguments.lesson}: {seconds:.0f} s, "
        f"{max(each):.0f} s the slowest notebook, {done} of {len(value['rows'])} tasks done, "
        f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors"
    )


if __name__ == "__main__":
    main()
