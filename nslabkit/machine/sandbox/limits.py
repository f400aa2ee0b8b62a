"""Limits on a notebook's processes, memory and namespaces, and how they are set without privilege.

They hold back mistakes, not intent: a fork bomb, a list that never ends, a loop around ``ip netns
add``.  ``NSLAB_LIMITS=off`` takes all of them away.  Each belongs to the sandbox and ends with it.
"""

from __future__ import annotations

import os
import resource

VARIABLE = "NSLAB_LIMITS"
MIB = 1024 * 1024
_NAMESPACES_FOLDER = "/proc/sys/user"
_PID_MAX = "/proc/sys/kernel/pid_max"
_COUNTED_PER_SANDBOX = (5, 14)  # Linux: before, RLIMIT_NPROC counted all that the user runs
_PIDS_PER_SANDBOX = (6, 14)  # before, kernel.pid_max was the whole machine's
_LEAST_PER_PROCESS = 1024 * MIB


class Limits:
    """What one notebook may take; no dataclass, for loading those takes as long as the launcher.

    Attributes
    ----------
    processes : int
        Processes and threads of one user of the sandbox (``RLIMIT_NPROC``).
    pids : int
        Numbers for all processes together (``kernel.pid_max`` of the PID namespace).
    namespaces : int
        Network namespaces, and of each other kind as many (``user.max_net_namespaces``).
    run, logs, shared : int
        Bytes in ``/run``, in each folder of logs, and in ``/dev/shm``.
    process_memory : int
        Bytes of data of one process (``RLIMIT_DATA``).
    blame : int
        Added to how likely the out-of-memory killer takes a process of the notebook first, in
        thousandths (``oom_score_adj``, ``proc_pid_oom_score_adj(5)``).
    """

    processes = 512
    pids = 4096
    namespaces = 512
    run = 128 * MIB
    logs = 32 * MIB
    shared = 256 * MIB
    blame = 500

    def __init__(self, process_memory: int) -> None:
        self.process_memory = process_memory


def from_environment() -> Limits | None:
    """Return the limits in force for a notebook of this environment, None if they are off."""
    if os.environ.get(VARIABLE) == "off":
        return None
    return Limits(_half_of_memory())


def _half_of_memory() -> int:
    """Return half of the machine's memory, in bytes, but never so little that nothing works."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(_LEAST_PER_PROCESS, total // 2 // MIB * MIB)


def set_on_processes(limits: Limits | None) -> None:
    """Limit this process, its children and its PID namespace, which the caller must own.

    Of what is stricter already nothing changes.
    """
    if limits is None:
        return
    _lower(resource.RLIMIT_DATA, limits.process_memory)
    if _linux() >= _COUNTED_PER_SANDBOX:
        _lower(resource.RLIMIT_NPROC, limits.processes)
    with open("/proc/self/oom_score_adj", "r+", encoding="ascii") as file:
        blame = max(int(file.read()), limits.blame)
        file.seek(0)
        file.write(str(blame))
    if _linux() >= _PIDS_PER_SANDBOX:
        _write(_PID_MAX, limits.pids)


def set_on_namespaces(limits: Limits | None) -> None:
    """Limit what the sandbox's own namespaces count; called in the inner user namespace."""
    if limits is None:
        return
    for name in os.listdir(_NAMESPACES_FOLDER):
        if name.endswith("_namespaces"):
            _write(f"{_NAMESPACES_FOLDER}/{name}", limits.namespaces)


def _lower(which: int, wanted: int) -> None:
    soft, hard = resource.getrlimit(which)
    limit = min([number for number in (soft, hard) if number != resource.RLIM_INFINITY] + [wanted])
    resource.setrlimit(which, (limit, limit))


def _write(path: str, number: int) -> None:
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(str(number))
    except OSError:
        pass  # a container shows its settings to nobody: the machine's own limit stays


def _linux() -> tuple[int, int]:
    major, minor = os.uname().release.split(".")[:2]
    digits = "".join(character for character in minor if character.isdigit())
    return int(major), int(digits)
