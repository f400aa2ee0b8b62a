"""Memory limits by control group: may this notebook set one, and how?

A control group is a folder; a limit is a number written to a file in it, and a process is moved
there by writing its number to ``cgroup.procs`` (``cgroups(7)``).  A user may do so only below a
folder that was handed over, *delegated*, to him.  With version 2 the folder's own files must
moreover name no process before its children get controllers ("no internal processes",
https://docs.kernel.org/admin-guide/cgroup-v2.html), so whatever of this notebook is in it moves
to a child first; a process from outside the sandbox that is in the same group prevents it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base import own_machine
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FOLDER", "LimitAttempt", "limit_memory", "memory_limit", "remove"]

FOLDER = Path("/run/cgroup")  # where this notebook's own group is mounted; its part of the tree
_REST = "notebook"  # version 2: the child for the processes that are not limited
_UNLIMITED = 1 << 60  # version 1 says "no limit" with a number above this


@dataclass(frozen=True)
class _Version:
    """What the two versions of control groups call things."""

    mount: tuple[str, ...]
    limit: str
    swap: str  # what keeps the limited process from taking swap space instead


_ONE = _Version(("-t", "cgroup", "-o", "memory"), "memory.limit_in_bytes", "memory.swappiness")
_TWO = _Version(("-t", "cgroup2"), "memory.max", "memory.swap.max")


@dataclass(frozen=True)
class LimitAttempt:
    """Whether a limit could be set, and by which commands.

    Attributes
    ----------
    done : bool
        Whether it is in force; the attempt is true or false by this.
    sentence : str
        What is in force now, or why it could not be set, in the reader's language.
    commands : tuple of str
        What was done, as a shell would do it; a refused one comes with the kernel's answer.
    """

    done: bool
    sentence: str
    commands: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether the limit is in force."""
        return self.done

    def __repr__(self) -> str:
        """Return the commands, one a line, and the sentence."""
        return "\n".join((*self.commands, f"{'✔' if self.done else '?'} {self.sentence}"))


@dataclass
class _Steps:
    """Commands done so far; a refusal is an OSError."""

    done: list[str] = field(default_factory=list)

    def do(self, command: str, action: Callable[[], object]) -> None:
        try:
            action()
        except OSError as error:
            self.done.append(f"{command}    → {error.strerror or error}")
            raise
        self.done.append(command)

    def write(self, path: Path, text: str) -> None:
        def write() -> None:
            # Unbuffered: the kernel's answer to the write itself is wanted.
            descriptor = os.open(path, os.O_WRONLY)
            try:
                os.write(descriptor, text.encode())
            finally:
                os.close(descriptor)

        self.do(f"echo {text} > {path}", write)


def limit_memory(pid: int, limit: int, name: str = "box") -> LimitAttempt:
    """Try to limit the memory of a process: control group, number, process id.

    Parameters
    ----------
    pid : int
        The process; its later children are limited with it.
    limit : int
        Bytes.
    name : str
        Of the new control group.

    Returns
    -------
    LimitAttempt
        True if the limit is in force, else false with the reason why it cannot be.  Real root's
        notebook is refused: every group of the machine would be its own, and a
        lesson changes nothing outside the sandbox.

    Raises
    ------
    SandboxError
        This kernel calls itself "Network lab" and is on the real machine; nothing else raises.
    """
    own_machine.refuse_outside(f"mkdir {FOLDER / name}")
    steps = _Steps()
    if os.environ.get("NSLAB_SANDBOX") == "full":
        return LimitAttempt(
            done=False,
            sentence=_(
                "No limit was set: you are the machine's real root, who owns every "
                "control group, and no lesson changes any of them. Run it as an "
                "ordinary user."
            ),
            commands=(),
        )
    try:
        refused = _limit(pid, limit, name, steps)
    except OSError as error:
        refused = _reason(error)
    if refused is not None:
        remove(name)
        return LimitAttempt(done=False, sentence=refused, commands=tuple(steps.done))
    sentence = _("Process {pid} and its children get at most {limit} bytes of memory.")
    return LimitAttempt(
        done=True, sentence=sentence.format(pid=pid, limit=limit), commands=tuple(steps.done)
    )


