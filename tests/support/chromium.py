"""How does a test start the machine's own Chromium?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def started(playwright: Playwright) -> Browser:
    """Return a browser that runs; whoever asked closes it."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    if "/snap/" in str(Path(program).resolve()):
        # Ubuntu's snap sees only its own corner of the home folder, not /tmp.
        corner = Path.home() / "snap" / "chromium" / "common" / "nslabkit"
        corner.mkdir(parents=True, exist_ok=True)
        os.environ["TMPDIR"] = str(corner)
    # Chromium's own sandbox refuses root, and needs rights that a container may lack; it only
    # ever opens our own pages here.
    return playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
