"""A hint under a cell whose command met a limit of the notebook (fork refused, /run full).

Programs tell of a limit in words of their own, such as "fork: retry: Resource temporarily
unavailable"; which limit it is and how it is lifted, only the kit knows.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.machine.sandbox.limits import from_environment

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_ALMOST = 0.9  # of the limit: threads count as well, and some have ended before it is looked


def hint() -> str:
    """Return which limit of this notebook is reached now, empty if none is."""
    limits = from_environment()
    if limits is None or "NSLAB_SANDBOX" not in os.environ:
        return ""
    if _processes() >= limits.processes * _ALMOST:
        return _(
            "This notebook's limit of {number} processes is reached. Restart the kernel to end "
            "them all; NSLAB_LIMITS=off, set before JupyterLab starts, takes the limit away."
        ).format(number=limits.processes)
    space = os.statvfs("/run")
    if not space.f_bavail or not space.f_favail:
        return _(
            "/run is full: this notebook may keep {size} MiB there. Remove files, or restart the "
            "kernel, which empties it; NSLAB_LIMITS=off, set before JupyterLab starts, takes the "
            "limit away."
        ).format(size=limits.run // 1024**2)
    return ""


def refused(error: OSError | MemoryError) -> str:
    """Return which limit an exception of a cell speaks of, empty if of none."""
    limits = from_environment()
    if limits is None or "NSLAB_SANDBOX" not in os.environ:
        return ""
    if isinstance(error, MemoryError) or error.errno == errno.ENOMEM:
        return _(
            "A process of this notebook may have {size} MiB of memory, and this one asked for "
            "more. NSLAB_LIMITS=off, set before JupyterLab starts, takes the limit away."
        ).format(size=limits.process_memory // 1024**2)
    return hint() if error.errno in (errno.EAGAIN, errno.ENOSPC) else ""


def watch(shell: InteractiveShell) -> None:
    """Add the hint after each cell of `shell` that met a limit."""
    shell.events.register("post_run_cell", lambda _result: _say(hint()))


def explain(error: OSError | MemoryError) -> None:
    """Say below a traceback which limit it speaks of."""
    _say(refused(error))


def _say(text: str) -> None:
    if text:
        print(text, file=sys.stderr)  # noqa: T201 - it is for the learner


def _processes() -> int:
    """Return how many processes there are in this machine; quick, for it is asked at each cell."""
    return sum(name.isdigit() for name in os.listdir("/proc"))  # noqa: PTH208 - names alone are enough
