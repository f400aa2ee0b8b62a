"""The new machine's mounts, host name and loopback.

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
    MS_REMOUNT,
    MS_SLAVE,
    StageError,
    mount,
    set_host_name,
    set_loopback_up,
)

TYPE_CHECKING = False  # known to type checkers under this name; importing typing costs 9 ms
if TYPE_CHECKING:
    from nslabkit.machine.sandbox.limits import Limits

HOST_NAME = "lab"
# A folder of programs that exist in sandboxes only; /run is the sandbox's own.
SHIMS = "/run/nslab/bin"
_COVERED = "/run/nslab/proc"
_STRICT = MS_NOSUID | MS_NODEV | MS_NOEXEC
# Where daemons write that a learner starts: emptied, so that they neither need root's
# permission nor leave anything on the host.
_SHARED = "/dev/shm"  # noqa: S108 - it is covered, not used
_FILES = 65536  # at most in each of them
_OWN_SETTINGS = ("net", "user")  # of /proc/sys: they belong to the namespaces
_DEVICES = (
    *("null", "zero", "full", "random", "urandom"),
    *("tty", "shm", "mqueue", "net/tun", "fuse"),
)
_EMPTIED = ("/var/log", "/var/lib/nginx", "/var/lib/dhcp")


def set_up(needed_paths: list[str], places: tuple[str, ...] = ("/run",)) -> None:
    """Turn new namespaces, or a Linux kernel of its own, into what a lesson expects, at once.

    Parameters
    ----------
    needed_paths : list of str
        Paths that must stay what they are even if they lie in one of `places`.
    places : tuple of str
        Folders that are emptied.
    """
    cover(needed_paths, None, places)
    show_own()


def cover(
    needed_paths: list[str], limits: Limits | None, places: tuple[str, ...] = ("/run",)
) -> None:
    """Cover what is the host's.

    Done before the inner user namespace is entered, in which none of it can be uncovered.
    """
    mount(None, "/", None, MS_REC | MS_SLAVE)  # nothing mounted from here on is seen outside
    mount("proc", "/proc", "proc", _STRICT)
    for place in places:
        _empty(place, needed_paths, limits.run if limits else 0)
    if limits and os.path.isdir(_SHARED):
        _empty(_SHARED, needed_paths, limits.shared)
    for folder in _EMPTIED:
        if os.path.isdir(folder):
            _mount_memory(folder, "mode=755", limits.logs if limits else 0)
    for folder in ("/run/netns", "/run/lock", "/var/log/nginx"):
        os.makedirs(folder, exist_ok=True)
    _make_runtime_folder()
    _install_sudo()


def show_own(*, protected: bool = False) -> None:
    """Show what belongs to the new namespaces, which this process must be in.

    Parameters
    ----------
    protected : bool
        Mount read-only what real root could change for the whole machine.  It keeps off mistakes:
        root may mount it anew.
    """
    _mount_sys_with_groups(protected=protected)
    if protected:
        _protect_settings()
    set_host_name(HOST_NAME)
    set_loopback_up()


def make_devices() -> None:
    """Leave of the machine's devices only those that belong to nobody: no disk, no memory."""
    kept = {name: os.open(f"/dev/{name}", os.O_PATH) for name in _DEVICES if _is_there(name)}
    mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=1m")
    for name, descriptor in kept.items():
        _bind(descriptor, f"/dev/{name}")
        os.close(descriptor)
    # Terminals of its own: the machine's would stay the machine's root's.
    os.mkdir("/dev/pts")
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "mode=620,ptmxmode=666")
    os.symlink("pts/ptmx", "/dev/ptmx")
    links = {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}
    for name, target in links.items():
        os.symlink(f"/proc/self/fd{target}", f"/dev/{name}")


def keep_a_whole_proc() -> None:
    """Mount ``/proc`` once more, out of reach, before parts of it are protected.

    The kernel allows a new ``/proc`` in a user namespace only where one that is visible in full is
    mounted already (``mount_namespaces(7)``): without it there is no machine in this machine.
    """
    whole = f"{_COVERED}/whole"
    os.makedirs(whole)
    mount("proc", whole, "proc", _STRICT)
    mount("tmpfs", _COVERED, "tmpfs", _STRICT | MS_RDONLY, "mode=000,size=4k")


def _is_there(name: str) -> bool:
    return os.path.exists(f"/dev/{name}")


def _protect_settings() -> None:
    for name in sorted(os.listdir("/proc/sys")):
        if name not in _OWN_SETTINGS:
            _make_read_only(f"/proc/sys/{name}")
    if os.path.exists("/proc/sysrq-trigger"):
        _make_read_only("/proc/sysrq-trigger")


def _make_read_only(path: str) -> None:
    mount(path, path, None, MS_BIND | MS_REC)
    mount(None, path, None, MS_REMOUNT | MS_BIND | MS_RDONLY | _STRICT)


def _make_runtime_folder() -> None:
    """Make ``XDG_RUNTIME_DIR`` anew: the login's own holds the sockets of its services."""
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if folder.startswith("/run/"):
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        os.makedirs(folder, mode=0o700, exist_ok=True)


def _mount_sys_with_groups(*, protected: bool) -> None:
    try:
        groups = os.open("/sys/fs/cgroup", os.O_PATH)
    except OSError:
        groups = -1  # no control groups: nothing to keep
    if _mount_sys(protected=protected) and groups >= 0:
        try:
            mount(f"/proc/self/fd/{groups}", "/sys/fs/cgroup", None, MS_BIND | MS_REC)
        except StageError:
            pass  # the kernel's view of control groups is a convenience, not a need
    if groups >= 0:
        os.close(groups)


def _mount_sys(*, protected: bool) -> bool:
    """Show this machine's own interfaces in ``/sys/class/net``, where the kernel allows it.

    Where it does not (some containers), the host's ``/sys`` stays: no command of the lessons
    reads it.
    """
    read_only = _STRICT | MS_RDONLY
    for flags in (read_only,) if protected else (_STRICT, read_only):
        try:
            mount("sysfs", "/sys", "sysfs", flags)
        except StageError:
            continue
        return True
    return False


def _mount_memory(folder: str, mode: str, size: int) -> None:
    """Mount an empty file system in memory; `size` in bytes, 0 for the kernel's own limit."""
    limit = f",size={size},nr_inodes={_FILES}" if size else ""
    mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, mode + limit)


def _empty(place: str, needed_paths: list[str], size: int) -> None:
    """Give the folder `place` to this machine alone, with the needed paths as they were.

    In ``/run/netns`` ``ip netns`` keeps names: the host's are hidden and ours are our own.
    """
    kept = {}
    for path in needed_paths:
        real = os.path.realpath(path)
        if real.startswith(f"{place}/") and real not in kept and os.path.exists(real):
            kept[real] = os.open(real, os.O_PATH)
    _mount_memory(place, "mode=755" if place == "/run" else "mode=1777", size)
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
