"""Processes that wait somewhere: in which namespaces, with which host name and files?

Read from ``/proc``; a process that has ended meanwhile has no answer to give.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from nslabkit.base import processes

__all__ = [
    "KINDS",
    "host_name",
    "kinds_of_its_own",
    "listed",
    "number",
    "number_inside",
    "others",
    "sees",
]

KINDS = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")


def others() -> list[int]:
    """Return the ids of all processes that can be seen but this one, in order."""
    return sorted(one.pid for one in processes.running() if one.pid != os.getpid())


def number(kind: str, pid: int | str = "self") -> int | None:
    """Return the inode of a process's namespace; None where there is none, or no process."""
    try:
        return Path(f"/proc/{pid}/ns/{kind}").stat().st_ino
    except OSError:
        return None


def kinds_of_its_own(pid: int) -> list[str]:
    """Return the kinds of which a process is in another namespace than this one."""
    return [kind for kind in KINDS if number(kind, pid) not in {None, number(kind)}]


def host_name(pid: int | str) -> str:
    """Return the host name that a process sees, nothing where it cannot be asked."""
    command = ["nsenter", f"--uts=/proc/{pid}/ns/uts", "hostname"]
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
