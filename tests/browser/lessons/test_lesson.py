"""The first lesson, in both languages, as a learner runs it in JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab_page import (
    LONGEST,
    menu,
    nothing_in_the_way,
    ready,
    run_all,
    saved,
    until_done,
    unwindowed,
    use_theme,
    went_well,
)
from lab_server import ADDRESS, ask, end_all, running, until_ready
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

FILE_NEW = {"en": ("File", "New"), "zh": ("文件", "新建")}
LESSON_MENU = {"en": "Lesson", "zh": "课程"}


@pytest.fixture(scope="module", params=[pytest.param("en", marks=pytest.mark.journey), "zh"])
def language(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, language: str) -> Iterator[tuple[str, Path]]:
    """A running JupyterLab, and the folder of its lessons."""
    folder = tmp_path_factory.mktemp(language)
    unwindowed(folder)
    with running(str(folder), "--lang", language) as process:
        [address] = ADDRESS.findall(until_ready(process))
        yield address, folder / language


@pytest.fixture
def lesson(server: tuple[str, Path]) -> Iterator[tuple[str, Path]]:
    """The address of the first lesson, and its file; its kernel ends with the test."""
    address, folder = server
    yield address.replace("00_start", "01_one_wire"), folder / "01_one_wire.ipynb"
    end_all(address)


@pytest.mark.parametrize(
    "language",
    ["zh"],  # en: test_course.py, and in Notebook 7
    indirect=True,
    scope="module",
)
def test_the_first_lesson_runs(
    lesson: tuple[str, Path],
    language: str,
    open_page: Callable[..., Page],
    screenshots: Path,
) -> None:
    address, path = lesson
    page = open_page(address)
    ready(page, language)
    nothing_in_the_way(page)
    page.screenshot(path=screenshots / f"{language}-opened-1280.png")

    run_all(page, language)
    until_done(page, language)
    nothing_in_the_way(page)
    went_well(page, saved(page, path))
    look(page, address, language, screenshots)


def look(page: Page, address: str, language: str, screenshots: Path) -> None:
    """Take the pictures that a person looks at: two widths, light and dark, top and each screen."""
    for theme in ("light", "dark"):
        if theme == "dark":
            use_theme(page, address, "JupyterLab Dark")
            page.reload()
            ready(page, language)
            page.wait_for_selector('body[data-jp-theme-light="false"]', state="attached")
        for width in (1280, 1920):
            page.set_viewport_size({"width": width, "height": width * 9 // 16})
            count = page.locator(".jp-CodeCell").count()
            for part, number in enumerate((0, count // 3, 2 * count // 3, count - 1)):
                page.locator(".jp-CodeCell").nth(number).scroll_into_view_if_needed()
                page.screenshot(path=screenshots / f"{language}-{theme}-{width}-{part}.png")


def test_the_menu_leads_to_starting_over(
    lesson: tuple[str, Path], language: str, open_page: Callable[..., Page], screenshots: Path
) -> None:
    address, path = lesson
    page = open_page(address)
    ready(page, language)
    path.write_text(path.read_text() + "\n")
    before = set(path.parent.glob("*.ipynb"))
    menu(page, LESSON_MENU[language], "help:open")
    frame = page.frame_locator("iframe")
    frame.locator(f'button[value="{path.stem}"]').click()
    expect(frame.locator('[role="status"]')).to_contain_text(path.name)
    page.screenshot(path=screenshots / f"{language}-start-over.png")
    [kept] = set(path.parent.glob("*.ipynb")) - before
    assert kept.name in frame.locator('[role="status"]').inner_text()


def test_a_terminal_opens_inside_the_sandbox(
    lesson: tuple[str, Path], language: str, open_page: Callable[..., Page], screenshots: Path
) -> None:
    address, path = lesson
    page = open_page(address)
    ready(page, language)
    file, new = FILE_NEW[language]
    page.locator(".lm-MenuBar-itemLabel", has_text=file).first.click()
    page.locator(".lm-Menu-item", has_text=new).first.hover()
    page.locator('.lm-Menu-item[data-command="terminal:create-new"]').click()
    terminal = page.locator(".jp-Terminal .xterm-helper-textarea")
    terminal.wait_for(state="attached", timeout=LONGEST)
    answer = path.parent / "answer"
    for attempt in range(1200):
        if answer.exists():
            break
        if attempt % 200 == 0:  # what is typed before the shell listens is lost
            terminal.focus()
            page.keyboard.type(
                f"readlink /proc/self/ns/net >{answer}.part && mv {answer}.part {answer}\n"
            )
        page.wait_for_timeout(50)
    page.screenshot(path=screenshots / f"{language}-terminal.png")
    assert answer.read_text().strip() != str(Path("/proc/self/ns/net").readlink())
    assert json.loads(ask(address, "/api/sessions"))
