"""What does the new machine look like: its mounts, host name and loopback?

Called as process 1 of the new PID namespace, before the kernel starts.
"""

from __future__ import annotations

import os

from nslabkit.machine import boot
from nslabkit.machine.system_calls import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_RDONLY,
    MS_REC,
    MS_SLAVE,
    StageError,
    mount,
    set_host_name,
    set_loopback_up,
)

HOST_NAME = "lab"
# A folder of programs that exist in sandboxes only; /run is the sandbox's own.
SHIMS = "/run/nslab/bin"
_STRICT = MS_NOSUID | MS_NODEV | MS_NOEXEC
# Where daemons write that a learner starts: emptied, so that they neither need root's
# permission nor leave anything on the host.
_EMPTIED = ("/var/log", "/var/lib/nginx", "/var/lib/dhcp")


def set_up(needed_paths: list[str], places: tuple[str, ...] = ("/run",)) -> None:
    """Turn the new namespaces into the machine that a lesson expects.

    Parameters
    ----------
    needed_paths : list of str
        Paths that must stay what they are even if they lie in one of `places`.
    places : tuple of str
        Folders that are emptied.
    """
    mount(None, "/", None, MS_REC | MS_SLAVE)  # nothing mounted from here on is seen outside
    _mount_proc_and_sys()
    for place in places:
        _empty(place, needed_paths)
    for folder in _EMPTIED:
        if os.path.isdir(folder):
            mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    for folder in ("/run/netns", "/run/lock", "/var/log/nginx"):
        os.makedirs(folder, exist_ok=True)
    set_host_name(HOST_NAME)
    set_loopback_up()
    _install_sudo()


def _mount_proc_and_sys() -> None:
    mount("proc", "/proc", "proc", _STRICT)
    try:
        groups = os.open("/sys/fs/cgroup", os.O_PATH)
    except OSError:
        groups = -1  # no control groups: nothing to keep
    if _mount_sys() and groups >= 0:
        try:
            mount(f"/proc/self/fd/{groups}", "/sys/fs/cgroup", None, MS_BIND | MS_REC)
        except StageError:
            pass  # the kernel's view of control groups is a convenience, not a need
    if groups >= 0:
        os.close(groups)


def _mount_sys() -> bool:
    """Show this machine's own interfaces in ``/sys/class/net``, where the kernel allows it.

    Where it does not (some containers), the host's ``/sys`` stays: no command of the lessons
    reads it.
    """
    for flags in (_STRICT, _STRICT | MS_RDONLY):
        try:
            mount("sysfs", "/sys", "sysfs", flags)
        except StageError:
            continue
        return True
    return False


def _empty(place: str, needed_paths: list[str]) -> None:
    """Give the folder `place` to this machine alone, with the needed paths as they were.

    In ``/run/netns`` ``ip netns`` keeps names: the host's are hidden and ours are our own.
    """
    kept = {}
    for path in needed_paths:
        real = os.path.realpath(path)
        if real.startswith(f"{place}/") and real not in kept and os.path.exists(real):
            kept[real] = os.open(real, os.O_PATH)
    mode = "mode=1777" if place == "/tmp" else "mode=755"  # noqa: S108 - this is about that folder
    mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, mode)
    own_run = place == "/run" and os.path.realpath("/var/run") != "/run"
    if own_run and os.path.isdir("/var/run"):
        mount("/run", "/var/run", None, MS_BIND)
    for path in sorted(kept):  # a folder before what lies in it
        _bind(kept[path], path)
        os.close(kept[path])


def _bind(descriptor: int, path: str) -> None:
    source = f"/proc/self/fd/{descriptor}"
    if os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o644))
    mount(source, path, None, MS_BIND | MS_REC)


def _install_sudo() -> None:
    """Put a ``sudo`` on the sandbox's PATH that runs its arguments (`sudo.py`)."""
    import sys

    words = " ".join(_quoted(word) for word in (sys.executable, "-I", "-S", boot.PATH, "sudo"))
    os.makedirs(SHIMS, exist_ok=True)
    descriptor = os.open(f"{SHIMS}/sudo", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o755)
    os.write(descriptor, os.fsencode(f'#!/bin/sh\nexec {words} "$@"\n'))
    os.fchmod(descriptor, 0o755)
    os.close(descriptor)


def _quoted(word: str) -> str:
    """Return `word` so that ``sh`` takes it literally (``shlex.quote``, without its import)."""
    return "'" + word.replace("'", "'\"'\"'") + "'"
