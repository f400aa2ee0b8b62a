"""The file of the User-mode Linux kernel: where is it?

It is built on the machine (`nslabkit kernel build-uml`) or in an image (`binder/Dockerfile`) and
never comes with the package.
"""

from __future__ import annotations

import os
import sys

NAME = "linux.uml"
_SHARE = "share/nslabkit"


def places() -> list[str]:
    """Return the paths where it may be, the winning one first.

    ``NSLAB_UML_KERNEL`` names a file; the others are this environment's folder, the user's, and
    the machine's.
    """
    named = os.environ.get("NSLAB_UML_KERNEL")
    if named:
        return [named]
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    folders = [os.path.join(sys.prefix, _SHARE), os.path.join(data, "nslabkit")]
    folders += [f"/usr/local/{_SHARE}", f"/usr/{_SHARE}"]
    return [os.path.join(folder, NAME) for folder in folders]


def find() -> str | None:
    """Return the path of the kernel, None where there is none that may be executed."""
    for path in places():
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None
