"""Every example in a docstring of the kit: does it print what it says, in a sandbox?"""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import nslabkit

ROOT = Path(nslabkit.__file__).parent
FINDER = doctest.DocTestFinder(exclude_empty=True)


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# By what the files say: most of them have no example, and need not be loaded.
MODULES = sorted(dotted(path) for path in ROOT.rglob("*.py") if ">>> " in path.read_text("utf-8"))


@pytest.fixture(autouse=True)
def _english_and_an_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples(name: str) -> None:
    module = importlib.import_module(name)
    found = [example for test in FINDER.find(module, name) for example in test.examples]
    written = Path(str(module.__file__)).read_text("utf-8").count(">>> ")
    assert len(found) == written, "an example stands where doctest does not look"
    result = doctest.testmod(module)
    assert result.attempted == written
    assert result.failed == 0
