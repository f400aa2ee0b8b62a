"""What did a test leave behind?  Every test of every suite is asked.

Watched are the names in /run/netns, the links of the current network namespace, the processes
that came to be, this process's file descriptors (in the suites that hold no Jupyter client) and
temporary folders of the kit.  What the kernel removes a moment later is waited for.
"""

from __future__ import annotations

import gc
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 120.0  # seconds
BROWSERS = ("chrom", "google-chrome", "headless_shell")
PF_KTHREAD = 0x00200000  # include/linux/sched.h
# Jupyter clients keep sockets and event loops for the life of a process.
EXACT_ABOUT_FILES = {"base", "netlink", "net", "frames", "live", "capture", "picture", "project"}
# Inside a sandbox every process is ours; outside only our descendants are.
IN_SANDBOX = bool(os.environ.get("NSLAB_SANDBOX"))


class Leftovers(NamedTuple):
    names: frozenset[str]
    links: frozenset[str]
    processes: frozenset[str]
    files: tuple[str, ...]
    folders: frozenset[str]


@pytest.fixture(autouse=True, scope="session")
def _own_folder_for_sockets() -> Iterator[None]:
    """Let the kit's temporary folders go where nobody else's are."""
    before = os.environ.get("NSLAB_TMP")
    with tempfile.TemporaryDirectory(prefix="nslt-", ignore_cleanup_errors=True) as folder:
        os.environ["NSLAB_TMP"] = before or folder
        yield
    if before is None:
        del os.environ["NSLAB_TMP"]


@pytest.fixture(autouse=True)
def leak_guard(request: pytest.FixtureRequest, _own_folder_for_sockets: None) -> Iterator[None]:
    exact = EXACT_ABOUT_FILES & {part.name for part in request.path.parents}
    before = look(files=bool(exact))
    yield
    deadline = time.monotonic() + PATIENCE
    while left := what_came(before, look(files=bool(exact))):
        assert time.monotonic() < deadline, f"the test left behind: {', '.join(left)}"
        gc.collect()  # an object in a cycle may still hold a file
        time.sleep(0.01)


def look(*, files: bool) -> Leftovers:
    return Leftovers(
        _entries("/run/netns"),
        frozenset(name for _index, name in socket.if_nameindex()),
        _processes(),
        _files() if files else (),
        frozenset(map(str, Path(os.environ["NSLAB_TMP"]).glob("nsl-*"))),
    )


def what_came(before: Leftovers, after: Leftovers) -> list[str]:
    left = [f"namespace {name}" for name in after.names - before.names]
    left += [f"link {name}" for name in after.links - before.links]
    left += [f"process {process}" for process in after.processes - before.processes]
    left += [f"folder {folder}" for folder in after.folders - before.folders]
    files = list(after.files)
    for file in before.files:
        if file in files:
            files.remove(file)
    return left + [f"file {file}" for file in files]


def _entries(folder: str) -> frozenset[str]:
    try:
        return frozenset(entry.name for entry in Path(folder).iterdir())
    except FileNotFoundError:
        return frozenset()


def _processes() -> frozenset[str]:
    if IN_SANDBOX:
        pids = {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        pids = {pid for pid in pids if not _is_kernels_own(pid)}
    else:
        pids = _descendants(os.getpid())
    return frozenset(f"{pid} {_command(pid)}" for pid in pids - {os.getpid()})


def _is_kernels_own(pid: int) -> bool:
    """Whether it is a thread of the kernel itself: a Linux of its own shows them, and starts them.

    Its flags say so (``PF_KTHREAD`` in field 9 of ``proc_pid_stat(5)``).
    """
    try:
        flags = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[6]
    except OSError:  # it has ended
        return False
    return bool(int(flags) & PF_KTHREAD)


def _descendants(pid: int) -> set[int]:
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = {int(child) for child in task.read_text().split()}
        except OSError:  # the thread has ended
            continue
        # A browser serves all tests of its suite, and starts and ends processes as it likes.
        children = {child for child in children if not _command(child).startswith(BROWSERS)}
        found |= children
        for child in children:
            found |= _descendants(child)
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "(ended)"


def _files() -> tuple[str, ...]:
    """Return what our file descriptors lead to, but for the one of our own network namespace.

    The kit's worker opens that one with its first call and keeps it: it is how it gets home.
    """
    own = str(Path("/proc/self/ns/net").readlink())
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(descriptor.readlink()))
        except OSError:  # the listing's own
            continue
    listed = sorted(file for file in found if not file.startswith(f"/proc/{os.getpid()}/fd"))
    if own in listed:
        listed.remove(own)
    return tuple(listed)
