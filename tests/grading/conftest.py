"""A folder for the submissions of a module's tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Only real root makes a room with an account of its own.
collect_ignore = [] if os.geteuid() == 0 else ["test_room.py"]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for submissions that nobody else enters."""
    return tmp_path_factory.mktemp("grading")
