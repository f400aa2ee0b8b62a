"""Where a click has to wait for the running cell: is that said, and is it done afterwards?

JupyterLab sends what widgets say to the thread of the cells when its setting "Kernel Comms over
subshells" is off, as front ends do that know no subshells (JupyterLab before 4.4, Notebook 7.3,
VS Code).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from notebook_page import LIVE, LONGEST, Live, Notebook, lab_server
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.journey  # a server of its own, with a setting that few have

FORM = "import nslabkit as lab\nlab.forms.namespace()"
BUSY = "while True: pass"
WAITS = "A cell is running: your click takes effect when it ends."
WAITING = "Waiting: a cell is running, and the kernel does this once it has ended."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("lab")
    settings = folder / ".nslabkit/config/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "kernels-settings.jupyterlab-settings").write_text(
        json.dumps({"commsOverSubshells": "disabled"})
    )
    with lab_server(folder) as (address, _process):
        yield address, folder


@pytest.fixture
def opened(
    server: tuple[str, Path], open_page: Callable[..., Page], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """A function that opens a notebook with the given cells and runs the first."""
    address, folder = server
    notebooks = []

    def open_one(*cells: str) -> Notebook:
        name = re.sub(r"\W+", "-", request.node.name).strip("-")
        notebook = Notebook(address, folder, name, *cells)
        notebooks.append(notebook)
        notebook.ready(open_page(notebook.address, 1280))
        notebook.run(0)
        return notebook

    yield open_one
    for notebook in notebooks:
        notebook.end()


def prompt(notebook: Notebook) -> Locator:
    return notebook.page.locator(".jp-CodeCell").nth(1).locator(".jp-InputPrompt")


def names(notebook: Notebook) -> set[str]:
    return {row["name"] for row in notebook.json("netns")}


def test_a_form_says_that_a_click_waits(opened: Callable[..., Notebook], screenshots: Path) -> None:
    notebook = opened(FORM, BUSY)
    output = notebook.page.locator(".jp-CodeCell").nth(0).locator(".jp-Cell-outputArea")
    run = output.get_by_role("button", name="Run", exact=True)
    output.get_by_label("name", exact=True).fill("patient")
    expect(run).to_be_enabled(timeout=LONGEST)
    expect(output).not_to_contain_text(WAITS)
    notebook.run(1, until_done=False)
    expect(output).to_contain_text(WAITS, timeout=LONGEST)
    notebook.page.screenshot(path=screenshots / "forms-a-click-waits.png")
    run.click()
    # What another terminal does meanwhile is there at once; what was clicked before it is not.
    notebook.inside("ip", "netns", "add", "meanwhile")
    expect(output.get_by_label("name", exact=True)).to_have_value("patient")
    assert names(notebook) == {"meanwhile"}
    expect(prompt(notebook)).to_contain_text("*")
    expect(output).to_contain_text(WAITS)
    notebook.interrupt()
    expect(prompt(notebook)).not_to_contain_text("*", timeout=LONGEST)
    expect(output).to_contain_text("Done.", timeout=LONGEST)
    expect(output).not_to_contain_text(WAITS)
    assert names(notebook) == {"meanwhile", "patient"}


def test_the_live_picture_says_that_an_act_waits(
    opened: Callable[..., Notebook], screenshots: Path
) -> None:
    notebook = opened(LIVE, BUSY)
    live = Live(notebook.page)
    live.act("namespace").click()
    live.field("name").fill("patient")
    notebook.run(1, until_done=False)
    expect(prompt(notebook)).to_contain_text("*")
    live.root.locator(".nst-run").click()
    status = live.root.locator(".nst-status")
    expect(status).to_have_text(WAITING, timeout=LONGEST)
    notebook.page.screenshot(path=screenshots / "topology-an-act-waits.png")
    # The picture itself waits for nothing.
    notebook.inside("ip", "netns", "add", "meanwhile")
    expect(live.box("meanwhile")).to_be_visible(timeout=LONGEST)
    assert names(notebook) == {"meanwhile"}
    expect(status).to_have_text(WAITING)
    notebook.interrupt()
    live.done()
    expect(live.box("patient")).to_be_visible(timeout=LONGEST)
    expect(prompt(notebook)).not_to_contain_text("*", timeout=LONGEST)
