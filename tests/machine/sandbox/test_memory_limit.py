"""Can a notebook limit a container's memory, where it may and where it may not?"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[3] / "nslabkit"
ORDINARY = 65534  # nobody: an ordinary user on every machine, without sub-ids
LIMIT = 16 << 20
# Limit a child, let it take more than it may, say how it ended; then undo it.
SCRIPT = f"""
import subprocess, sys
from nslabkit import cgroups
print("up", flush=True)
sys.stdin.readline()
greedy = "read go; head -c 100M /dev/zero | tail -c 90M | wc -c"
child = subprocess.Popen(["sh", "-c", greedy], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
attempt = cgroups.limit_memory(child.pid, {LIMIT})
print(attempt)
print("limit", cgroups.memory_limit(child.pid))
print("took", child.communicate(b"\\n")[0].decode())
cgroups.remove()
print("left", sorted(path.name for path in cgroups.FOLDER.parent.glob("cgroup")))
"""


def own_group() -> Path | None:
    """Return the folder of the control group in which memory is accounted for this process."""
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    for line in lines:
        if "memory" in line[1].split(","):
            return Path(f"/sys/fs/cgroup/memory{line[2]}")
    return next((Path(f"/sys/fs/cgroup{line[2]}") for line in lines if line[0] == "0"), None)


def place() -> Path | None:
    """Return the nearest group below which root can make one that has the memory controller."""
    group = own_group()
    if group is None or not group.is_dir() or not os.access(group, os.W_OK):
        return None
    if (group / "memory.limit_in_bytes").exists():  # version 1: below any group
        return group
    top = Path("/sys/fs/cgroup")
    while group.is_relative_to(top):
        if "memory" in (group / "cgroup.subtree_control").read_text().split():
            return group
        group = group.parent
    return None


PLACE = place() if os.geteuid() == 0 else None


@pytest.fixture
def package() -> Iterator[Path]:
    """The package where an ordinary user can read it, wherever the project lies."""
    folder = Path(tempfile.mkdtemp(prefix="nslt-", dir="/tmp"))
    folder.chmod(0o755)
    shutil.copytree(PACKAGE, folder / "nslabkit", ignore=shutil.ignore_patterns("__pycache__"))
    yield folder
    shutil.rmtree(folder)


@contextlib.contextmanager
def delegated() -> Iterator[tuple[Path, Path]]:
    """Make a group for the sandbox, delegated to an ordinary user, and one for what stays outside.

    With version 1 every group has the controller; with version 2 the parent must hand it on.
    """
    assert PLACE is not None
    parent = PLACE / f"nslabkit-test-{uuid.uuid4().hex[:8]}"
    groups = parent / "sandbox", parent / "outside"
    parent.mkdir()
    try:
        if (parent / "cgroup.subtree_control").exists():
            (parent / "cgroup.subtree_control").write_text("+memory")
        for group in groups:
            group.mkdir()
        for name in ("", "cgroup.procs", "cgroup.subtree_control", "tasks"):
            if (groups[0] / name).exists():
                os.chown(groups[0] / name, ORDINARY, ORDINARY)
        yield groups
    finally:
        for group in (*groups, parent):
            if group.exists():
                remove(group)


def remove(group: Path) -> None:
    """Remove a group; what was in it ends a moment after the sandbox."""
    deadline = time.monotonic() + 120
    while True:
        try:
            group.rmdir()
        except OSError:
            assert time.monotonic() < deadline, (group / "cgroup.procs").read_text()
            time.sleep(0.02)
        else:
            return


def start(package: Path, group: Path | None, user: int) -> subprocess.Popen[str]:
    """Start SCRIPT in a sandbox of `user`; it says "up" and waits for a line."""

    def become() -> None:
        if group is not None:
            (group / "cgroup.procs").write_text("0")
        if user != os.geteuid():
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)

    python = str(Path(sys.executable).resolve())  # an ordinary user may not see root's .venv
    command = [python, "-m", "nslabkit.machine.sandbox", "--", python, "-c", SCRIPT]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(package),
        "PYTHONPATH": str(package),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NSLAB_LANG": "en",
    }
    return subprocess.Popen(
        command,
        preexec_fn=become,  # noqa: PLW1509 - no thread runs here
        cwd=package,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    printed = process.communicate("go\n", timeout=120)[0]
    assert process.returncode == 0, printed
    return printed


if PLACE is not None:  # real root where control groups can be made; others cannot delegate one

    def test_a_delegated_group_limits_the_memory(package: Path) -> None:
        with delegated() as (inside, outside), start(package, inside, ORDINARY) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            own = Path("/proc/self/ns/pid").readlink()
            for pid in (inside / "cgroup.procs").read_text().split():
                if Path(f"/proc/{pid}/ns/pid").readlink() == own:  # the launcher and its parent
                    (outside / "cgroup.procs").write_text(pid)
            printed = finish(process)
        assert f"limit {LIMIT}\n" in printed
        assert "took 0\n" in printed  # `tail` was killed before it gave anything
        assert "left []" in printed
        assert not list(PLACE.glob("nslabkit-test-*"))

    def test_a_process_from_outside_in_the_group(package: Path) -> None:
        two = not (PLACE / "memory.limit_in_bytes").exists()
        with delegated() as (inside, _outside), start(package, inside, ORDINARY) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            printed = finish(process)
        # Only version 2 forbids processes beside groups.
        assert ("processes from outside the sandbox" in printed) is two
        assert ("limit None\n" in printed) is two
        assert "left []" in printed


def test_without_delegation_the_reason_is_given(package: Path) -> None:
    with start(package, None, ORDINARY if os.geteuid() == 0 else os.geteuid()) as process:
        printed = finish(process)
    assert "? No limit was set: " in printed
    assert "limit None\n" in printed
    assert f"took {90 << 20}\n" in printed
    assert "left []" in printed


if os.geteuid() == 0:

    def test_real_root_changes_no_group_of_the_machine(package: Path) -> None:
        with start(package, None, 0) as process:
            printed = finish(process)
        assert "No limit was set: " in printed
        assert "limit None\n" in printed
