"""How does a test drive JupyterLab as a learner does?  Always on the notebook that is in front."""

from __future__ import annotations

import json
import urllib.parse
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

LONGEST = 180_000  # in the browser's milliseconds; only what never comes takes so long
# Milliseconds between two looks at a page: at each of its frames, as is the default, the looking
# takes a fourth of a processor from what is looked at.
PAUSE = 200
RUN_MENU = {"en": "Run", "zh": "运行"}
KERNEL = {"en": "Network lab", "zh": "网络实验"}
THEME = "/lab/api/settings/@jupyterlab/apputils-extension:themes"
FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# The page names the kernel and calls it idle before it has one; a cell that is run then meets a
# dialog.  The application itself knows better (`expose_app_in_browser`).
CONNECTED = """front => {
  if (document.body.dataset.notebook) return true;  // Notebook 7 tells no page
  const node = document.querySelector(front);
  const panels = [...(globalThis.jupyterapp?.shell.widgets('main') ?? [])];
  if (globalThis.jupyterapp?.shell.currentWidget?.node !== node) return false;
  const context = panels.find(one => one.node === node)?.sessionContext;
  const kernel = context?.session?.kernel;
  return context?.isReady && kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
}"""


def unwindowed(directory: Path) -> None:
    """Have all cells in the page at once, so that a test can look at each, and save only when told.

    Where JupyterLab saves by itself while a test tells it to, it asks which of the two to keep.
    """
    settings = directory / ".nslabkit/config/user-settings/@jupyterlab"
    for name, value in (
        ("notebook-extension/tracker", '{"windowingMode": "none"}'),
        ("docmanager-extension/plugin", '{"autosave": false}'),
    ):
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(value)


def in_front(page: Page) -> Locator:
    return page.locator(FRONT)


def ready(page: Page, language: str) -> None:
    """Wait until the notebook is shown and its kernel waits for a command."""
    front = in_front(page)
    front.locator(".jp-CodeCell").first.wait_for(timeout=LONGEST)
    expect(front.locator(".jp-KernelName")).to_have_text(KERNEL[language], timeout=LONGEST)
    page.wait_for_function(CONNECTED, arg=FRONT, timeout=LONGEST, polling=PAUSE)
    front.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for(timeout=LONGEST)


def nothing_in_the_way(page: Page) -> None:
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".Toastify__toast")).to_have_count(0)


def menu(page: Page, title: str, command: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=title).first.click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


def run_all(page: Page, language: str) -> None:
    """Start all cells with the menu's entry."""
    menu(page, RUN_MENU[language], "runmenu:run-all")
    page.wait_for_function(
        "front => document.querySelector(front + ' .jp-CodeCell .jp-InputPrompt')"
        ".textContent.match(/[*0-9]/)",
        arg=FRONT,
        timeout=LONGEST,
        polling=PAUSE,
    )


def until_done(page: Page, language: str, longest: int = LONGEST) -> None:
    """Wait for all cells; stop an endless one as a learner does, once it has shown something."""
    while True:
        # Either all cells have their number, or a ping that runs has been answered three times.
        state = page.wait_for_function(
            """front => {
              const prompts = [...document.querySelectorAll(front + ' .jp-CodeCell')].map(cell => [
                cell.querySelector('.jp-InputPrompt').textContent,
                cell.querySelector('.jp-OutputArea')?.textContent ?? '']);
              const running = prompts.filter(([prompt]) => prompt.includes('*'));
              if (!running.length) return 'done';
              return running[0][1].includes('icmp_seq=3') && 'endless';
            }""",
            arg=FRONT,
            timeout=longest,
            polling=PAUSE,
        ).json_value()
        if state == "done":
            break
        front = in_front(page)
        before = front.locator(".jp-InputPrompt", has_text="*").count()
        front.locator(
            '[data-command="notebook:interrupt-kernel"], [data-icon="ui-components:stop"]'
        ).first.click()
        page.wait_for_function(
            "([front, before]) => [...document.querySelectorAll("
            "front + ' .jp-CodeCell .jp-InputPrompt')]"
            ".filter(p => p.textContent.includes('*')).length < before",
            arg=[FRONT, before],
            timeout=LONGEST,
            polling=PAUSE,
        )
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


def went_well(page: Page, notebook: dict[str, Any]) -> None:
    """Assert that every cell ran, nothing went wrong, and each check says what it should."""
    complaints = in_front(page).locator('.jp-OutputArea-output[data-mime-type*="stderr"]')
    assert complaints.all_inner_texts() == []
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in cells if "".join(cell["source"]).strip())
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [one["evalue"] for one in outputs if one["output_type"] == "error"] == []
    # Some checks are called before their step is done, so that the learner sees what they then say.
    wrong = [
        "".join(one["data"]["text/plain"])
        for cell in cells
        for one in cell["outputs"]
        if "check" in one.get("metadata", {}).get("nslabkit", {})
        and one["metadata"]["nslabkit"]["check"] is ("not-yet" in cell["metadata"].get("tags", []))
    ]
    assert wrong == []


def use_theme(page: Page, address: str, theme: str) -> None:
    """Choose JupyterLab's theme for all notebooks that are opened from now on."""
    parts = urllib.parse.urlsplit(address)
    token = urllib.parse.parse_qs(parts.query)["token"][0]
    page.request.put(
        f"http://{parts.netloc}{THEME}",
        data={"raw": json.dumps({"theme": theme})},
        headers={"Authorization": f"token {token}"},
    )
