"""Which process group has the terminal, and how is it given back?

A shell in a sandbox takes the terminal's foreground for itself (``tcsetpgrp(3)``).  If it is
killed it cannot return it, and whoever reads from the terminal next would be stopped.
"""

from __future__ import annotations

import os
import signal


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
