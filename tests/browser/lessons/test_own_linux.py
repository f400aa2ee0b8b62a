"""The lessons beyond the chapter in JupyterLab, where each notebook has a Linux of its own.

One at a time, as a learner does them: it is slower than a sandbox, and has one processor.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab_page import nothing_in_the_way, ready, run_all, saved, until_done, unwindowed, went_well
from lab_server import ADDRESS, running, until_ready
from uml_machines import built_kernel

from nslabkit.course import lessons

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

LONGEST = 600_000  # in the browser's milliseconds, for one lesson
NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"
FURTHER = [path.stem for path in lessons.available("en") if "10" <= path.stem[:2] < "20"]


@pytest.mark.long
@pytest.mark.parametrize("language", lessons.FOLDERS)
@pytest.mark.parametrize("name", FURTHER)
def test_a_lesson_beyond_the_chapter_runs_with_its_solutions(
    tmp_path: Path, name: str, language: str, open_page: Callable[..., Page]
) -> None:
    unwindowed(tmp_path)
    own = {"NSLAB_BACKEND": "uml", "NSLAB_UML_KERNEL": str(built_kernel())}
    with running(str(tmp_path), "--lang", language, **own) as process:
        [address] = ADDRESS.findall(until_ready(process))
        path = tmp_path / language / f"{name}.ipynb"
        shutil.copy(NOTEBOOKS / language / "solutions" / path.name, path)
        page = open_page(address.replace("00_start", name))
        ready(page, language)
        run_all(page, language)
        until_done(page, language, LONGEST)
        nothing_in_the_way(page)
        went_well(page, saved(page, path))
