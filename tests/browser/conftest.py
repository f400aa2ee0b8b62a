"""A real browser, and JupyterLab as `nslabkit lab` starts it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import chromium
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = chromium.started(playwright)
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
