"""Does the doctor say what this machine itself says?"""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.doctor import Examination, kernel_features
from nslabkit.doctor import doctor as examine
from nslabkit.doctor.check import Status

SBIN = f"{os.environ['PATH']}:/usr/sbin:/sbin"

if TYPE_CHECKING:
    from conftest import Doctor


def said_by(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PATH": SBIN}
    )
    return (done.stdout or done.stderr).splitlines()[0]


@pytest.fixture(scope="module")
def found() -> Examination:
    return examine()


def test_the_first_lesson_can_run(found: Examination) -> None:
    assert [check for check in found.checks if check.status is Status.FAIL] == []
    assert found.can_run


@pytest.mark.parametrize("name", ["sandbox", *kernel_features.FEATURES])
def test_everything_that_the_lessons_use_works_here(found: Examination, name: str) -> None:
    assert found[name].status is Status.OK, found[name].seen


@pytest.mark.parametrize(
    ("name", "option"), [("ip", "-V"), ("ping", "-V"), ("nft", "--version"), ("ps", "--version")]
)
def test_versions_are_those_that_the_programs_say(
    found: Examination, name: str, option: str
) -> None:
    assert found[name].seen == said_by(name, option)


def test_the_kernelspecs_start_this_environment(found: Examination) -> None:
    for name in ("nslab", "nslab-zh"):
        assert found[name].status is Status.OK
        assert str(Path(sys.executable).parent) in found[name].seen


def test_memory_is_what_the_kernel_says(found: Examination) -> None:
    # `free` reads the same figure a moment later: other programs may have taken or given some.
    available = int(said_by("sh", "-c", "free -m | awk '/^Mem:/ {print $7}'"))
    assert abs(int(found["memory"].seen.split()[0]) - available) < 1024


def test_the_function_stands_before_its_module() -> None:
    import nslabkit.doctor

    assert isinstance(nslabkit.doctor(), Examination)


def test_a_script_gets_json_and_status_0(doctor: Doctor) -> None:
    run = doctor.run("--json")
    assert run.returncode == 0
    assert json.loads(run.stdout)["can_run_first_lesson"] is True


def test_a_pipe_gets_no_colours(doctor: Doctor) -> None:
    assert "\x1b" not in doctor.run().stdout


@pytest.mark.parametrize(("no_color", "colours"), [("", 1), ("1", 0)])
def test_a_terminal_gets_colours_unless_it_wants_none(
    doctor: Doctor, no_color: str, colours: int
) -> None:
    doctor.environment |= {"NO_COLOR": no_color, "TERM": "xterm"}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from nslabkit.cli import main; main()", "doctor"]
    process = subprocess.Popen(command, stdout=theirs, env=doctor.environment)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # EIO: the other side of a pseudo terminal was closed
        pass
    os.close(ours)
    assert process.wait() == 0
    assert b"veth" in shown
    assert (b"\x1b[32m" in shown) == bool(colours)


@pytest.mark.parametrize("uid_map", ["auto", "self"] if os.geteuid() else ["shifted"])
def test_it_works_inside_a_sandbox_of_each_map(doctor: Doctor, uid_map: str) -> None:
    doctor.environment["NSLAB_UIDMAP"] = uid_map
    inside = [sys.executable, "-m", "nslabkit.machine.sandbox", "--", "env", "-u", "NSLAB_UIDMAP"]
    checks = doctor.checks(within=inside)
    assert {name: checks[name]["status"] for name in kernel_features.FEATURES} == dict.fromkeys(
        kernel_features.FEATURES, "ok"
    )
