"""A learner's folder, and an environment that knows nothing of whoever runs the tests: fixtures."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

progress_module = importlib.import_module(
    "nslabkit.course.progress"
)  # the package's name is a function


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak English, and know nothing of the lessons and classes of whoever runs the tests."""
    monkeypatch.setenv("NSLAB_LANG", "en")
    for name in ("NSLAB_LESSONS", "NSLAB_CLASS", "JPY_SESSION_NAME", "NSLAB_UIDMAP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(progress_module, "_told", set())


@pytest.fixture
def learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's folder, with the working directory where a lesson would have it."""
    folder = tmp_path / "lessons"
    (folder / ".nslabkit").mkdir(parents=True)
    (folder / "en").mkdir()
    monkeypatch.chdir(folder / "en")
    return folder
