"""Insiders: processes started in namespaces of their own for an experiment."""

from __future__ import annotations

import contextlib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.errors import NotFoundError
from nslabkit.course.claims.companions import running
from nslabkit.course.claims.membership import numbers
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = "60"  # longer than any experiment takes


def said(command: str) -> str:
    """Return what a command prints on this side.

    Raises
    ------
    CommandError
        It ended with a status other than 0.
    """
    return HOST.run(command, check=True, quiet=True).stdout.strip()


def hostname(pid: int, name: str | None = None) -> str:
    """Return the host name as a process knows it, after setting it to `name` where one is given.

    ``nsenter --uts=/proc/PID/ns/uts hostname [NAME]`` (``nsenter(1)``).
    """
    enter = f"nsenter --uts=/proc/{pid}/ns/uts hostname"
    if name is not None:
        said(f"{enter} {shlex.quote(name)}")
    return said(enter)


@contextlib.contextmanager
def with_host_name(name: str) -> Iterator[int]:
    """Keep a process in a UTS namespace of its own, in which it has set the name; yield its id."""

    def is_set(pid: int) -> bool:
        try:
            return numbers(pid)["uts"] != numbers()["uts"] and hostname(pid) == name
        except NotFoundError:  # not far enough
            return False

    script = f"hostname {shlex.quote(name)}; exec sleep {_SECONDS}"
    with running(["unshare", "--uts", "sh", "-c", script], is_set) as pid:
        yield pid


@contextlib.contextmanager
def sleeping(options: str) -> Iterator[int]:
    """Keep ``unshare OPTIONS --fork sleep`` for a while; yield the id of the process inside.

    Parameters
    ----------
    options : str
        Of ``unshare(1)``; a PID namespace's first process is its child, not itself.
    """
    command = ["unshare", *options.split(), "--fork", "--kill-child", "sleep", _SECONDS]
    with running(command, lambda pid: settled(pid, "sleep")) as parent:
        yield child(parent)


def child(parent: int) -> int:
    """Return the only child of a process: ``pgrep -P PARENT``."""
    return int(said(f"pgrep -P {parent}").split()[0])


def settled(parent: int, program: str) -> bool:
    """Return whether a process has a child, and that has become the program."""
    found = HOST.run(f"pgrep -P {parent}", quiet=True).stdout.split()
    return bool(found) and Path(f"/proc/{found[0]}/comm").read_text().strip() == program
