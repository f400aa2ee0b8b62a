"""User id maps: which users exist inside the sandbox, and who are they outside?

Four maps (``user_namespaces(7)``):

===========  =============================================================================
``auto``     0 inside is the user outside, 1 and up are the user's sub-ids of ``/etc/subuid``
``self``     the user keeps the own number and has every capability (no sub-ids needed)
``shifted``  every number is another one outside, with root's files (`shifted_ids`); for root
``full``     every number is itself; only real root can have it
===========  =============================================================================

Without ``NSLAB_UIDMAP`` the best that works is taken: ``shifted`` for root, else ``full``; for
anybody else ``auto``, else ``self``.  A map that ``NSLAB_UIDMAP`` names is never replaced by
another.
"""

from __future__ import annotations

import os

from nslabkit.machine.system_calls import StageError, keep_capabilities, unshare, write_map

TYPE_CHECKING = False  # known to type checkers under this name; importing typing costs 9 ms
if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("auto", "self", "shifted", "full")
OF_ROOT = ("shifted", "full")
_LARGEST_RANGE = 65535
_FIRST_SUB_ID = 100000  # SUB_UID_MIN of login.defs(5)


def enter_user_namespace(wanted: str = "", needed_paths: tuple[str, ...] = ()) -> str:
    """Enter a new user namespace in which this process holds every capability.

    Parameters
    ----------
    wanted : str
        One of `KINDS`, or empty for the best that works.
    needed_paths : tuple of str
        What must be writable inside as it is outside.

    Returns
    -------
    str
        The kind of map in force.

    Raises
    ------
    StageError
        The kernel or the machine's settings refuse it.
    """
    uid, gid = os.geteuid(), os.getegid()  # asked first: inside, they are unknown until mapped
    if wanted not in ("", *KINDS) or (wanted in OF_ROOT and uid) or (wanted == "self" and not uid):
        raise StageError("map-choice", 0, wanted)
    if wanted in OF_ROOT or (not wanted and uid == 0):
        return _of_root(wanted, needed_paths)
    if wanted == "self":
        unshare("user")
        return _self(uid, gid)
    return _auto_or_self(uid, gid, strict=wanted == "auto")


def _of_root(wanted: str, needed_paths: tuple[str, ...]) -> str:
    if wanted != "full":
        from nslabkit.machine.sandbox import shifted_ids  # loaded by root only

        if shifted_ids.enter(needed_paths):
            return "shifted"
        if wanted:
            raise StageError("map-shifted", 0, wanted)
    return _full()


def enter_inner_user_namespace(kind: str) -> None:
    """Enter one more user namespace, of the same numbers, in which `kind` holds as before.

    Mounts that were made outside of it cannot be taken away or changed in a mount namespace of
    its own (``mount_namespaces(7)``, "locked").

    Raises
    ------
    StageError
        The kernel refuses it.
    """
    uid, gid = os.geteuid(), os.getegid()
    if kind == "self":
        unshare("user")
        _self(uid, gid)
    else:
        _full()


def _full() -> str:
    """Map every number that this namespace knows to itself.

    Only a process of the outer namespace may write such a map, so a forked one does.
    """
    maps = {name: _identity(name) for name in ("uid_map", "gid_map")}

    def write_maps(pid: int) -> bool:
        for name, text in maps.items():
            write_map(f"/proc/{pid}/{name}", text)
        return True

    if not _unshare_while_mapped_from_outside(write_maps):
        raise StageError("map", 0, "full")
    return "full"


