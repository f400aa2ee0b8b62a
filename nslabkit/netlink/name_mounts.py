"""Names of network namespaces: mounts in ``/run/netns``, made and removed.

As ``ip-netns(8)`` does it: the name is a file in ``/run/netns`` onto which the namespace is
mounted.  The mount keeps the namespace alive with no process in it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
from pathlib import Path

from nslabkit.base import own_machine
from nslabkit.netlink.worker import in_new_namespace

FOLDER = "/run/netns"

_libc = ctypes.CDLL(None, use_errno=True)
_BIND, _RECURSIVE, _SHARED, _DETACH = 0x1000, 0x4000, 0x100000, 2


def create(path: str) -> None:
    """Make a new network namespace and mount it at `path`: all of it or nothing."""
    own_machine.refuse_outside("ip netns add")
    _prepare_folder()
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0))
    try:
        in_new_namespace(lambda: _mount("/proc/thread-self/ns/net", path, _BIND))
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(path).unlink()
        raise


def destroy(path: str) -> None:
    """Take the mount away and the file; the namespace goes when nobody else holds it."""
    own_machine.refuse_outside("ip netns del")
    Path(path).lstat()  # a missing name is told apart from what umount would say of it
    if _libc.umount2(os.fsencode(path), _DETACH) != 0:
        number = ctypes.get_errno()
        if number not in {_NOT_MOUNTED, errno.ENOENT}:  # ENOENT: a link to a name that has gone
            raise OSError(number, os.strerror(number), path)
    Path(path).unlink()


_NOT_MOUNTED = 22  # EINVAL: a plain file, left behind by something that was cut short


def _prepare_folder() -> None:
    """Make ``/run/netns`` a shared mount: what is named here is then seen and removable there."""
    try:
        _mount("", FOLDER, _SHARED | _RECURSIVE)
    except FileNotFoundError:
        Path(FOLDER).mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        if error.errno != _NOT_MOUNTED:
            raise
    else:
        return
    with contextlib.suppress(OSError):  # a mount of its own may have been made meanwhile
        _mount("", FOLDER, _SHARED | _RECURSIVE)
        return
    _mount(FOLDER, FOLDER, _BIND | _RECURSIVE)
    _mount("", FOLDER, _SHARED | _RECURSIVE)


def _mount(source: str, target: str, flags: int) -> None:
    status = _libc.mount(
        os.fsencode(source), os.fsencode(target), b"none", ctypes.c_ulong(flags), None
    )
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def named() -> dict[str, int]:
    """Return the names in ``/run/netns`` with the inode of the namespace mounted on each.

    All of them by reading one file (``proc_pid_mountinfo(5)``): no namespace is opened.
    """
    with open("/proc/self/mountinfo", "rb") as mounts:  # noqa: PTH123 - read for each change
        return names_in(mounts.read())


def names_in(mounts: bytes) -> dict[str, int]:
    """Return the same from what ``/proc/self/mountinfo`` says; a later mount hides an earlier."""
    names = {}
    for line in mounts.splitlines():
        if b" net:[" not in line:
            continue
        mount = _NAMED.match(line)
        if mount:
            names[os.fsdecode(_ESCAPED.sub(_unescaped, mount[2]))] = int(mount[1])
    return names


# Mount's id, parent's id, device, root, where it is mounted.
_NAMED = re.compile(
    rb"\S+ \S+ \S+ net:\[([0-9]{1,20})\] " + re.escape(os.fsencode(FOLDER)) + rb"/([^ /]+) "
)
_ESCAPED = re.compile(rb"\\(011|012|040|043|134)")  # how the file writes blanks, # and \


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 8)])
