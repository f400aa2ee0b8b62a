"""Every folder with tests belongs to exactly one suite of `tools/test.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scripts import loaded

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
FOLDERS = sorted({path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")})


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return loaded("tools/test.py")


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_folder_belongs_to_one_suite(folder: Path, runner: ModuleType) -> None:
    """One folder may be run twice, with another map of users."""
    takes = {
        suite.folder
        for suite in runner.SUITES
        if folder.is_relative_to(suite.folder)
        and not any(folder.is_relative_to(inner) for inner in runner.folders_within(suite))
    }
    assert len(takes) == 1


def test_every_suite_has_tests(runner: ModuleType) -> None:
    for suite in runner.SUITES:
        assert list((TESTS / suite.folder).rglob("test_*.py")), suite.folder
