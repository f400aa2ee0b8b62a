"""The first lesson, in both languages, as a learner runs it in JupyterLab."""

from __future__ import annotations

import json
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lab_server import ADDRESS, ask, running, until_ready
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

MINUTE = 60_000  # in the browser's milliseconds
RUN_MENU = {"en": "Run", "zh": "运行"}
KERNEL = {"en": "Network lab", "zh": "网络实验"}
FILE_NEW = {"en": ("File", "New"), "zh": ("文件", "新建")}
LESSON_MENU = {"en": "Lesson", "zh": "课程"}
THEME = "/lab/api/settings/@jupyterlab/apputils-extension:themes"


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def lesson(tmp_path: Path, language: str) -> Iterator[tuple[str, Path]]:
    """The address of the first lesson in a running JupyterLab, and its file."""
    settings = tmp_path / ".nslabkit/config/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    # All cells in the page at once, so that the test can look at each.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    with running(str(tmp_path), "--lang", language) as process:
        [address] = ADDRESS.findall(until_ready(process))
        path = urllib.parse.unquote(urllib.parse.urlsplit(address).path)
        yield address, tmp_path / path.removeprefix("/lab/tree/")


def ready(page: Page, language: str) -> None:
    """Wait until the notebook is shown and its kernel waits for a command."""
    page.locator(".jp-CodeCell").first.wait_for(timeout=MINUTE)
    expect(page.locator(".jp-KernelName")).to_have_text(KERNEL[language], timeout=MINUTE)
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=MINUTE)


def nothing_in_the_way(page: Page) -> None:
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".Toastify__toast")).to_have_count(0)


def menu(page: Page, title: str, command: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=title).first.click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


def run_all(page: Page, language: str) -> None:
    """Run all cells, and stop each endless one as a learner does, once it has shown something."""
    cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")
    menu(page, RUN_MENU[language], "runmenu:run-all")
    page.wait_for_function(
        "() => document.querySelector('.jp-CodeCell .jp-InputPrompt').textContent.includes('*')"
        " || document.querySelector('.jp-CodeCell .jp-InputPrompt').textContent.match(/\\d/)"
    )
    while True:
        # Either all cells have their number, or a ping that runs has been answered three times.
        state = page.wait_for_function(
            """() => {
              const prompts = [...document.querySelectorAll('.jp-CodeCell')].map(cell => [
                cell.querySelector('.jp-InputPrompt').textContent,
                cell.querySelector('.jp-OutputArea')?.textContent ?? '']);
              const running = prompts.filter(([prompt]) => prompt.includes('*'));
              if (!running.length) return 'done';
              return running[0][1].includes('icmp_seq=3') && 'endless';
            }""",
            timeout=2 * MINUTE,
        ).json_value()
        if state == "done":
            break
        before = page.locator(".jp-InputPrompt", has_text="*").count()
        page.locator(
            '[data-command="notebook:interrupt-kernel"], [data-icon="ui-components:stop"]'
        ).first.click()
        page.wait_for_function(
            "before => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
            ".filter(p => p.textContent.includes('*')).length < before",
            arg=before,
            timeout=MINUTE,
        )
    assert cells.count() > 5
    ready(page, language)


def saved(page: Page, path: Path) -> dict[str, Any]:
    """Save the notebook and return it as it is on the disk."""
    before = path.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    for _attempt in range(400):
        # The server empties the file before it fills it: only a whole notebook counts.
        text = path.read_text()
        if path.stat().st_mtime_ns != before and text.endswith("}\n"):
            break
        page.wait_for_timeout(50)
    notebook: dict[str, Any] = json.loads(text)
    return notebook


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
    nothing_in_the_way(page)
    expect(page.locator('.jp-OutputArea-output[data-mime-type*="stderr"]')).to_have_count(0)
    cells = [cell for cell in saved(page, path)["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in cells if "".join(cell["source"]).strip())
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [one["evalue"] for one in outputs if one["output_type"] == "error"] == []
    verdicts = {
        cell["id"]: one["metadata"]["nslabkit"]["check"]
        for cell in cells
        for one in cell["outputs"]
        if "check" in one.get("metadata", {}).get("nslabkit", {})
    }
    # One check is called before its step is done, so that the learner sees what it then says.
    too_early = {cell["id"] for cell in cells if "not-yet" in cell["metadata"].get("tags", [])}
    assert too_early
    assert {cell for cell, passed in verdicts.items() if not passed} == too_early

    look(page, address, language, screenshots)


def look(page: Page, address: str, language: str, screenshots: Path) -> None:
    """Take the pictures that a person looks at: two widths, light and dark, top and each screen."""
    parts = urllib.parse.urlsplit(address)
    for theme in ("light", "dark"):
        if theme == "dark":
            page.request.put(
                f"http://{parts.netloc}{THEME}",
                data={"raw": '{"theme": "JupyterLab Dark"}'},
                headers={
                    "Authorization": "token " + urllib.parse.parse_qs(parts.query)["token"][0]
                },
            )
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
    menu(page, LESSON_MENU[language], "help:open")
    frame = page.frame_locator("iframe")
    frame.locator(f'button[value="{path.stem}"]').click()
    expect(frame.locator('[role="status"]')).to_contain_text(path.name)
    page.screenshot(path=screenshots / f"{language}-start-over.png")
    assert len(list(path.parent.glob("*.ipynb"))) > 1


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
    terminal.wait_for(state="attached", timeout=MINUTE)
    terminal.focus()
    answer = path.parent / "answer"
    page.keyboard.type(f"readlink /proc/self/ns/net >{answer}.part && mv {answer}.part {answer}\n")
    for _attempt in range(400):
        if answer.exists():
            break
        page.wait_for_timeout(50)
    page.screenshot(path=screenshots / f"{language}-terminal.png")
    assert answer.read_text().strip() != str(Path("/proc/self/ns/net").readlink())
    assert json.loads(ask(address, "/api/sessions"))
