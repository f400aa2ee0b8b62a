"""Are the programs there without which no lesson can start?"""

from __future__ import annotations

import os
import shutil

from nslabkit.machine.sandbox.launcher import ADMIN_FOLDERS
from nslabkit.machine.sandbox.sandbox_diagnosis import TOOLS
from nslabkit.machine.system_calls import StageError

__all__ = ["check_tools"]


def check_tools() -> list[str]:
    """Return where the programs are, as a sandbox will find them.

    Raises
    ------
    StageError
        Stage ``tool``, with the name of the first that is missing.
    """
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *ADMIN_FOLDERS])
    found = []
    for tool in TOOLS:
        where = shutil.which(tool, path=path)
        if where is None:
            raise StageError("tool", 0, tool)
        found.append(where)
    return found
