"""Processes: which exist, which namespace each is in, and how to end one for certain.

A process id is used again after its process; together with its start time it names one process
(``proc_pid_stat(5)``, field 22).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from pathlib import Path
from typing import NamedTuple

_STATE, _STARTED = 0, 19  # fields of /proc/PID/stat counted from behind the command's name


class Process(NamedTuple):
    """A process id, and when it started, in clock ticks since the machine did."""

    pid: int
    started: int


def running() -> set[Process]:
    """Return the processes that can be seen, those that have ended but are not reaped excepted."""
    processes = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            process = of(int(entry.name))
            if process is not None:
                processes.add(process)
    return processes


def of(pid: int) -> Process | None:
    """Return the process that has the id `pid` now; None where there is none, or it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:  # ended meanwhile
        return None
    return None if fields[_STATE] == b"Z" else Process(pid, int(fields[_STARTED]))


def network(pid: int) -> int | None:
    """Return the inode of a process's network namespace; None where it may not be seen."""
    try:
        return Path(f"/proc/{pid}/ns/net").stat().st_ino
    except OSError:  # ended meanwhile, or another user's
        return None


def end(processes: list[Process], patience: float) -> None:
    """Ask processes to end; make those end that have not after `patience` seconds."""
    descriptors = [held for process in processes if (held := _hold(process)) is not None]
    left = descriptors
    try:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for descriptor in left:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(descriptor, number)
            left = _left_after(left, patience)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _hold(process: Process) -> int | None:
    """Return a descriptor that stays this very process's; None where it has ended."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        return None
    if of(process.pid) == process:
        return descriptor
    os.close(descriptor)
    return None


def _left_after(descriptors: list[int], seconds: float) -> list[int]:
    """Wait until all have ended, or the time is over; return those that have not."""
    deadline = time.monotonic() + seconds
    left = set(descriptors)
    poll = select.poll()
    for descriptor in left:
        poll.register(descriptor, select.POLLIN)
    while left and time.monotonic() < deadline:
        for descriptor, _event in poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            poll.unregister(descriptor)
            left.discard(descriptor)
    return sorted(left)
