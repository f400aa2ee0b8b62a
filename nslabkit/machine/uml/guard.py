"""The guest's watcher: ends the guest when the launcher is killed.

A process beside the launcher that waits for nothing else.  The guest's processes are ordinary
processes out here too, held by the kernel's program through ptrace; they all are in one process
group, which is killed as a whole.
"""

from __future__ import annotations

import os
import signal
import time

from nslabkit.machine.leaving import remove_all

NAME = "nslab-watcher"
_PATIENCE = 10.0  # seconds for killed processes to be gone
_POLL = 0.01  # seconds between two looks; a process group sends no event when it is empty


class WatcherHandle:
    """The launcher's hold on the watcher.

    The class has a lifetime to hold: the pipe whose end says that the launcher is gone.

    Attributes
    ----------
    pid : int
        The watcher's process.
    """

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid = pid
        self._pipe = pipe

    def watch_over(self, group: int) -> None:
        """Tell which process group it is that must not survive."""
        os.write(self._pipe, b"%d\n" % group)

    def dismiss(self) -> None:
        """Let it end: everything is in order, and the group is gone."""
        try:
            os.write(self._pipe, b"done\n")
        except BrokenPipeError:
            pass  # it was killed; there is nothing left for it to do
        os.close(self._pipe)
        os.waitpid(self.pid, 0)


def start(leftovers: list[str], owner: int | None, owners_files: tuple[str, str]) -> WatcherHandle:
    """Start the watcher, before there is anything to watch over.

    Parameters
    ----------
    leftovers : list of str
        Files and folders of the guest's own, to be removed with it.
    owner : int or None
        pidfd of the process that started the launcher.
    owners_files : tuple of str
        The folder of sockets and the connection file, to be removed if the owner is gone too.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(read)
        return WatcherHandle(pid, write)
    os.close(write)
    try:
        _watch(read, leftovers, owner, owners_files)
    finally:
        os._exit(0)


def _watch(
    pipe: int, leftovers: list[str], owner: int | None, owners_files: tuple[str, str]
) -> None:
    from nslabkit.machine.sandbox.launcher import has_ended, remove
    from nslabkit.machine.system_calls import set_process_name

    os.setsid()  # a signal to the launcher's group is not for us
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    set_process_name(NAME)
    _let_go_of_output()
    said = b"".join(iter(lambda: os.read(pipe, 4096), b"")).split()
    if b"done" in said:
        return
    for group in said:
        end_group(int(group))
    for path in leftovers:
        remove_quietly(path)
    if owner is not None and has_ended(owner):
        remove(*owners_files)


def _let_go_of_output() -> None:
    """Keep nobody waiting who reads what the launcher printed."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def end_group(group: int) -> None:
    """Kill every process of `group` and wait until none is left but those that nobody reaps."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # none is left, or the number is somebody else's by now
        if not _alive(group):
            return
        time.sleep(_POLL)


def _alive(group: int) -> bool:
    """Return whether a process of `group` is more than a dead one that waits to be reaped."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                state, _parent, its_group = file.read().rpartition(")")[2].split()[:3]
        except OSError:
            continue  # it ended while we looked
        if int(its_group) == group and state not in ("Z", "X"):
            return True
    return False


def remove_quietly(path: str) -> None:
    """Remove a file, or a folder of files; nothing happens where it is gone already."""
    try:
        if os.path.isdir(path):
            remove_all(path)
        else:
            os.unlink(path)
    except FileNotFoundError:
        pass
