"""Real root's notebook with numbers that own nothing outside, and root's files all the same.

Under the map `full` the notebook's root is the machine's: ``/proc/sys``, ``/sys``, the control
groups and the devices obey it, because the Linux kernel compares numbers there.  Here the number
is another one, and the file systems are mounted with the numbers shifted back
(``mount_setattr(2)``, `MOUNT_ATTR_IDMAP`, Linux 5.12), so that files are root's as before.
Everything else is refused by the kernel's ordinary permissions, which nothing inside can undo.
"""

from __future__ import annotations

import os
import signal

from nslabkit.machine.system_calls import (
    MNT_DETACH,
    MS_REC,
    MS_SLAVE,
    StageError,
    clone_tree,
    join_namespace,
    mount,
    move_tree,
    pivot_root,
    set_dumpable,
    shift_tree,
    umount,
    unshare,
    write_map,
)

# Above every number that anybody is given (systemd's UIDS-GIDS.md), below what is no number.
FIRST, COUNT = 1 << 31, (1 << 31) - 2
_PLACE = "/tmp"  # noqa: S108 - where the new tree stands for a moment, seen by this process alone
_LINUX_OWN = ("/proc", "/sys", "/dev")  # never shifted: the kernel's own, and what it protects
# /run is covered by the notebook's own; names of network namespaces in it cannot be copied.
_HIDDEN = ("/run",)


def enter(needed_paths: tuple[str, ...]) -> bool:
    """Enter a user namespace of shifted numbers, with the machine's files as root sees them.

    Parameters
    ----------
    needed_paths : tuple of str
        What the notebook must be able to write: each must lie where numbers can be shifted.

    Returns
    -------
    bool
        False if this machine cannot do it (Linux before 5.12, a root file system such as
        overlayfs); nothing has changed then but this process's mount namespace.
    """
    descriptor = _user_namespace()
    if descriptor < 0:
        return False
    folder = os.getcwd()
    try:
        unshare("mnt")
        mount(None, "/", None, MS_REC | MS_SLAVE)
        trees = _trees(descriptor)
        if not _all_shifted(needed_paths, trees):
            return False
        _make_root_of(trees)
        os.chdir(folder)
        join_namespace(descriptor, "user")
    except (StageError, OSError):
        return False
    finally:
        os.close(descriptor)
    os.setgroups([])
    os.setgid(0)
    os.setuid(0)
    set_dumpable()  # or /proc/self would be the machine's root's, who may not be asked any more
    return True


def _user_namespace() -> int:
    """Return a descriptor of a new user namespace with the shifted map, -1 if it is refused."""
    ready_read, ready_write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            unshare("user")
            os.write(ready_write, b"x")
            signal.pause()
        finally:
            os._exit(1)
    os.close(ready_write)
    try:
        if not os.read(ready_read, 1):
            return -1
        for name in ("uid_map", "gid_map"):
            write_map(f"/proc/{child}/{name}", f"0 {FIRST} {COUNT}")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY)
    except (StageError, OSError):
        return -1
    finally:
        os.close(ready_read)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _trees(user_namespace: int) -> dict[str, tuple[int, bool]]:
    """Return mount point -> copy of what is mounted there, and whether its numbers are shifted."""
    trees = {}
    for point in _mount_points():
        own = point in _LINUX_OWN
        try:
            tree = clone_tree(point, recursive=own)
        except StageError:
            continue  # covered by another mount, or gone
        trees[point] = tree, not own and shift_tree(tree, user_namespace)
    return trees


def _mount_points() -> list[str]:
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        found = {_plain(line.split()[4]) for line in file}
    return sorted(
        point
        for point in found
        if not _below(point, (*_LINUX_OWN, *_HIDDEN)) and point not in _HIDDEN
    )


def _plain(text: str) -> str:
    """Undo the escapes of ``proc_pid_mountinfo(5)``."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text


def _below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _all_shifted(paths: tuple[str, ...], trees: dict[str, tuple[int, bool]]) -> bool:
    if "/" not in trees:
        return False  # in a machine in a machine: what is locked there cannot be copied
    for path in ["/", *paths]:
        real = os.path.realpath(path)
        if _below(real, _HIDDEN):
            continue  # carried over by itself
        while real not in trees:
            real = os.path.dirname(real)
        if not trees[real][1]:
            return False
    return True


def _make_root_of(trees: dict[str, tuple[int, bool]]) -> None:
    """Put the copies together to one tree and make it this process's root."""
    for point, (tree, _shifted) in trees.items():  # sorted: a folder before what lies in it
        try:
            move_tree(tree, _PLACE if point == "/" else f"{_PLACE}{point}")
        except StageError:
            if point == "/":
                raise  # anything else has no place in the new tree: covered by another mount
        os.close(tree)
    os.chdir(_PLACE)
    pivot_root(".", ".")
    umount(".", MNT_DETACH)
    os.chdir("/")
