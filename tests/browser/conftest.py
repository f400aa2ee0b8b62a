"""A real browser, and JupyterLab as `nslabkit lab` starts it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)))
    if "/snap/" in str(Path(program).resolve()):
        # Ubuntu's snap sees only its own corner of the home folder, not /tmp.
        corner = Path.home() / "snap" / "chromium" / "common" / "nslabkit"
        corner.mkdir(parents=True, exist_ok=True)
        os.environ["TMPDIR"] = str(corner)
    with sync_playwright() as playwright:
        # Chromium's own sandbox refuses root, and needs rights that a container may lack; it
        # only ever opens our own pages here.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[[str, int], Page]]:
    """A function that opens an address in a window of the given width."""
    contexts: list[BrowserContext] = []

    def opened(address: str, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": width * 9 // 16})
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
