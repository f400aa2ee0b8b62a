"""The whole course in JupyterLab: from the start page to each lesson by its link, and Run all.

The lessons of a language are opened in one JupyterLab, and several run at once, as most of the
time a lesson waits for a ping.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lab_page import (
    FRONT,
    LONGEST,
    in_front,
    nothing_in_the_way,
    ready,
    run_all,
    saved,
    until_done,
    unwindowed,
    use_theme,
    went_well,
)
from lab_server import ADDRESS, running, until_ready
from playwright.sync_api import expect

from nslabkit.course import lessons

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

NAMES = [path.stem for path in lessons.available("en")]
START, CLAIMS, *LESSONS = NAMES  # the claims' page has nothing to run
# This one is done by clicks, which Run all does not make; its own tests do.
RUN = [name for name in LESSONS if name != "01_one_wire_clicks"]
# The timings of a ping (“Inside ping”) are measured with nothing beside them.
TOGETHER = [[name for name in RUN if name != "03_inside_ping"], ["03_inside_ping"]]


def show(page: Page, name: str) -> None:
    """Bring a notebook that is open to the front."""
    page.locator(f'.lm-TabBar-tab:has-text("{name}.ipynb")').first.click()
    expect(page.locator(f".lm-TabBar-tab.lm-mod-current:has-text('{name}')")).to_have_count(1)


def open_by_link(page: Page, name: str, language: str) -> None:
    """Open a lesson by its link in the map on the start page."""
    show(page, START)
    in_front(page).locator(f'.jp-MarkdownCell a[href*="{name}.ipynb"]').first.click()
    tab = page.locator(f".lm-TabBar-tab.lm-mod-current:has-text('{name}.ipynb')")
    expect(tab).to_have_count(1, timeout=LONGEST)
    ready(page, language)


@pytest.mark.parametrize(
    ("language", "every_screen"),
    [
        pytest.param("en", False, marks=pytest.mark.journey),  # test_lesson.py has one lesson
        *(pytest.param(language, True, marks=pytest.mark.long) for language in lessons.FOLDERS),
    ],
)
@pytest.mark.timeout(1200)
def test_every_lesson_runs_from_the_start_page(
    tmp_path: Path,
    language: str,
    *,
    every_screen: bool,
    open_page: Callable[..., Page],
    screenshots: Path,
) -> None:
    """In the long run with a picture of every screen of every lesson, light and dark."""
    unwindowed(tmp_path)
    with running(str(tmp_path), "--lang", language) as process:
        [address] = ADDRESS.findall(until_ready(process))
        assert f"{language}/{START}.ipynb" in address
        page = open_page(address)
        ready(page, language)
        nothing_in_the_way(page)
        page.screenshot(path=screenshots / f"{language}-opened-1280.png")
        run_all(page, language)
        until_done(page, language)
        for names in TOGETHER:
            for name in names:
                open_by_link(page, name, language)
                run_all(page, language)
            for name in names:
                show(page, name)
                until_done(page, language)
                nothing_in_the_way(page)
                went_well(page, saved(page, tmp_path / language / f"{name}.ipynb"))
                look(page, screenshots / f"{language}-{name}-light", 1280, whole=every_screen)
        the_table_has_followed(page)
        look(page, screenshots / f"{language}-{START}-light", 1280, whole=every_screen)
        if every_screen:
            in_the_dark(page, address, language, screenshots)


def the_table_has_followed(page: Page) -> None:
    """Every check passed in the other tabs; the table on the start page says so by itself."""
    show(page, START)
    table = in_front(page).locator(".jp-OutputArea-output table").first
    expect(table.locator("tbody tr")).to_have_count(len(LESSONS))
    expect(table.locator("tbody tr", has_text="✔")).to_have_count(len(RUN), timeout=LONGEST)


def look(page: Page, path: Path, width: int, *, whole: bool) -> None:
    """Take pictures of a notebook: one for each screen of it, or the first, middle and last."""
    page.set_viewport_size({"width": width, "height": width * 9 // 16})
    height, screen = page.evaluate(
        f"""() => {{
          const outer = document.querySelector('{FRONT} .jp-WindowedPanel-outer');
          return [outer.scrollHeight, outer.clientHeight];
        }}"""
    )
    # The last screen is empty: JupyterLab lets one scroll beyond the last cell.
    count = max(1, round(height / screen / 0.95) - 1) if whole else 3
    for part in range(count):
        top = part * screen * 0.95 if whole else part * (height - 2 * screen) / 2
        page.evaluate(
            f"document.querySelector('{FRONT} .jp-WindowedPanel-outer').scrollTo(0, {top})"
        )
        page.screenshot(path=path.with_name(f"{path.name}-{width}-{part}.png"))


def in_the_dark(page: Page, address: str, language: str, screenshots: Path) -> None:
    """See every notebook once more, with the outputs that were saved, in the dark theme."""
    use_theme(page, address, "JupyterLab Dark")
    page.reload()
    page.wait_for_selector('body[data-jp-theme-light="false"]', state="attached", timeout=LONGEST)
    for name in NAMES:
        show(page, name)
        in_front(page).locator(".jp-CodeCell").first.wait_for(timeout=LONGEST)
        look(page, screenshots / f"{language}-{name}-dark", 1920, whole=True)


@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.journey)])
def test_a_claims_link_leads_to_its_experiment(
    tmp_path: Path, language: str, open_page: Callable[..., Page]
) -> None:
    """With JupyterLab's own settings: it must find a cell that is not drawn yet."""
    with running(str(tmp_path), "--lang", language) as process:
        [address] = ADDRESS.findall(until_ready(process))
        page = open_page(address)
        ready(page, language)
        in_front(page).locator('a[href*="00_claims.ipynb"]').first.click()
        in_front(page).locator('a:has-text("C11")').first.click()
        tab = page.locator(".lm-TabBar-tab.lm-mod-current:has-text('05_two_nginx.ipynb')")
        expect(tab).to_have_count(1, timeout=LONGEST)
        heading = page.locator("h2", has_text=re.compile(r"^2\. "))
        chosen = in_front(page).locator(".jp-MarkdownCell.jp-mod-selected", has=heading)
        expect(chosen).to_be_in_viewport(timeout=LONGEST)
