"""What is collected of a learner besides the notebooks?"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import NotFoundError, NslabError
from nslabkit.course import state_record
from nslabkit.workshop import learners_files
from nslabkit.workshop.workshop_state import Places, Seat, Workshop, WorkshopSettings

if TYPE_CHECKING:
    from pathlib import Path


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
    monkeypatch.setattr(learners_files, "_ALL", 3_000_000)
    for name, size in (("a", 2_000_000), ("b", 2_000_000), ("c", 30_000_000), ("d", 1_000_000)):
        with (tmp_path / f"{name}.ipynb").open("wb") as file:
            file.truncate(size)
    found = learners_files._changed(tmp_path, "")
    assert list(found["files"]) == ["a.ipynb", "d.ipynb"]
    assert [name for name, _why in found["left"]] == ["b.ipynb", "c.ipynb"]
    assert "too large" in found["left"][0][1]


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "memory.ipynb").symlink_to("/proc/self/mem")  # a plain file that gives EIO
    found = learners_files._changed(tmp_path, "")
    assert found["left"] == [("memory.ipynb", "Input/output error")]
    (tmp_path / "memory.ipynb").unlink()
    tmp_path.rmdir()
    assert learners_files._changed(tmp_path, "")["left"][0][0] == "."


def room(folder: Path, *seats: Seat) -> Workshop:
    settings = WorkshopSettings("en", "host", "", 8443, https=True)
    return Workshop(Places(folder), settings, list(seats))


def test_two_collections_of_one_second_have_a_folder_each(tmp_path: Path) -> None:
    found = {learners_files.collect(room(tmp_path))[0] for _ in range(5)}  # in far less than 5 s
    assert len(found) == 5
    assert all((folder / "learners.csv").exists() for folder in found)


def test_an_account_that_was_removed_by_hand_is_told(tmp_path: Path) -> None:
    gone = Seat("nslt-nobody", 1)
    _folder, [told] = learners_files.collect(room(tmp_path, gone))
    assert told.startswith("nslt-nobody\nTried:")
    assert "another seat" in told
    for deed in (learners_files.deliver, lambda *who: learners_files.reset(*who, "1")):
        with pytest.raises(NotFoundError, match="another seat"):
            deed(room(tmp_path, gone), gone)


def test_no_part_of_a_collection_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_words: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(learners_files.files, "replace_file", full)
    with pytest.raises(NslabError, match="The disk is full"):
        learners_files.collect(room(tmp_path))
    assert not list((tmp_path / "collected").iterdir())


def test_a_name_that_is_none_is_left_out_and_told(tmp_path: Path) -> None:
    sent = dict.fromkeys(("en/mine.ipynb", "en/a\udcff.ipynb", "../b.ipynb", "/c.ipynb"), "e30=")
    odd = learners_files._write(tmp_path / "learner01", sent)
    assert odd == ["en/a\udcff.ipynb", "../b.ipynb", "/c.ipynb"]
    assert [path.name for path in tmp_path.rglob("*.ipynb")] == ["mine.ipynb"]
    told = learners_files._left_out("learner01", odd[0], "why")
    assert told == "learner01: en/a?.ipynb was left out: why"
