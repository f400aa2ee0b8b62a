"""A real browser, and JupyterLab as `nslabkit lab` starts it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import chromium
import pytest
from lab_page import LONGEST
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

expect.set_options(timeout=LONGEST)
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives browsers; one for all, as its start takes longer than a browser's."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def running_browser(driver: Playwright) -> Iterator[Browser]:
    """One browser for all: its start takes longer than most tests of a page."""
    started = chromium.started(driver)
    yield started
    started.close()


@pytest.fixture
def browser(running_browser: Browser) -> Iterator[Browser]:
    """The browser, without a page; what a test opens in it ends with the test."""
    yield running_browser
    for context in running_browser.contexts:
        context.close()


@pytest.fixture
def open_page(browser: Browser) -> Callable[..., Page]:
    """A function that opens an address in a window of the given width."""

    def opened(address: str, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": width * 9 // 16})
        context.set_default_timeout(LONGEST)
        page = context.new_page()
        page.goto(address)
        return page

    return opened


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
