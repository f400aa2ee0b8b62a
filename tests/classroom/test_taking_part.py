"""`nslabkit lab --class` takes part in a class, and each check of a lesson is noted."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from nslabkit.base.accounts import own_account
from nslabkit.cli import main
from nslabkit.course import checks, seat
from nslabkit.course.lesson_ends import check_name
from nslabkit.course.progress import progress

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """Return the environments that JupyterLab would have been started with."""
    environments: list[dict[str, str]] = []
    monkeypatch.setattr(
        "nslabkit.jupyter.server.serve", lambda _options: environments.append({**os.environ})
    )
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setenv("NSLAB_CLASS", "")
    return environments


def test_a_folder_that_is_no_class_is_refused(tmp_path: Path, served: list[dict[str, str]]) -> None:
    open_to_all = tmp_path / "class"
    open_to_all.mkdir(mode=0o755)
    said = CliRunner().invoke(main, ["lab", str(tmp_path / "lessons"), "--class", str(open_to_all)])
    assert said.exit_code == 1
    assert "Tried: nslabkit lab --class" in said.output
    assert served == []


def test_a_missing_folder_is_refused(tmp_path: Path, served: list[dict[str, str]]) -> None:
    said = CliRunner().invoke(main, ["lab", str(tmp_path), "--class", str(tmp_path / "none")])
    assert said.exit_code == 1
    assert served == []


def test_a_squatted_name_does_not_keep_anybody_from_the_lessons(
    class_folder: Path,
    tmp_path: Path,
    served: list[dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_the_way = class_folder / f"{own_account()}.json"
    in_the_way.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(in_the_way, 65534)
    else:  # who is no root can give nothing away: it counts as somebody else's
        monkeypatch.setattr(seat, "exists", lambda _folder: False)
    said = CliRunner().invoke(
        main, ["lab", str(tmp_path / "lessons"), "--class", str(class_folder)]
    )
    assert said.exit_code == 0
    assert "Begun without the class: Your row cannot be written there" in said.output
    [environment] = served
    assert not environment["NSLAB_CLASS"]


@pytest.fixture
def lessons_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".nslabkit").mkdir()
    monkeypatch.setenv("NSLAB_LESSONS", str(tmp_path))
    monkeypatch.setenv("JPY_SESSION_NAME", "en/01_one_wire.ipynb")
    monkeypatch.delenv("NSLAB_CLASS", raising=False)
    return tmp_path


def test_each_check_is_noted_with_its_lesson(lessons_folder: Path) -> None:
    assert not checks.namespace_exists("no-such-one")
    [attempt] = progress(lessons_folder)
    assert attempt.lesson == "01_one_wire"
    assert attempt.check == check_name("namespace_exists", "no-such-one")
    assert not attempt.passed


def test_without_a_lessons_folder_nothing_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NSLAB_LESSONS", raising=False)
    monkeypatch.chdir(tmp_path)
    checks.namespace_exists("no-such-one")
    assert list(tmp_path.iterdir()) == []


def test_the_row_of_a_class_tells_the_last_check(
    lessons_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom = lessons_folder / "class"
    classroom.mkdir()
    monkeypatch.setenv("NSLAB_CLASS", str(classroom))
    checks.namespace_exists("no-such-one")
    [row] = classroom.iterdir()
    assert json.loads(row.read_text())["lesson"] == "01_one_wire"
