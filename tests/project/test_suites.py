"""Every folder with tests belongs to exactly one suite of `tools/test.py`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
FOLDERS = sorted({path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")})


@pytest.fixture
def suite_folders(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    spec = importlib.util.spec_from_file_location("suites_of_all", ROOT / "tools" / "test.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    # One folder may be run twice, with another map of users.
    return {Path(suite.folder) for suite in module.SUITES}


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_folder_belongs_to_one_suite(folder: Path, suite_folders: set[Path]) -> None:
    assert len(suite_folders & {folder, *folder.parents}) == 1


def test_every_suite_has_tests(suite_folders: set[Path]) -> None:
    assert {one for one in suite_folders if not list((TESTS / one).rglob("test_*.py"))} == set()
