"""Leaving a machine: its folder is removed, and the terminal given back.

The server and the launcher both tidy up when a kernel ends, whichever of them is alive: neither
may stop half-way because the other was quicker with one of the files.  A shell in a machine takes
the terminal's foreground for itself (``tcsetpgrp(3)``); if it is killed it cannot return it, and
whoever reads from the terminal next would be stopped.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["foreground_group", "give_back", "remove_all"]


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


def foreground_group() -> int | None:
    """Return the process group in the foreground of our terminal, None without a terminal."""
    try:
        return os.tcgetpgrp(0)
    except OSError:
        return None


def give_back(group: int | None) -> None:
    """Put `group` into the foreground again; nothing happens without a terminal."""
    if group is None:
        return
    kept = signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # or the next call would stop us
    try:
        os.tcsetpgrp(0, group)
    except OSError:
        pass  # the terminal is gone
    finally:
        signal.signal(signal.SIGTTOU, kept)
