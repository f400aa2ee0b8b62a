"""Two tiny lessons, and a folder of programs that stand for a machine's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from nslabkit.course import lessons

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def notebook(*cells: str | tuple[str, dict[str, Any]], kernel: str = "nslab") -> str:
    """Return a notebook with these code cells, as its file's text."""
    node = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": kernel, "display_name": ""}})
    for number, cell in enumerate(cells):
        source, metadata = (cell, {}) if isinstance(cell, str) else cell
        # Fixed ids: the same lesson must be the same file.
        made = nbformat.v4.new_code_cell(source, metadata=metadata, id=f"cell-{number}")
        node.cells.append(made)
    return nbformat.writes(node)


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


@pytest.fixture
def write_lesson(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a notebook with the given cells and returns its path."""

    def write(*cells: str | tuple[str, dict[str, Any]]) -> Path:
        path = tmp_path / "lesson.ipynb"
        path.write_text(notebook(*cells))
        return path

    return write
