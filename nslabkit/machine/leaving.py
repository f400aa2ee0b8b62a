"""Leaving a machine: its folder is removed, and the terminal given back.

The server and the launcher both tidy up when a kernel ends, whichever of them is alive: neither
may stop half-way because the other was quicker with one of the files.  What cannot be removed (a
file of somebody else) stays, and keeps no kernel from starting.  A shell in a machine takes
the terminal's foreground for itself (``tcsetpgrp(3)``); if it is killed it cannot return it, and
whoever reads from the terminal next would be stopped.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOCK = "lock"  # the file whose lock says that somebody lives who holds the folder


def remove_all(folder: str) -> None:
    """Remove a folder with all that is in it, as far as it lets itself be removed.

    A symbolic link is removed, not followed: also where `folder` itself is one.  The lock is the
    last file to go: who is killed meanwhile leaves a folder that can be told to be one of ours.
    """
    if os.path.islink(folder):
        _if_possible(os.unlink, folder)
        return
    for where, folders, files in os.walk(folder, topdown=False):
        for name in folders:
            path = os.path.join(where, name)
            _if_possible(os.unlink if os.path.islink(path) else os.rmdir, path)
        for name in sorted(files, key=LOCK.__eq__):
            _if_possible(os.unlink, os.path.join(where, name))
    _if_possible(os.rmdir, folder)


def _if_possible(remove: Callable[[str], None], path: str) -> None:
    try:
        remove(path)
    except OSError:
        pass  # gone already, or not ours to remove


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
