"""Processes that wait somewhere: in which namespaces, with which host name and files?

Read from ``/proc``; a process that has ended meanwhile has no answer to give.

What they are compared with is the notebook: mostly the process that looks.  A grader looks from
beside, with files of its own, and names a process that stands for the notebook (`stand_beside`).
"""

from __future__ import annotations

import os
import re
import subprocess
from contextvars import ContextVar
from pathlib import Path

from nslabkit.base import processes

KINDS = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")

_notebook: ContextVar[int | str] = ContextVar("notebook", default="self")


def notebook() -> int | str:
    """Return the process that stands for the notebook, as ``/proc`` calls it."""
    return _notebook.get()


def stand_beside(pid: int) -> None:
    """Let a process stand for the notebook: who looks has other mounts than the notebook."""
    _notebook.set(pid)


def notebooks_file(path: str) -> Path:
    """Return where a file of the notebook is found, by its path there."""
    pid = notebook()
    return Path(path) if pid == "self" else Path(f"/proc/{pid}/root{path}")


def _meant(pid: int | str) -> int | str:
    return notebook() if pid == "self" else pid


def others() -> list[int]:
    """Return the ids of all processes that can be seen but this one, in order."""
    return sorted(one.pid for one in processes.running() if one.pid != os.getpid())


def number(kind: str, pid: int | str = "self") -> int | None:
    """Return the inode of a process's namespace; None where there is none, or no process.

    ``"self"`` is the notebook.
    """
    try:
        return Path(f"/proc/{_meant(pid)}/ns/{kind}").stat().st_ino
    except OSError:
        return None


def kinds_of_its_own(pid: int) -> list[str]:
    """Return the kinds of which a process is in another namespace than the notebook."""
    return [kind for kind in KINDS if number(kind, pid) not in {None, number(kind)}]


def host_name(pid: int | str) -> str:
    """Return the host name that a process sees, nothing where it cannot be asked.

    ``"self"`` is the notebook.
    """
    command = ["nsenter", f"--uts=/proc/{_meant(pid)}/ns/uts", "hostname"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def sees(pid: int, path: str) -> bool:
    """Return whether a process sees a file of that name, in its own mounts."""
    return Path(f"/proc/{pid}/root{path}").exists()


def number_inside(pid: int) -> int | None:
    """Return a process's number in the innermost PID namespace that it is in."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"^NSpid:.*?(\d+)$", status, re.MULTILINE)
    return int(found[1]) if found else None


def listed(pid: int) -> set[int]:
    """Return the numbers of the processes that a process finds in its ``/proc``."""
    try:
        entries = [entry.name for entry in Path(f"/proc/{pid}/root/proc").iterdir()]
    except OSError:
        return set()
    return {int(name) for name in entries if name.isdigit()}
