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
from typing import TYPE_CHECKING

from chromium import started
from image_container import ADDRESS, HOME, TOKEN, Container
from lab_page import LONGEST, in_front, ready, run_all, saved, until_done, went_well
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What is wrong, if something is: the cells' numbers and the errors, as the notebook holds them.
STATE = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = [...panel.content.model.cells].filter(cell => cell.type === 'code');
  const outputs = cells.flatMap(cell => cell.outputs.toJSON());
  const errors = outputs.filter(output => output.output_type === 'error');
  return [panel.context.path, panel.context.sessionContext.kernelDisplayStatus,
          cells.map(cell => cell.executionCount), errors.map(error => error.evalue)];
}"""
FILE_MENU = {"en": "File", "zh": "文件"}


def main(pid: int, language: str, picture: str) -> None:
    """Do the visit."""
    container = Container("", pid)
    lesson = f"{HOME}/nslabkit-lessons/{language}/01_one_wire.ipynb"
    with sync_playwright() as playwright, started(playwright) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        try:
            seconds = visit(page, language)
            went_well(page, saved(page, container.file(lesson)))
        except Exception:
            sys.stderr.write(f"{page.evaluate(STATE)}\n")
            raise
        finally:
            page.screenshot(path=picture, full_page=True)
    sys.stdout.write(json.dumps(seconds))


def visit(page: Page, language: str) -> dict[str, float]:
    """Open the start page and lesson 1, run it, and return how long each took."""
    seconds = {}
    # All cells in the page at once, so that each can be looked at.
    page.request.put(
        f"{ADDRESS}/lab/api/settings/@jupyterlab/notebook-extension:tracker?token={TOKEN}",
        data={"raw": '{"windowingMode": "none"}'},
    )
    begun = time.monotonic()
    page.goto(f"{ADDRESS}/nslabkit/open/{language}/00_start.ipynb?token={TOKEN}")
    in_front(page).locator(".jp-Cell").first.wait_for(timeout=LONGEST)
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
    return seconds


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], str(Path(sys.argv[3]).absolute()))
