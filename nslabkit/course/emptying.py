"""Emptying the machine: everything that must go for it to be as it was at the start.

All that lessons and learners make in the kernel: namespaces, links, rules, control groups, and the
processes that a cell has left behind.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base import own_machine, processes
from nslabkit.base.errors import NotFoundError, NslabError, SandboxError
from nslabkit.base.language import translate as _
from nslabkit.live import watcher
from nslabkit.net import cgroups, links, namespaces
from nslabkit.net.lab import still_there
from nslabkit.net.namespace import HOST

if TYPE_CHECKING:
    from nslabkit.live.model import Model

_TOLD = 10.0  # seconds for the news to reach the forms; they say so themselves where it has not
_POLITE = 1.0  # seconds that a process has to end by itself
# What makes the host as it was found: no filters, its loopback, the rules that choose its tables.
_AS_FOUND = (
    "nft flush ruleset",
    "ip addr flush dev lo scope global",
    "ip link set lo up",
    "ip rule flush",
    "ip rule add pref 32766 lookup main",
    "ip rule add pref 32767 lookup default",
)
_INIT = 1  # the sandbox's first process: what a cell has left in the background belongs to it


def empty(tried: str = "lab.empty()") -> None:
    """Remove what lessons and learners make: the machine is as it was found; files stay.

    Parameters
    ----------
    tried : str, optional
        The command for whose sake, as errors name it.

    Raises
    ------
    SandboxError
        This is not a sandbox: what is there may belong to somebody else.
    NslabError
        A control group could not be removed, or this is the real machine although the kernel
        calls itself "Network lab".
    """
    only_in_a_sandbox(tried)
    own_machine.refuse_outside(tried)
    _end_processes()
    try:
        cgroups.remove()
    except OSError as error:
        raise NslabError(
            tried,
            _("The control group of lesson 7 could not be removed: it is in use."),
            _("Restart the kernel (Kernel → Restart), then call it again."),
            errno=error.errno,
        ) from error
    for name in namespaces.names():
        with contextlib.suppress(NotFoundError):
            namespaces.remove(name)
    still_there(_links_left)
    for command in _AS_FOUND:
        with contextlib.suppress(NotFoundError):  # no nft on this machine: so no rules either
            HOST.run(command, quiet=True)
    _until_seen({link.name for link in links.links()})


def only_in_a_sandbox(tried: str) -> None:
    """Refuse where what is there may be somebody else's.

    Raises
    ------
    SandboxError
        This process is in no sandbox.
    """
    if not os.environ.get("NSLAB_SANDBOX"):
        raise SandboxError(
            tried,
            _("This process is not in a sandbox, so what is there may belong to somebody else."),
            _("Choose the notebook kernel “Network lab”."),
        )


def _links_left() -> list[str]:
    """Remove the links that are there; some, such as a tunnel's own device, always are."""
    left = [link.name for link in links.links() if link.name != "lo"]
    for name in left:
        with contextlib.suppress(NslabError):  # its other end took it along; or it stays
            links.remove(name)
    return left


def _until_seen(left: set[str]) -> None:
    """Wait until forms know that it is gone: they refuse the name of what they take to be there."""

    def seen(model: Model) -> bool:
        host = [space for space in model["namespaces"] if space["host"]]
        found = {link["name"] for space in host for link in space["links"]}
        return model["namespaces"] == host and found == left

    if watcher.shared().running:
        watcher.shared().wait_for(seen, _TOLD)


def _end_processes() -> None:
    """End what runs in named namespaces, and what cells have left in the background.

    With all that comes from it: number 1 of a PID namespace outlives the process that waits for it.
    """
    inside = {namespaces.resolve(name).path for name in namespaces.names()}
    inodes = set()
    for path in inside:
        with contextlib.suppress(OSError):
            inodes.add(Path(path).stat().st_ino)
    inodes.discard(HOST.inode)
    others = [one for one in processes.running() if one.pid not in {_INIT, os.getpid()}]
    parents = {one.pid: _parent(one.pid) for one in others}
    left = {
        one.pid
        for one in others
        if processes.network(one.pid) in inodes or parents[one.pid] == _INIT
    }
    while more := {pid for pid, parent in parents.items() if parent in left} - left:
        left |= more
    processes.end([one for one in others if one.pid in left], _POLITE)


def _parent(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:  # ended meanwhile
        return None
    found = re.search(r"^PPid:\s+(\d+)", status, re.MULTILINE)
    return int(found[1]) if found else None
