"""How is a folder removed that somebody else may be removing at the same moment?

The server and the launcher both tidy up when a kernel ends, whichever of them is alive: neither
may stop half-way because the other was quicker with one of the files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["remove_all"]


def remove_all(folder: str) -> None:
    """Remove a folder with all that is in it; what is gone already is no hindrance."""
    for where, folders, files in os.walk(folder, topdown=False):
        for name in files:
            _unless_gone(os.unlink, os.path.join(where, name))
        for name in folders:
            _unless_gone(os.rmdir, os.path.join(where, name))
    _unless_gone(os.rmdir, folder)


def _unless_gone(remove: Callable[[str], None], path: str) -> None:
    try:
        remove(path)
    except FileNotFoundError:
        pass
