"""What a learner has done, in files only: no network, so no sandbox either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from learners import learner, plain_environment
from small_notebook import notebook

from nslabkit.course import lessons

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["learner", "plain_environment"]


@pytest.fixture(scope="session", autouse=True)
def run_netns() -> None:
    """Make nothing: these tests run outside of a sandbox."""


@pytest.fixture(autouse=True)
def clean_machine() -> None:
    """Ask for no sandbox."""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kit with two lessons of its own instead of the real ones; their folder."""
    package = tmp_path / "kit" / "nslabkit" / "course"
    for language, kernel in (("en", "nslab"), ("zh", "nslab-zh")):
        folder = package / "notebooks" / language
        folder.mkdir(parents=True)
        (folder / "01_wire.ipynb").write_text(notebook("1 + 1", kernel=kernel))
        (folder / "02_world.ipynb").write_text(notebook("2 + 2", kernel=kernel))
    monkeypatch.setattr(lessons, "_PACKED", package / "notebooks")
    monkeypatch.setenv("NSLAB_LANG", "en")
    return package / "notebooks"
