"""Lesson 1 and the live picture in Notebook 7, started as its users start it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab_page import run_all, saved, until_done, went_well
from lab_server import ask
from notebook_page import LIVE, LONGEST, PATIENCE, Live, Notebook
from playwright.sync_api import expect

from nslabkit.course import lessons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.journey  # another front end, started anew

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/tree\?token=\w+")
COMMAND = (
    *(str(Path(sys.executable).with_name("jupyter")), "notebook", "--no-browser", "--allow-root"),
    *("--ip=127.0.0.1", "--port=0"),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """`jupyter notebook` with the kernelspecs of this environment and no settings of anybody."""
    folder = tmp_path_factory.mktemp("notebook7")
    private = {
        f"JUPYTER_{what}_DIR": str(folder / f".{what.lower()}") for what in ("CONFIG", "DATA")
    }
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, f"--ServerApp.root_dir={folder}"],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            env=os.environ | private,
        )
    with process:
        try:
            yield _address(process, log), folder
        finally:
            process.terminate()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 120
    while not (found := ADDRESS.search(log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return found[0]


def connected(address: str, path: str) -> None:
    """Wait until the page and the notebook's kernel talk to each other."""
    deadline = time.monotonic() + 2 * PATIENCE
    while True:
        for session in json.loads(ask(address, "/api/sessions")):
            kernel = session["kernel"]
            if (
                session["path"] == path
                and kernel["connections"]
                and (kernel["execution_state"] == "idle")
            ):
                return
        assert time.monotonic() < deadline, "no kernel"
        time.sleep(0.1)


def opened(notebook: Notebook, open_page: Callable[..., Page]) -> Page:
    address = f"http://{notebook.parts.netloc}/notebooks/{notebook.path.name}"
    page = open_page(f"{address}?{notebook.parts.query}")
    connected(notebook.address, notebook.path.name)
    notebook.ready(page)
    return page


def test_the_first_lesson_runs_in_notebook_7(
    server: tuple[str, Path], open_page: Callable[..., Page], screenshots: Path
) -> None:
    address, folder = server
    lesson = lessons.find("01_one_wire", "en")
    notebook = Notebook(address, folder, lesson.stem, source=lesson)
    page = opened(notebook, open_page)
    run_all(page, "en")
    until_done(page, "en")
    page.screenshot(path=screenshots / "notebook7-lesson.png")
    went_well(page, saved(page, notebook.path))
    notebook.end()


def test_the_live_picture_in_notebook_7(
    server: tuple[str, Path], open_page: Callable[..., Page], screenshots: Path
) -> None:
    address, folder = server
    busy = "print('begun')\nimport time\nwhile True: time.sleep(0.1)"
    notebook = Notebook(address, folder, "live", LIVE, "!ip -n netns1 link set lo up", busy)
    page = opened(notebook, open_page)
    notebook.run(0)
    live = Live(page)
    expect(live.box("host")).to_be_visible(timeout=LONGEST)

    live.act("namespace").click()
    expect(live.root.get_by_role("button", name="Copy: As a command")).to_be_visible()
    # The page cannot reach the application there, so no button promises what would not happen.
    expect(live.root.get_by_role("button", name="Put in a new cell")).to_have_count(0)
    live.run()
    expect(live.box("netns1")).to_be_visible(timeout=LONGEST)
    assert [row["name"] for row in notebook.json("netns")] == ["netns1"]

    notebook.run(1)
    expect(live.port("netns1", "lo")).to_contain_text("up", timeout=LONGEST)
    fold = page.locator(".jp-CodeCell").nth(1).locator("details", has_text="netns1: lo up")
    expect(fold).to_be_visible(timeout=LONGEST)

    notebook.run(2, until_done=False)
    cell = page.locator(".jp-CodeCell").nth(2)
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text("begun", timeout=LONGEST)
    live.field("name").fill("meanwhile")
    live.run()
    expect(live.box("meanwhile")).to_be_visible(timeout=LONGEST)
    expect(cell.locator(".jp-InputPrompt")).to_contain_text("*")
    page.screenshot(path=screenshots / "notebook7-live.png")
    notebook.interrupt()
    expect(cell.locator(".jp-InputPrompt")).not_to_contain_text("*", timeout=LONGEST)
    notebook.end()