def _limit(pid: int, limit: int, name: str, steps: _Steps) -> str | None:
    """Do it; return a sentence if something that is needed is not there."""
    version, group = _version(), FOLDER / name
    steps.do(f"mkdir {FOLDER}", lambda: FOLDER.mkdir(exist_ok=True))
    if not FOLDER.is_mount():
        steps.do(f"mount {' '.join(version.mount)} none {FOLDER}", lambda: _mount(version))
    if version is _TWO and "memory" not in (FOLDER / "cgroup.controllers").read_text().split():
        return _(
            "No limit was set: no memory controller was handed to this notebook's control group."
        )
    steps.do(f"mkdir {group}", lambda: group.mkdir(exist_ok=True))
    if version is _TWO:
        _make_room(steps)
        steps.write(FOLDER / "cgroup.subtree_control", "+memory")
    steps.write(group / version.limit, str(limit))
    if (group / version.swap).exists():
        steps.write(group / version.swap, "0")
    steps.write(group / "cgroup.procs", str(pid))
    return None


def _make_room(steps: _Steps) -> None:
    """Move this notebook's processes to a child; those from outside show as 0 and stay."""
    rest = FOLDER / _REST
    steps.do(f"mkdir {rest}", lambda: rest.mkdir(exist_ok=True))
    for one in _members(FOLDER):
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            steps.write(rest / "cgroup.procs", str(one))


def remove(name: str = "box") -> None:
    """Undo `limit_memory`: move the processes back, remove the groups and the mount.

    Does nothing if nothing is mounted.
    """
    if not FOLDER.is_mount():
        return
    steps = _Steps()
    groups = [group for group in (FOLDER / name, FOLDER / _REST) if group.is_dir()]
    with contextlib.suppress(OSError):  # it was never switched on
        steps.write(FOLDER / "cgroup.subtree_control", "-memory")
    for group in groups:
        for one in _members(group):
            with contextlib.suppress(ProcessLookupError):
                steps.write(FOLDER / "cgroup.procs", str(one))
        group.rmdir()
    _run("umount", str(FOLDER))
    FOLDER.rmdir()


def memory_limit(pid: int) -> int | None:
    """Return how many bytes of memory a process may take; None if we have set no limit.

    What `limit_memory` has written, read back from the kernel.
    """
    version = _version()
    path = next((line[2] for line in _lines(pid) if _is_for(line, version)), None)
    if path is None:
        return None
    try:
        text = (FOLDER / path.lstrip("/") / version.limit).read_text().strip()
    except OSError:  # not mounted, or our own top folder, which has no limit
        return None
    return None if text == "max" or int(text) > _UNLIMITED else int(text)


def _version() -> _Version:
    return _ONE if any("memory" in line[1].split(",") for line in _lines("self")) else _TWO


def _is_for(line: list[str], version: _Version) -> bool:
    return "memory" in line[1].split(",") if version is _ONE else line[0] == "0"


def _lines(pid: int | str) -> list[list[str]]:
    """Return number, controllers and path from ``/proc/PID/cgroup``."""
    try:
        text = Path(f"/proc/{pid}/cgroup").read_text()
    except OSError:  # ended meanwhile, or a kernel without control groups
        return []
    return [line.split(":", 2) for line in text.splitlines()]


def _members(group: Path) -> list[int]:
    """Return the processes of this sandbox that are in a group."""
    return [int(word) for word in (group / "cgroup.procs").read_text().split() if word != "0"]


def _mount(version: _Version) -> None:
    _run("mount", *version.mount, "none", str(FOLDER))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(errno.EPERM, done.stderr.strip() or str(done.returncode))


def _reason(error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return _(
            "No limit was set: the control group of this notebook also holds processes "
            "from outside the sandbox; it can be divided only once none is left in it."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _(
            "No limit was set: the control group of this notebook belongs to the machine's "
            "root and was not delegated to you, so you may not divide it."
        )
    return _("No limit was set; the kernel answered: {said}.").format(said=error.strerror or error)
