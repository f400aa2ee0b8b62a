"""The programs without which no lesson can start: are they there?"""

from __future__ import annotations

import os

from nslabkit.machine.sandbox.launcher import ADMIN_FOLDERS
from nslabkit.machine.system_calls import StageError

# Program -> package of Debian and Ubuntu, of Fedora.
TOOLS = {
    "ip": ("iproute2", "iproute"),
    "mount": ("mount", "util-linux"),
    "unshare": ("util-linux", "util-linux"),
}


def check_tools() -> list[str]:
    """Return where the programs are, as a sandbox will find them.

    Raises
    ------
    StageError
        Stage ``tool``, with the name of the first that is missing.
    """
    folders = [*os.environ.get("PATH", os.defpath).split(os.pathsep), *ADMIN_FOLDERS]
    return [_found(tool, folders) for tool in TOOLS]


def _found(tool: str, folders: list[str]) -> str:
    """Return the path of a program (``shutil.which``, without its import)."""
    for folder in folders:
        path = os.path.join(folder, tool)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise StageError("tool", 0, tool)
