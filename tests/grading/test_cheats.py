"""Does the judge believe the kernel only, whatever a learner's code does to what judges?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from grading_desk import CHECK, LESSON, SOLO, Result, grade, hand_in

if TYPE_CHECKING:
    from pathlib import Path

# Each builds nothing, or not all: the loopback of `solo` is down, so it cannot answer.
_DOWN = "!ip netns add solo"
_FAKE_PING = r"""
from pathlib import Path
fake = Path("/run/ping")
fake.write_text("#!/bin/sh\nexit 0\n")
fake.chmod(0o755)
""".strip()
CHEATS = {
    "rewritten": """
from nslabkit.course.checks import check_result, task_check
from nslabkit.course.tasks import one_wire_tasks, task
yes = lambda *_: check_result.CheckResult("task", check_result.Outcome.HOLDS, "done")
lab.check.task = task_check.task = yes
one_wire_tasks.TASKS["1.1"] = task.Task(yes, one_wire_tasks.TASKS["1.1"].hints)
""",
    "printed": """
from IPython.display import publish_display_data
print("✔ Right: `solo` has nothing but `lo`, and answers itself.")
mark = {"nslabkit": {"check": True, "subject": "task"}}
publish_display_data({"text/plain": "✔ Right"}, metadata=mark)
""",
    "written": """
import os, pathlib
from nslabkit.course import progress, state_record
assert progress.kept_in() is not None
progress.record(progress.current_lesson(), "task 1.1", True)
state_record.keep(progress.current_lesson(), "task 1.1", "done")
""",
    "covered": f"""
{_FAKE_PING}
{_DOWN}
!mount --bind /run/ping $(command -v ping)
""",
    "shim": f"""
{_FAKE_PING}
{_DOWN}
!cp /run/ping /run/nslab/bin/ping
""",
    "library": """
from nslabkit.course.tasks import one_wire_tasks
text = open(one_wire_tasks.__file__).read()
wrong = text.replace("if not evidence.exists(_SOLO)", "return right('done')\\n    if 0")
assert wrong != text
open("/run/wrong.py", "w").write(wrong)
!mount --bind /run/wrong.py {one_wire_tasks.__file__}
""",
    "hunter": f"""
{_DOWN}
import os, threading
own = {{int(name) for name in os.listdir("/proc") if name.isdigit()}}
def hunt():
    while True:
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in own:
                try: os.kill(int(name), 9)
                except OSError: pass
threading.Thread(target=hunt, daemon=True).start()
""",
}


@pytest.fixture(scope="module")
def graded(place: Path) -> Result:
    folder = place / "cheats"
    hand_in(folder, "honest", SOLO, CHECK)
    for name, cell in CHEATS.items():
        hand_in(folder, name, cell.strip(), CHECK)
    return grade(place / "cheats-out", folder, "--lesson", LESSON)


def test_what_was_built_passes(graded: Result) -> None:
    assert graded.status == 0, graded.errors
    row = graded.row("honest")
    assert (row["status"], row["done"], row["look"]) == ("replayed", "1", "0")


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_does_not(graded: Result, name: str) -> None:
    row = graded.row(name)
    assert (row["status"], row["done"]) == ("not-passed", "0"), row


@pytest.mark.parametrize("name", ["covered", "shim", "library"])
def test_each_cheat_was_really_tried(graded: Result, name: str) -> None:
    """The judge saw the state that the cheat left, so it did run, and to its end."""
    [told] = [one for one in graded.value["notebooks"] if one["learner"] == name]
    assert told["cells"] == told["code_cells"]
    if name != "library":
        assert "127.0.0.1" in graded.row(name)["sentence"]  # `solo` is there, and silent


def test_in_the_notebook_itself_the_cheats_work(tmp_path: Path) -> None:
    """Otherwise the tests above would show nothing: there the check is fooled."""
    fooled = 'assert lab.check.task("1.1")'
    after = "!ip netns add solo2 && ip -n solo2 link set lo up"
    witness = "!ip netns del solo; ip netns add solo && ip -n solo link set lo up"
    for name in ("rewritten", "covered", "shim"):
        cell = f"{fooled}\nimport subprocess\nget_ipython().system({witness[1:]!r})"
        hand_in(tmp_path / "in", name, CHEATS[name].strip(), cell, CHECK)
    hand_in(tmp_path / "in", "fooled-not", _DOWN, cell, after, CHECK)
    found = grade(tmp_path / "out", tmp_path / "in", "--lesson", LESSON)
    # Only behind an assertion that holds the namespace is built, which then is judged.
    for name in ("rewritten", "covered", "shim"):
        assert found.status_of(name) == "replayed", found.row(name)
    assert found.status_of("fooled-not") == "not-passed"
