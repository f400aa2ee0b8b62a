"""Namespace membership: which namespaces a process is in, and who is in different ones.

A namespace's number is the inode of its file in ``/proc/PID/ns`` (``namespaces(7)``); two
processes are in the same namespace if they have the same number there.
"""

from __future__ import annotations

import re
from pathlib import Path

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _

# Kind of namespace as /proc/PID/ns calls it -> the Linux version with which it could be used as
# today (namespaces(7), user_namespaces(7), cgroup_namespaces(7), time_namespaces(7)).
KINDS = {
    "mnt": "2.4.19",
    "uts": "2.6.19",
    "ipc": "2.6.19",
    "pid": "2.6.24",
    "net": "2.6.29",
    "user": "3.8",
    "cgroup": "4.6",
    "time": "5.6",
}
CHAPTER_KINDS = ("mnt", "uts", "ipc", "pid", "net", "user")


def numbers(pid: int | str = "self") -> dict[str, int]:
    """Return the number of each namespace that a process is in: ``ls -l /proc/PID/ns``.

    Parameters
    ----------
    pid : int or str
        A process id, or ``"self"``.

    Returns
    -------
    dict of str to int
        Kind to number, for the kinds that this Linux kernel has.

    Raises
    ------
    NotFoundError
        There is no such process, or it may not be looked at.
    """
    folder = Path(f"/proc/{pid}/ns")
    try:
        # The two names that end in _for_children are not a ninth and a tenth kind: they say what
        # the next child will be in.
        links = [path for path in folder.iterdir() if not path.name.endswith("_for_children")]
        texts = {path.name: str(path.readlink()) for path in links}
    except OSError as error:
        raise _gone(pid, error) from None
    return {kind: int(re.sub(r"\D", "", text)) for kind, text in texts.items()}


def elsewhere(*kinds: str) -> list[int]:
    """Return the processes that are in other namespaces of all these kinds than we, oldest first.

    Raises
    ------
    NotFoundError
        There is none.
    """
    own = numbers()
    pids = []
    for pid in _numbered(Path("/proc")):
        try:
            theirs = numbers(pid)
        except NotFoundError:  # it ended while we looked, or has ended and waits for its parent
            continue
        if all(kind in theirs and theirs[kind] != own[kind] for kind in kinds if kind in own):
            pids.append(pid)
    if not pids:
        raise NotFoundError(
            "ls -l /proc/*/ns",
            _("No process is in a different namespace from this notebook ({kinds}).").format(
                kinds=enumeration(kinds)
            ),
            _("Run the cells above that start one, then this one again."),
        )
    return pids


def names(pid: int) -> list[int]:
    """Return the numbers that a process has, ours first, in its own PID namespace last.

    The line ``NSpid`` of ``/proc/PID/status`` (``proc_pid_status(5)``).

    Raises
    ------
    NotFoundError
        There is no such process.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError as error:
        raise _gone(pid, error) from None
    line = next(line for line in status.splitlines() if line.startswith("NSpid:"))
    return [int(word) for word in line.split()[1:]]


def pids_inside(pid: int) -> list[int]:
    """Return the process ids that ``/proc`` shows where this process lives: what ``ps`` reads."""
    try:
        return _numbered(Path(f"/proc/{pid}/root/proc"))
    except OSError as error:
        raise _gone(pid, error) from None


def same_file(pid: int, path: str = "/") -> bool:
    """Return whether a path leads a process to the same file as us; not if it leads nowhere.

    Raises
    ------
    NotFoundError
        There is no such process, or it may not be looked at.
    """
    root = Path(f"/proc/{pid}/root")
    try:
        root.stat()
        return Path(f"{root}{path}").exists() and Path(f"{root}{path}").samefile(path)
    except OSError as error:
        raise _gone(pid, error) from None


def _numbered(folder: Path) -> list[int]:
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit())


def _gone(pid: int | str, error: OSError) -> NotFoundError:
    return NotFoundError(
        f"ls -l /proc/{pid}/ns",
        _("There is no process {pid}, or it may not be looked at.").format(pid=pid),
        _("Start it again with the cells above; `ps ax` shows what is running."),
        errno=error.errno,
    )
