"""A visitor's first lesson, in a real browser: as a program, in the network of the container.

usage: image_visitor.py PID LANGUAGE PICTURE

Opens the badge's address, then lesson 1, and runs all of it.  Prints the seconds that each took, as
JSON; ends with a traceback where something is not as it should be.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from chromium import started
from image_container import ADDRESS, HOME, TOKEN, Container
from lab_page import MINUTE, in_front, ready, run_all, saved, until_done, went_well
from playwright.sync_api import expect, sync_playwright

FILE_MENU = {"en": "File", "zh": "文件"}


def main(pid: int, language: str, picture: str) -> None:
    """Do the visit."""
    container = Container("", pid)
    lesson = f"{HOME}/nslabkit-lessons/{language}/01_one_wire.ipynb"
    seconds = {}
    with sync_playwright() as playwright, started(playwright) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        begun = time.monotonic()
        page.goto(f"{ADDRESS}/nslabkit/open/{language}/00_start.ipynb?token={TOKEN}")
        in_front(page).locator(".jp-Cell").first.wait_for(timeout=2 * MINUTE)
        expect(page.locator(".lm-MenuBar-itemLabel").first).to_have_text(FILE_MENU[language])
        seconds["start page shown"] = time.monotonic() - begun

        begun = time.monotonic()
        page.goto(f"{ADDRESS}/lab/tree/nslabkit-lessons/{language}/01_one_wire.ipynb")
        ready(page, language)
        seconds["lesson 1 ready"] = time.monotonic() - begun

        begun = time.monotonic()
        run_all(page, language)
        until_done(page, language)
        seconds["lesson 1 run"] = time.monotonic() - begun
        page.screenshot(path=picture)
        went_well(page, saved(page, container.file(lesson)))
    sys.stdout.write(json.dumps(seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], str(Path(sys.argv[3]).absolute()))
