"""What failed in a browser is tried once more, alone; nothing else is, and it is said."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scripts import loaded

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent.parent

# Fails the first time that it runs, and passes afterwards.
UNLUCKY = """
from pathlib import Path
def test_unlucky():
    tried = Path(__file__).with_name("tried")
    again = tried.exists()
    tried.touch()
    assert again
"""
BROKEN = "def test_broken():\n    assert False\n"
SOUND = "def test_sound():\n    pass\n"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return tools/test.py for a project of its own with a suite of each kind."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.setenv("NSLAB_TEST_RECORD", str(tmp_path / "state" / "record.json"))
    module = loaded("tools/test.py")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = long\n")
    suites = (module.Suite("pages", "browser/pages"), module.Suite("plain", "plain"))
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "RESULTS", tmp_path / "build")
    monkeypatch.setattr(module, "SUITES", suites)
    monkeypatch.setattr(sys, "argv", ["test.py"])
    return module


def write(folder: Path, **tests: str) -> None:
    folder.mkdir(parents=True)
    for name, text in tests.items():
        (folder / f"test_{name}.py").write_text(text)


def test_it_passes_at_the_second_try_and_is_named(
    runner: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "tests/browser/pages", unlucky=UNLUCKY, sound=SOUND)
    write(tmp_path / "tests/plain", plain=SOUND)
    assert runner.main() == 0
    said = capsys.readouterr().out
    assert "passed at the second try, alone: browser/pages: tests.browser.pages." in said
    assert said.endswith("\n3 passed, 0 failed\n")
    assert "test_unlucky" in said.partition("once more what failed\n")[0]  # the first failure too


def test_what_fails_twice_has_failed(
    runner: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "tests/browser/pages", unlucky=UNLUCKY, broken=BROKEN, sound=SOUND)
    write(tmp_path / "tests/plain", plain=SOUND)
    assert runner.main() == 1
    said = capsys.readouterr().out
    assert "not green: pages (2 passed, 1 failed)" in said
    assert said.endswith("\n3 passed, 1 failed\n")


def test_outside_a_browser_there_is_one_try(
    runner: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "tests/browser/pages", sound=SOUND)
    write(tmp_path / "tests/plain", unlucky=UNLUCKY)
    assert runner.main() == 1
    assert capsys.readouterr().out.endswith("\n1 passed, 1 failed\n")


def test_where_much_fails_nothing_is_tried_again(
    runner: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = {
        f"unlucky{n}": UNLUCKY.replace('"tried"', f'"tried{n}"')
        for n in range(runner.SECOND_TRIES + 1)
    }
    write(tmp_path / "tests/browser/pages", **many)
    write(tmp_path / "tests/plain", plain=SOUND)
    assert runner.main() == 1
    said = capsys.readouterr().out
    assert "once more" not in said
    assert said.endswith(f"\n1 passed, {runner.SECOND_TRIES + 1} failed\n")


def again(runner: ModuleType, tmp_path: Path, *, lucky: bool) -> int:
    """Run all once more, as if the unlucky test had never run, or had."""
    tried = tmp_path / "tests/browser/pages/tried"
    if lucky:
        tried.touch()
    else:
        tried.unlink(missing_ok=True)
    status: int = runner.main()
    return status


def test_twice_in_ten_runs_is_too_often(
    runner: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "tests/browser/pages", unlucky=UNLUCKY, sound=SOUND)
    write(tmp_path / "tests/plain", plain=SOUND)
    assert again(runner, tmp_path, lucky=False) == 0
    assert again(runner, tmp_path, lucky=True) == 0
    capsys.readouterr()
    assert again(runner, tmp_path, lucky=False) == 1
    assert "not steady, 2 times in 10 runs: browser/pages: tests" in capsys.readouterr().out


def test_after_ten_runs_it_is_forgotten(
    runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steadiness = runner.steadiness
    assert steadiness.note("pages", ["one"]) == []
    for _run in range(steadiness.RUNS - 1):
        assert steadiness.note("pages", ["other"] if _run == 0 else []) == []
    assert steadiness.note("pages", ["one"]) == []
    assert steadiness.note("widgets", ["one"]) == []
    assert steadiness.note("pages", ["one"]) == ["one"]
    record = tmp_path / "spoiled.json"
    record.write_text("[")
    monkeypatch.setenv("NSLAB_TEST_RECORD", str(record))
    assert steadiness.note("pages", ["one"]) == []