def _auto_or_self(uid: int, gid: int, *, strict: bool) -> str:
    ranges = sub_id_ranges(uid)
    tools = _find("newuidmap"), _find("newgidmap")
    if ranges is None or not all(tools):
        if strict:
            missing = "sub-ids" if ranges is None else "newuidmap"
            raise StageError("map-auto", 0, missing)
        unshare("user")
        return _self(uid, gid)

    def call_tools(pid: int) -> bool:
        return all(
            _succeeds([tool, str(pid), "0", str(own), "1", "1", str(first), str(count)])
            for tool, own, (first, count) in zip(tools, (uid, gid), ranges, strict=True)
        )

    if _unshare_while_mapped_from_outside(call_tools):
        os.setgid(0)
        os.setuid(0)
        return "auto"
    if strict or _read("/proc/self/uid_map").strip():  # a map is written once and for all
        raise StageError("map-auto", 0, "newuidmap")
    return _self(uid, gid)


def _self(uid: int, gid: int) -> str:
    """Map the own number to itself; needs no privilege and no helper."""
    write_map("/proc/self/setgroups", "deny")
    write_map("/proc/self/uid_map", f"{uid} {uid} 1")
    write_map("/proc/self/gid_map", f"{gid} {gid} 1")
    keep_capabilities()
    return "self"


def _unshare_while_mapped_from_outside(write_maps: Callable[[int], bool]) -> bool:
    """Enter a new user namespace; a process that stays outside then calls `write_maps(our pid)`.

    Returns
    -------
    bool
        Whether the maps were written.
    """
    own_pid = os.getpid()
    go_read, go_write = os.pipe()
    helper = os.fork()
    if helper == 0:
        written = False
        try:
            os.close(go_write)
            written = os.read(go_read, 1) == b"x" and write_maps(own_pid)
        except (StageError, OSError):
            written = False
        finally:
            os._exit(0 if written else 1)
    os.close(go_read)
    try:
        unshare("user")
        os.write(go_write, b"x")
    finally:
        os.close(go_write)
        status = os.waitpid(helper, 0)[1]
    return status == 0


def sub_id_ranges(uid: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return (first, count) of the user's sub-uids and sub-gids, or None (``subuid(5)``)."""
    import pwd

    owners = {str(uid)}
    try:
        owners.add(pwd.getpwuid(uid).pw_name)
    except KeyError:
        pass  # a uid without a name, as in some containers: the number may still have sub-ids
    users, groups = _sub_id_range("/etc/subuid", owners), _sub_id_range("/etc/subgid", owners)
    if users is None or groups is None:
        return None
    return users, groups


def next_free_range(paths: tuple[str, ...] = ("/etc/subuid", "/etc/subgid")) -> str:
    """Return ``first-last`` of 65,536 numbers that nobody has in these files (``subuid(5)``)."""
    first = _FIRST_SUB_ID
    for path in paths:
        try:
            lines = _read(path).splitlines()
        except OSError:
            continue
        for line in lines:
            fields = line.strip().split(":")[1:]
            if len(fields) == 2 and all(field.isdigit() for field in fields):  # noqa: PLR2004 - first:count
                first = max(first, int(fields[0]) + int(fields[1]))
    return f"{first}-{first + _LARGEST_RANGE}"


def _sub_id_range(path: str, owners: set[str]) -> tuple[int, int] | None:
    try:
        lines = _read(path).splitlines()
    except OSError:
        return None
    for line in lines:
        fields = line.strip().split(":")
        if len(fields) == 3 and fields[0] in owners and fields[1].isdigit() and fields[2].isdigit():  # noqa: PLR2004 - owner:first:count
            return int(fields[1]), min(int(fields[2]), _LARGEST_RANGE)
    return None


def _identity(name: str) -> str:
    """Return the map of this namespace with each inside number as its own outside number."""
    lines = (line.split() for line in _read(f"/proc/self/{name}").splitlines())
    return "\n".join(f"{inside} {inside} {count}" for inside, _, count in lines)


def _find(program: str) -> str:
    for folder in (*os.get_exec_path(), "/usr/bin", "/usr/sbin"):
        path = f"{folder}/{program}"
        if os.access(path, os.X_OK):
            return path
    return ""


def _succeeds(command: list[str]) -> bool:
    silence = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=silence)
    return os.waitpid(pid, 0)[1] == 0


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
