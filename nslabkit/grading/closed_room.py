"""The closed room: where a replay can write nothing but in its own folder, and read no other's.

Made by root for each replay: process numbers and mounts of its own, all file systems read-only,
the homes, the submissions and the grader's output covered by empty folders, and a small file
system in memory as ``/tmp``.  All of it ends with the process that is in it.
"""

from __future__ import annotations

import os
import pwd
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.machine.system_calls import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    StageError,
    mount,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

WORK = Path("/tmp/replay")  # noqa: S108 - /tmp is the room's own
"""The replay's folder, in the room."""
_SIZE = 256 * 1024 * 1024  # bytes that a replay may write
_FILES = 20_000
_ALWAYS = (
    *("/home", "/root", "/media", "/mnt", "/srv"),
    *("/tmp", "/var/tmp", "/var/spool", "/var/mail"),  # noqa: S108 - they are covered, not used
)
_SYSTEM = ("/", "/bin", "/sbin", "/usr", "/lib", "/etc", "/dev", "/proc", "/sys", "/run", "/var")
_LEFT_ALONE = ("/proc", "/sys", "/dev", "/tmp")  # noqa: S108 - what is mounted there
_FIRST_PERSON = 1000  # UID_MIN of login.defs(5)
_ESCAPED = re.compile(r"\\(011|012|040|134)")  # how the kernel writes blanks and \
_FLAGS = {"nosuid": MS_NOSUID, "nodev": MS_NODEV, "noexec": MS_NOEXEC}


def close(hidden: Iterable[Path]) -> None:
    """Close the room around this process, which must have mounts of its own and be root.

    Parameters
    ----------
    hidden : iterable of Path
        What is to be out of sight besides everybody's homes.

    Raises
    ------
    StageError
        The kernel refuses it.
    """
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    kept = {path: os.open(path, os.O_PATH) for path in _needed()}
    for place in _places(hidden):
        _cover(place, kept)
    for descriptor in kept.values():
        os.close(descriptor)
    _make_read_only()


def become_nobody_else(account: pwd.struct_passwd) -> None:
    """Be an account without groups, environment or home but the room's; for a process just forked.

    Parameters
    ----------
    account : pwd.struct_passwd
        Who.
    """
    WORK.mkdir(mode=0o700)
    os.chown(WORK, account.pw_uid, account.pw_gid)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.umask(0o022)  # a server of the lessons reads pages as somebody else
    os.chdir(WORK)


def _needed() -> list[str]:
    """Return the folders of this Python and of the kit, which may lie in somebody's home."""
    found = {
        os.path.realpath(path)
        for path in (sys.prefix, sys.base_prefix, *_of_the_kit())
        if Path(path).is_dir()
    }
    return sorted(path for path in found if path not in _SYSTEM)


def _of_the_kit() -> list[str]:
    package = Path(__file__).resolve().parents[1]
    # A clone has notebooks and kernelspecs beside the package, a wheel inside of it.
    beside = [package.parent / name for name in ("notebooks", "kernels")]
    return [str(path) for path in (package, *beside)]


def _places(hidden: Iterable[Path]) -> list[str]:
    """Return the folders to cover, each before those that lie in it."""
    people = [entry.pw_dir for entry in pwd.getpwall() if entry.pw_uid >= _FIRST_PERSON]
    places = [*_ALWAYS, *people, *map(str, hidden), *_on_the_way()]
    wanted = {os.path.realpath(path) for path in places}
    return sorted(path for path in wanted if path not in _SYSTEM and Path(path).is_dir())


def _on_the_way() -> list[str]:
    """Return the folders that lead to the kit and are closed to others: a cover lets them pass."""
    above = {parent for path in _needed() for parent in Path(path).parents}
    return [str(one) for one in above if not one.stat().st_mode & stat.S_IXOTH]


def _cover(place: str, kept: dict[str, int]) -> None:
    """Mount an empty folder over `place`, and put back what of it is needed."""
    if place in kept or not Path(place).is_dir():
        return  # the kit itself, which is read-only as all else; or out of sight already
    if place == "/tmp":  # noqa: S108 - the room's own
        options = f"mode=1777,size={_SIZE},nr_inodes={_FILES}"
    else:
        options = "mode=755,size=64k"
    mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, options)
    for path, descriptor in kept.items():
        if _is_in(path, place):
            Path(path).mkdir(parents=True, exist_ok=True)
            mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND | MS_REC)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _make_read_only() -> None:
    for place, options in _mounts():
        if any(_is_in(place, one) for one in _LEFT_ALONE):
            continue
        flags = sum(flag for name, flag in _FLAGS.items() if name in options)
        try:
            mount(None, place, None, MS_REMOUNT | MS_BIND | MS_RDONLY | flags)
        except StageError:
            if place == "/":
                raise
            # Covered by a later mount, so out of reach: its path leads elsewhere.


def _mounts() -> list[tuple[str, list[str]]]:
    """Return where something is mounted, with its options (``proc_pid_mountinfo(5)``)."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        fields = line.split()
        place = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4])
        found.append((place, fields[5].split(",")))
    return found
