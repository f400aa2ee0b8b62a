"""A benchmark in a sandbox of its own: how does it start itself there?

Root and ordinary users have the same there, and what is measured leaves nothing behind.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NSLABKIT = Path(sys.executable).with_name("nslabkit")


def in_sandbox() -> None:
    """Go on in a sandbox: outside of one, run this very command there and exit with its status."""
    if os.environ.get("NSLAB_SANDBOX"):
        return
    command = [str(NSLABKIT), "sandbox", "--", sys.executable, *sys.argv]
    sys.exit(subprocess.run(command, check=False).returncode)
