"""A lesson of a test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from small_notebook import notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def write_lesson(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a notebook with the given cells and returns its path."""

    def write(*cells: str | tuple[str, dict[str, Any]]) -> Path:
        path = tmp_path / "lesson.ipynb"
        path.write_text(notebook(*cells))
        return path

    return write
