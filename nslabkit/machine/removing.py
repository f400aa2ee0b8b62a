"""Removal of a folder that somebody else may be removing, or filling, at the same moment.

The server and the launcher both tidy up when a kernel ends, whichever of them is alive: neither
may stop half-way because the other was quicker with one of the files.  What cannot be removed (a
file of somebody else, a folder without permission) stays, and keeps no kernel from starting.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["remove_all"]


def remove_all(folder: str) -> None:
    """Remove a folder with all that is in it, as far as it lets itself be removed.

    A symbolic link is removed, not followed: also where `folder` itself is one.
    """
    if os.path.islink(folder):
        _if_possible(os.unlink, folder)
        return
    for where, folders, files in os.walk(folder, topdown=False):
        for name in files:
            _if_possible(os.unlink, os.path.join(where, name))
        for name in folders:
            path = os.path.join(where, name)
            _if_possible(os.unlink if os.path.islink(path) else os.rmdir, path)
    _if_possible(os.rmdir, folder)


def _if_possible(remove: Callable[[str], None], path: str) -> None:
    try:
        remove(path)
    except OSError:
        pass  # gone already, or not ours to remove
