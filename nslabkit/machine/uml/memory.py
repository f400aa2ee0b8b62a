"""The guest's memory: how much does it get?

What a container's control group allows (``memory.max`` of cgroup v2, ``memory.limit_in_bytes`` of
v1) and what the machine has free, whichever is less.  Half of it stays for Jupyter and its
browser connection.  The guest takes only what it uses: the number is where it ends.  What guests
that run may still take counts as taken, so that several do not share the same free memory.
"""

from __future__ import annotations

import os

MIB = 1024 * 1024
WANTED = 512 * MIB
# Linux itself, the notebook's kernel and a figure took 131 MiB; a lesson's programs need some too.
MINIMUM = 192 * MIB
_V2, _V1 = ("memory.max",), ("memory", "memory.limit_in_bytes")
_PLACES = ("/dev/shm", "/tmp", "/var/tmp")  # noqa: S108 - the file is made without a name


def for_guest(groups: str = "/sys/fs/cgroup", proc: str = "/proc") -> int:
    """Return how many bytes the guest may have; less than `MINIMUM` is too little to start.

    Parameters
    ----------
    groups, proc : str
        Where the control groups and the kernel's answers are.
    """
    known = [_half(limit) for limit in _limits(groups, proc)]
    free = _available(proc)
    if free is not None:
        # Something must be left for everybody else.
        known.append(free - promised(proc) - 64 * MIB)
    return max(0, min([WANTED, *known])) // MIB * MIB


def promised(proc: str = "/proc") -> int:
    """Return how many bytes running guests may still take of the memory that was given to them.

    A guest's process 1 has ``mem=`` on its command line and a launcher for its parent; its other
    processes are its children and share its memory (``RssShmem``, ``proc_pid_status(5)``).
    """
    given = {}
    for pid in filter(str.isdigit, os.listdir(proc)):
        size = _given(_read(f"{proc}/{pid}/cmdline"))
        if size:
            given[pid] = size, _status(f"{proc}/{pid}")
    left = 0
    for size, status in given.values():
        if status.get("PPid") not in given:
            left += max(0, size - int(status.get("RssShmem", "0 kB").split()[0]) * 1024)
    return left


def _given(command: str) -> int:
    """Return the bytes of ``mem=`` on a guest's command line; 0 if it is another program's."""
    words = command.split("\0")
    sizes = [word[4:-1] for word in words if word.startswith("mem=") and word.endswith("M")]
    is_guest = any(word.startswith("init=") for word in words)
    return int(sizes[0]) * MIB if is_guest and sizes and sizes[0].isdigit() else 0


def _status(folder: str) -> dict[str, str]:
    lines = _read(f"{folder}/status").splitlines()
    return {name: text.strip() for name, _colon, text in (line.partition(":") for line in lines)}


def place(size: int, places: tuple[str, ...] = _PLACES) -> str | None:
    """Return a folder for the file that is the guest's memory, None where there is none.

    The kernel runs programs straight from that file, so a folder mounted ``noexec`` is of no use,
    as containers' ``/dev/shm`` are; one in memory is quicker than one on a disk.

    Parameters
    ----------
    size : int
        Bytes that must fit.
    places : tuple of str
        Folders to try, the best first; ``NSLAB_TMP`` and ``TMPDIR`` are asked after the first.
    """
    wished = [os.environ.get(name, "") for name in ("NSLAB_TMP", "TMPDIR")]
    for folder in dict.fromkeys([places[0], *wished, *places[1:]]):
        if folder and _has_room(folder, size) and _may_execute(folder):
            return folder
    return None


def _half(limit: int) -> int:
    return limit // 2


def _limits(groups: str, proc: str) -> list[int]:
    """Return the limits of our control group and of those above it, as far as they are shown."""
    found = []
    for line in _read(f"{proc}/self/cgroup").splitlines():
        _number, controllers, path = line.split(":", 2)
        name = _V1 if "memory" in controllers.split(",") else _V2
        if controllers and name is _V2:
            continue  # a hierarchy of version 1 that does not count memory
        parts = [part for part in path.split("/") if part not in ("", "..")]
        for depth in range(len(parts) + 1):
            text = _read("/".join([groups, *name[:-1], *parts[:depth], name[-1]])).strip()
            if text.isdigit():
                found.append(int(text))
    return found


def _available(proc: str) -> int | None:
    for line in _read(f"{proc}/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _has_room(folder: str, size: int) -> bool:
    try:
        seen = os.statvfs(folder)
    except OSError:
        return False
    return seen.f_bavail * seen.f_frsize - promised() >= size


def _may_execute(folder: str) -> bool:
    """Try what the kernel will do: map a nameless file there so that it can be executed."""
    import mmap

    try:
        file = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    except OSError:
        return False
    try:
        os.truncate(file, mmap.PAGESIZE)
        with mmap.mmap(file, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_EXEC):
            return True
    except OSError:
        return False
    finally:
        os.close(file)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""  # this machine does not count it
