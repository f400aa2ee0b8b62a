"""Accounts: whose is this, as the machine outside the sandbox knows it?"""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path

_UID_MAP = Path("/proc/self/uid_map")


def account(uid: int) -> str:
    """Return the name of the account `uid`, or the number where it has no usable name."""
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
    usable = name.isprintable() and "/" not in name and not name.startswith(".")
    return name if usable else str(uid)


def own_account(uid_map: Path = _UID_MAP) -> str:
    """Return the account that this process runs as, even if it is root of a sandbox.

    Inside a user namespace the uid is that of the inside; its map leads back to the outside
    (``user_namespaces(7)``: first number inside, first number outside, how many).
    """
    uid = os.geteuid()
    for line in uid_map.read_text().splitlines():
        inside, outside, count = (int(word) for word in line.split())
        if inside <= uid < inside + count:
            return account(outside + uid - inside)
    return account(uid)


def group(gid: int) -> str:
    """Return the name of the group `gid`, or the number where it has none."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def members(gid: int) -> list[str]:
    """Return the accounts in the group `gid`, sorted: by the group's list or as their own group.

    A directory service may not list all of its accounts; then these are the known ones.
    """
    try:
        listed = set(grp.getgrgid(gid).gr_mem)
    except KeyError:
        listed = set()
    return sorted(listed | {entry.pw_name for entry in pwd.getpwall() if entry.pw_gid == gid})
