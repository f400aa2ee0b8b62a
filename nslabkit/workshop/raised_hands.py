"""Raised hands: who asks the instructor to come?

A hand is a file in the workshop's folder ``hands``, which is set up as the class folder is
(`nslabkit.classroom.class_folder`): everybody may put their own in, only the instructor's group
may look.  A hand counts if its file belongs to the account of its name.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from nslabkit.base.accounts import account, own_account

FOLDER = "NSLAB_HANDS"
"""The variable that tells a learner's server where hands are raised."""


def _own() -> Path | None:
    folder = os.environ.get(FOLDER)
    return Path(folder, own_account()) if folder else None


def is_up() -> bool:
    """Whether this account's hand is up."""
    path = _own()
    try:
        return path is not None and path.lstat().st_uid == os.geteuid()
    except OSError:
        return False


def lift() -> None:
    """Raise the hand.

    Raises
    ------
    OSError
        The folder is gone, or somebody else's file is in the way.
    """
    path = _own()
    if path is not None and not is_up():
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        hand = os.open(path, flags, 0o640)
        os.fchmod(hand, 0o640)  # for the instructor's group, whatever the umask
        os.close(hand)


def lower() -> None:
    """Take the hand down."""
    path = _own()
    if path is not None:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def up(folder: Path) -> dict[str, float]:
    """Return whose hands are up in `folder`, with when they were raised (seconds of the epoch).

    Raises
    ------
    OSError
        It cannot be listed.
    """
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                seen = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(seen.st_mode) and entry.name == account(seen.st_uid):
                    found[entry.name] = seen.st_mtime
    return found
