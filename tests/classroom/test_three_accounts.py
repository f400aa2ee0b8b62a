"""Three accounts at once, all with netns1 and 172.16.0.0/24: who sees what of whom?"""

from __future__ import annotations

import grp
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from other_account import PLACE, PYTHON, ROOT, as_account, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TAKE_PART = f"{PLACE}/{Path(__file__).with_name('take_part.py').relative_to(ROOT)}"
COMMAND = [PYTHON, "-c", "from nslabkit.cli import main; main()"]


def environment_of(account: str) -> dict[str, str]:
    return environment(HOME=str(Path(f"~{account}").expanduser()))


def start(account: str, class_folder: Path) -> subprocess.Popen[str]:
    own = environment_of(account)
    lessons = Path(own["HOME"]) / "nslabkit-lessons"
    run_as(account, "mkdir", "-p", str(lessons / ".nslabkit"))
    return subprocess.Popen(
        as_account(
            account, PYTHON, TAKE_PART, str(class_folder), str(lessons), "wire", cwd=str(lessons)
        ),
        env=own,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def run_as(account: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        as_account(account, *command, all_groups=True),
        env=environment_of(account),
        capture_output=True,
        text=True,
        check=False,
    )


def instructor_of(class_folder: Path) -> str:
    return grp.getgrgid(class_folder.stat().st_gid).gr_mem[0]


@pytest.fixture
def three(class_folder: Path, new_account: Callable[[], str]) -> Iterator[list[str]]:
    accounts = [new_account() for _number in range(3)]
    running = [start(account, class_folder) for account in accounts]
    try:
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield accounts
    finally:
        for process in running:
            process.communicate(timeout=120)


def test_the_instructor_sees_three_rows(three: list[str], class_folder: Path) -> None:
    seen = run_as(instructor_of(class_folder), *COMMAND, "class", str(class_folder))
    assert seen.returncode == 0, seen.stderr
    for account in three:
        (line,) = [line for line in seen.stdout.splitlines() if line.startswith(account)]
        assert line.split()[1:3] == ["01_one_wire", "wire"]
    first, second, _third = three
    file = class_folder / f"{second}.json"
    assert file.stat().st_mode & 0o7777 == 0o640
    assert file.stat().st_gid == class_folder.stat().st_gid

    # No participant can list, read, replace, or remove what is another's.
    for refused in (
        ["ls", str(class_folder)],
        ["cat", str(file)],
        ["rm", "-f", str(file)],
        ["sh", "-c", f"echo x > {file}"],
        ["sh", "-c", f"echo x > {class_folder}/x && mv -f {class_folder}/x {file}"],
        ["ln", "-sf", "/etc/passwd", str(file)],
        [*COMMAND, "class", str(class_folder)],
    ):
        tried = run_as(first, *refused)
        assert tried.returncode != 0, refused
    assert "Only the members of the group" in tried.stderr
    assert f'"participant": "{second}"' in file.read_text()

    # What the first put there instead is told, with its owner.
    seen = run_as(instructor_of(class_folder), *COMMAND, "class", str(class_folder))
    assert f"x belongs to {first}: left out." in seen.stdout
    # Everybody may take back their own.
    assert run_as(first, "rm", str(class_folder / f"{first}.json")).returncode == 0
