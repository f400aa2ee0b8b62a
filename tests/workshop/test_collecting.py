"""What is collected of a learner besides the notebooks?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from nslabkit.course import state_record
from nslabkit.workshop import learners_files
from nslabkit.workshop.workshop_state import Seat

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_records_of_passed_checks_are_collected(tmp_path: Path) -> None:
    states = tmp_path / ".nslabkit" / state_record.FOLDER
    states.mkdir(parents=True)
    for number in range(state_record.MOST + 5):
        (states / f"{number:04}.json").write_text("{}", "utf-8")
    found = learners_files.records_of(tmp_path)
    assert [path.name for path in found[:3]] == ["progress.json", "answers.json", "0000.json"]
    assert len(found) == state_record.MOST + 2


def test_a_learner_with_very_much_is_collected_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such files take no room on their disk, but all memory of whoever collects them."""
    monkeypatch.setattr(learners_files, "home_lessons", lambda _account: tmp_path)
    monkeypatch.setattr(learners_files, "_ALL", 3_000_000)
    for name, size in (("a", 2_000_000), ("b", 2_000_000), ("c", 30_000_000), ("d", 1_000_000)):
        with (tmp_path / f"{name}.ipynb").open("wb") as file:
            file.truncate(size)
    found = learners_files._changed(Seat("learner01", 1), "")
    assert list(found["files"]) == ["a.ipynb", "d.ipynb"]
    assert [name for name, _why in found["left"]] == ["b.ipynb", "c.ipynb"]
    assert "too large" in found["left"][0][1]


def test_what_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learners_files, "home_lessons", lambda _account: tmp_path)
    (tmp_path / "memory.ipynb").symlink_to("/proc/self/mem")  # a plain file that gives EIO
    found = learners_files._changed(Seat("learner01", 1), "")
    assert found["left"] == [("memory.ipynb", "Input/output error")]
    (tmp_path / "memory.ipynb").unlink()
    tmp_path.rmdir()
    assert learners_files._changed(Seat("learner01", 1), "")["left"][0][0] == "."


def test_two_collections_of_one_second_have_a_folder_each(tmp_path: Path) -> None:
    workshop = SimpleNamespace(
        places=SimpleNamespace(collected=tmp_path / "collected", names=tmp_path / "names"), seats=[]
    )
    found = {learners_files.collect(workshop)[0] for _ in range(5)}  # in far less than 5 seconds
    assert len(found) == 5
    assert all((folder / "learners.csv").exists() for folder in found)


def test_a_name_that_is_none_is_left_out_and_told(tmp_path: Path) -> None:
    sent = dict.fromkeys(("en/mine.ipynb", "en/a\udcff.ipynb", "../b.ipynb", "/c.ipynb"), "e30=")
    odd = learners_files._write(tmp_path / "learner01", sent)
    assert odd == ["en/a\udcff.ipynb", "../b.ipynb", "/c.ipynb"]
    assert [path.name for path in tmp_path.rglob("*.ipynb")] == ["mine.ipynb"]
    told = learners_files._left_out("learner01", odd[0], "why")
    assert told == "learner01: en/a?.ipynb was left out: why"
