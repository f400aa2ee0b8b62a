"""Files of ``/etc/netns``: what ``ip netns exec NAME`` shows a program instead of ``/etc``'s own.

A task may be about them, so the judge has to see the notebook's.  It sees two of them only, of
which a program reads nothing but names and addresses: any other could make the judge's own
programs load what the notebook wants (``ld.so.cache``).
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from nslabkit.base import files
from nslabkit.machine.system_calls import MS_NODEV, MS_NOEXEC, MS_NOSUID, StageError, mount

_FOLDER = Path("/etc/netns")
_SHOWN = ("hosts", "resolv.conf")
_LARGEST = 1 << 16
_MOST = 64  # namespaces


def read() -> dict[str, bytes]:
    """Return the files that are shown, by their path in ``/etc``, where this process stands."""
    found = {}
    with contextlib.suppress(OSError):  # there is no such folder
        for name in sorted(os.listdir(_FOLDER))[:_MOST]:  # noqa: PTH208 - names are all that is wanted
            for file in _SHOWN:
                with contextlib.suppress(OSError):
                    content, _owner = files.read_foreign(_FOLDER / name / file, _LARGEST)
                    found[f"netns/{name}/{file}"] = content[:_LARGEST]
    return found


def show(found: dict[str, bytes]) -> None:
    """Lay files over ``/etc``, in mounts of one's own; ``/run`` is used up for it.

    Where this Linux has no overlay for user namespaces (before 5.11) nothing is shown.
    """
    if not found:
        return
    with contextlib.suppress(StageError, OSError):
        flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
        mount("tmpfs", "/run", "tmpfs", flags, "mode=755,size=16m")
        for name, content in found.items():
            path = Path("/run/etc", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        mount("overlay", "/etc", "overlay", flags, "lowerdir=/run/etc:/etc")
