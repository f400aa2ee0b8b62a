"""One JupyterLab in which each test has a notebook of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from notebook_page import Notebook, lab_server

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    Server = tuple[str, Path, subprocess.Popen[bytes]]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("lab")
    with lab_server(folder) as (address, process):
        yield address, folder, process


@pytest.fixture
def opened(
    lab: Server, open_page: Callable[..., Page], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """A function that opens a notebook with the given cells and runs the first."""
    address, folder, _process = lab
    notebooks = []

    def open_one(*cells: str, width: int = 1280) -> Notebook:
        name = re.sub(r"\W+", "-", request.node.name).strip("-")
        notebook = Notebook(address, folder, name, *cells)
        notebooks.append(notebook)
        notebook.ready(open_page(notebook.address, width))
        notebook.run(0)
        return notebook

    yield open_one
    for notebook in notebooks:
        notebook.end()
