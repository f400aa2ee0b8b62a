"""A participant's seat: how their row gets into the class folder.

The file is replaced as a whole, so a reader sees the old row or the new one.
The folder's setgid bit gives the file to the instructor's group (``inode(7)``); mode 0640 lets
that group read it and nobody else.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base import files
from nslabkit.base.accounts import own_account

if TYPE_CHECKING:
    from nslabkit.course.standing import Standing

PARTICIPANT = "NSLAB_PARTICIPANT"
"""The variable that tells a lesson's kernel the account of its learner, outside of the sandbox."""

_SHARED, _PRIVATE = 0o640, 0o600


def write(folder: str, standing: Standing) -> None:
    """Replace this account's row in `folder`.

    Raises
    ------
    OSError
        The folder is gone or not writable, or somebody else's file is in the way.
    """
    # In a sandbox within a sandbox, the map of users leads out of the inner one only.  Who names
    # another here gains nothing: a row counts if its file belongs to the account of its name.
    participant = os.environ.get(PARTICIPANT) or own_account()
    row = {"participant": participant, **standing.as_json()}
    with files.replacing(Path(folder, f"{participant}.json")) as file:
        file.write(json.dumps(row, ensure_ascii=False).encode())
        # Without the setgid bit the file would be shown to the participant's own group instead,
        # which may be all participants.
        given = os.fstat(file.fileno()).st_gid == Path(folder).stat().st_gid
        os.fchmod(file.fileno(), _SHARED if given else _PRIVATE)


def exists(folder: str) -> bool:
    """Whether this account has a file in `folder` (not a link)."""
    try:
        found = Path(folder, f"{own_account()}.json").lstat()
    except FileNotFoundError:
        return False
    return found.st_uid == os.geteuid()
