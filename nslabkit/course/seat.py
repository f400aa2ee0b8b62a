"""How does a participant's row get into the class folder?

The file is made beside its final name and renamed, so a reader sees the old row or the new one.
The folder's setgid bit gives the file to the instructor's group (``inode(7)``); mode 0640 lets
that group read it and nobody else.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.accounts import own_account

if TYPE_CHECKING:
    from nslabkit.course.standing import Standing

__all__ = ["exists", "write"]

_SHARED, _PRIVATE = 0o640, 0o600


def write(folder: str, standing: Standing) -> None:
    """Replace this account's row in `folder`.

    Raises
    ------
    OSError
        The folder is gone or not writable, or somebody else's file is in the way.
    """
    participant = own_account()
    row = {"participant": participant, **standing.as_json()}
    content = json.dumps(row, ensure_ascii=False).encode()
    # O_PATH: a participant may enter the folder and write into it, but not list it.
    directory = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _replace(directory, f"{participant}.json", content)
    finally:
        os.close(directory)


def exists(folder: str) -> bool:
    """Whether this account has a file in `folder` (not a link)."""
    try:
        found = Path(folder, f"{own_account()}.json").lstat()
    except FileNotFoundError:
        return False
    return found.st_uid == os.geteuid()


def _replace(directory: int, name: str, content: bytes) -> None:
    passing = f".{name}.{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(passing, flags, _PRIVATE, dir_fd=directory)
    try:
        os.write(file, content)
        # Without the setgid bit the file would be shown to the participant's own group instead,
        # which may be all participants.
        given = os.fstat(file).st_gid == os.fstat(directory).st_gid
        os.fchmod(file, _SHARED if given else _PRIVATE)
        os.rename(passing, name, src_dir_fd=directory, dst_dir_fd=directory)
    except OSError:
        os.unlink(passing, dir_fd=directory)
        raise
    finally:
        os.close(file)
