"""How does a test run cells in JupyterLab, and look into the notebook's sandbox beside it?"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import lab_page
from lab_server import ADDRESS, NSLABKIT, ask, running, until_ready
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

LONGEST = 180_000  # in the browser's milliseconds; only what never comes takes so long
PATIENCE = 120.0  # seconds
LIVE = "import nslabkit as lab\nlab.topology()"


@contextlib.contextmanager
def lab_server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `nslabkit lab`, and give its address."""
    with running(str(folder)) as process:
        [address] = ADDRESS.findall(until_ready(process))
        yield address, process


class Notebook:
    """A notebook of ours in a page of JupyterLab."""

    def __init__(
        self, address: str, folder: Path, name: str, *cells: str, source: Path | None = None
    ) -> None:
        self.parts = urllib.parse.urlsplit(address)
        self.address = (
            f"http://{self.parts.netloc}/lab/workspaces/{name}/tree/{name}.ipynb?{self.parts.query}"
        )
        self.name = name
        self.path = folder / f"{name}.ipynb"
        self._token = urllib.parse.parse_qs(self.parts.query)["token"][0]
        self.page: Page
        kernel = {"name": "nslab", "display_name": "Network lab", "language": "python"}
        content = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell{number}",
                    "metadata": {},
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                }
                for number, source in enumerate(cells)
            ],
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        self.path.write_text(source.read_text() if source else json.dumps(content))

    def ready(self, page: Page) -> Notebook:
        """Wait until the notebook is shown and its kernel waits for a command."""
        self.page = page
        lab_page.ready(page, "en")
        return self

    def run(self, number: int, *, until_done: bool = True) -> None:
        """Run a cell, once: the kernel is connected (`ready`)."""
        cell = self.page.locator(".jp-CodeCell").nth(number)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        expect(prompt).not_to_have_text(before, timeout=LONGEST)
        if until_done:
            expect(prompt).not_to_contain_text("*", timeout=LONGEST)

    def inside(self, *command: str) -> str:
        """Return what a command prints in the notebook's sandbox; the oracle of the tests."""
        done = subprocess.run(
            [NSLABKIT, "enter", self.name, "--", *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env=os.environ,
        )
        return done.stdout

    def json(self, *words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return what ``ip -j WORDS`` says in the sandbox; an empty list where it fails."""
        return json.loads(self.inside("ip", "-j", *words) or "[]")

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until the sandbox is as it should be."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "it did not come to be"
            time.sleep(0.1)

    def interrupt(self) -> None:
        """Interrupt the cell that runs."""
        [kernel] = self._kernels()
        self._ask("POST", f"/api/kernels/{kernel}/interrupt")

    def end(self) -> None:
        """End the kernel."""
        for session in json.loads(ask(self.address, "/api/sessions")):
            if session["path"] == self.path.name:
                with contextlib.suppress(urllib.error.HTTPError):
                    self._ask("DELETE", f"/api/sessions/{session['id']}")

    def _kernels(self) -> list[str]:
        sessions = json.loads(ask(self.address, "/api/sessions"))
        return [one["kernel"]["id"] for one in sessions if one["path"] == self.path.name]

    def _ask(self, method: str, path: str) -> None:
        request = urllib.request.Request(
            f"http://{self.parts.netloc}{path}",
            method=method,
            headers={"Authorization": f"token {self._token}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - our own server
            pass


class Live:
    """The live picture in a page."""

    def __init__(self, within: Page | Locator) -> None:
        self.root = within.locator(".nst-root")

    def box(self, name: str) -> Locator:
        return self.root.locator(".nst-box").filter(
            has=self.root.page.locator(".nst-name").get_by_text(name, exact=True)
        )

    def port(self, name: str, link: str) -> Locator:
        return (
            self.box(name)
            .locator(".nst-port")
            .filter(has=self.root.page.locator(".nst-link").get_by_text(link, exact=True))
        )

    def act(self, name: str) -> Locator:
        """Return the button of an act: the panel's, or where it has none the bar's."""
        panel = self.root.locator(f'.nst-panel [data-act="{name}"]')
        return panel if panel.count() else self.root.locator(f'.nst-bar [data-act="{name}"]')

    def field(self, name: str) -> Locator:
        return self.root.locator(f'.nst-form [name="{name}"]')

    def place(self, name: str) -> tuple[float, float]:
        x, y = self.box(name).evaluate(
            "box => [...box.style.transform.matchAll(/[\\d.]+/g)].map(m => Number(m[0]))"
        )
        return x, y

    def commands(self) -> tuple[str, str]:
        ip, python = self.root.locator(".nst-command code").all_inner_texts()
        return ip, python

    def run(self) -> None:
        """Run the form that is open, and wait until it was done."""
        self.root.locator(".nst-run").click()
        self.done()

    def done(self, text: str = "Done.") -> None:
        expect(self.root.locator(".nst-status")).to_have_text(text, timeout=LONGEST)
