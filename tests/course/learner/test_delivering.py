"""A learner's work is never lost, and newer lessons arrive all the same."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from nslabkit.base.errors import (
    InvalidValueError,
    NoPrivilegeError,
    NotFoundError,
    OutOfResourcesError,
)
from nslabkit.course import delivering, lessons, own_values, variants

LEARNED = b"what I wrote"


def states(deliveries: list[delivering.Delivery]) -> list[tuple[str, str]]:
    return [(delivery.path.name, delivery.state) for delivery in deliveries]


def newer(shelf: Path, text: str) -> bytes:
    lesson = shelf / "en" / "01_wire.ipynb"
    lesson.write_text(re.sub(r"1 \+ \d", text, lesson.read_text()))
    return lesson.read_bytes()


def test_lessons_are_copied_and_stay_the_same(shelf: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert states(delivering.deliver(home, "en")) == [
        ("01_wire.ipynb", "new"),
        ("02_world.ipynb", "new"),
    ]
    copy = home / "en" / "01_wire.ipynb"
    assert copy.read_bytes() == (shelf / "en" / "01_wire.ipynb").read_bytes()
    assert {state for _name, state in states(delivering.deliver(home, "en"))} == {"same"}


def test_the_languages_have_folders_of_their_own(shelf: Path, tmp_path: Path) -> None:
    delivering.deliver(tmp_path / "home", "en")
    delivering.deliver(tmp_path / "home", "zh")
    for language in lessons.FOLDERS:
        copy = tmp_path / "home" / language / "01_wire.ipynb"
        assert copy.read_bytes() == (shelf / language / "01_wire.ipynb").read_bytes()


def test_an_unchanged_lesson_is_renewed(shelf: Path, tmp_path: Path) -> None:
    delivering.deliver(tmp_path, "en")
    content = newer(shelf, "1 + 2")
    assert ("01_wire.ipynb", "renewed") in states(delivering.deliver(tmp_path, "en"))
    assert (tmp_path / "en" / "01_wire.ipynb").read_bytes() == content


def test_a_changed_lesson_stays_and_the_newer_one_comes_beside_it_once(
    shelf: Path, tmp_path: Path
) -> None:
    delivering.deliver(tmp_path, "en")
    mine = tmp_path / "en" / "01_wire.ipynb"
    mine.write_bytes(LEARNED)
    assert ("01_wire.ipynb", "kept") in states(delivering.deliver(tmp_path, "en"))

    content = newer(shelf, "1 + 2")
    assert ("01_wire.new.ipynb", "beside") in states(delivering.deliver(tmp_path, "en"))
    assert mine.read_bytes() == LEARNED
    assert (tmp_path / "en" / "01_wire.new.ipynb").read_bytes() == content
    assert ("01_wire.ipynb", "kept") in states(delivering.deliver(tmp_path, "en"))

    # The next newer one replaces the first, unless the learner works in that already.
    newer(shelf, "1 + 3")
    assert ("01_wire.new.ipynb", "beside") in states(delivering.deliver(tmp_path, "en"))
    (tmp_path / "en" / "01_wire.new.ipynb").write_bytes(LEARNED)
    newer(shelf, "1 + 4")
    assert ("01_wire.new-2.ipynb", "beside") in states(delivering.deliver(tmp_path, "en"))
    assert (tmp_path / "en" / "01_wire.new.ipynb").read_bytes() == LEARNED


def test_a_file_that_was_there_before_is_the_learners(shelf: Path, tmp_path: Path) -> None:
    del shelf
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "01_wire.ipynb").write_bytes(LEARNED)
    delivering.deliver(tmp_path, "en")
    assert (tmp_path / "en" / "01_wire.ipynb").read_bytes() == LEARNED


@pytest.mark.parametrize("record", [None, "", "{ half"])
def test_a_lost_record_loses_no_work(shelf: Path, tmp_path: Path, record: str | None) -> None:
    delivering.deliver(tmp_path, "en")
    (tmp_path / "en" / "01_wire.ipynb").write_bytes(LEARNED)
    path = tmp_path / ".nslabkit" / "delivered.json"
    if record is None:
        path.unlink()
    else:
        path.write_text(record)
    newer(shelf, "1 + 2")
    delivering.deliver(tmp_path, "en")
    assert (tmp_path / "en" / "01_wire.ipynb").read_bytes() == LEARNED
    assert json.loads(path.read_text())


def test_a_deleted_lesson_comes_back(shelf: Path, tmp_path: Path) -> None:
    del shelf
    delivering.deliver(tmp_path, "en")
    (tmp_path / "en" / "01_wire.ipynb").unlink()
    assert ("01_wire.ipynb", "new") in states(delivering.deliver(tmp_path, "en"))


@pytest.mark.parametrize("what", ["folder", "link", "pipe"])
def test_what_is_no_lesson_any_more_keeps_no_other_from_coming(
    shelf: Path, tmp_path: Path, what: str
) -> None:
    delivering.deliver(tmp_path, "en")
    mine = tmp_path / "en" / "01_wire.ipynb"
    mine.unlink()
    {"folder": mine.mkdir, "link": lambda: mine.symlink_to("/"), "pipe": lambda: os.mkfifo(mine)}[
        what
    ]()
    before = mine.lstat()
    (tmp_path / "en" / "02_world.ipynb").unlink()
    (shelf / "en" / "01_wire.ipynb").write_text("{}")
    found = states(delivering.deliver(tmp_path, "en"))
    assert found == [("01_wire.new.ipynb", "beside"), ("02_world.ipynb", "new")]
    assert mine.lstat() == before
    assert states(delivering.deliver(tmp_path, "en"))[0] == ("01_wire.ipynb", "kept")


def test_a_folder_in_a_lessons_place_is_told(shelf: Path, tmp_path: Path) -> None:
    del shelf
    (tmp_path / "en" / "01_wire.ipynb").mkdir(parents=True)
    (tmp_path / "zh").write_text("")
    for language in lessons.FOLDERS:
        with pytest.raises(InvalidValueError, match="Give that another name"):
            delivering.start_over("1", tmp_path, language)
    with pytest.raises(InvalidValueError, match="Give that another name"):
        delivering.deliver(tmp_path, "zh")


def test_starting_over_keeps_the_old_copy(shelf: Path, tmp_path: Path) -> None:
    delivering.deliver(tmp_path, "en")
    mine = tmp_path / "en" / "01_wire.ipynb"
    mine.write_bytes(LEARNED)
    kept, fresh = delivering.start_over("1", tmp_path, "en")
    assert fresh == mine
    assert fresh.read_bytes() == (shelf / "en" / "01_wire.ipynb").read_bytes()
    assert kept is not None
    assert kept.read_bytes() == LEARNED
    # Twice within a minute: both copies are kept.
    mine.write_bytes(b"second")
    again, _fresh = delivering.start_over("1", tmp_path, "en")
    assert again is not None
    assert (kept.read_bytes(), again.read_bytes()) == (LEARNED, b"second")


def test_a_full_disk_leaves_the_learners_copy_in_its_place(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del shelf
    delivering.deliver(tmp_path, "en")
    mine = tmp_path / "en" / "01_wire.ipynb"
    mine.write_bytes(LEARNED)
    before = sorted(tmp_path.rglob("*"))

    def full(_file: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutOfResourcesError, match=r"01_wire\.ipynb is as it was before"):
        delivering.start_over("1", tmp_path, "en")
    assert mine.read_bytes() == LEARNED
    assert sorted(tmp_path.rglob("*")) == before


def test_the_kits_own_corner_is_private(shelf: Path, tmp_path: Path) -> None:
    del shelf
    (tmp_path / ".nslabkit").mkdir(mode=0o755)
    delivering.deliver(tmp_path, "en")
    assert (tmp_path / ".nslabkit").stat().st_mode & 0o777 == 0o700


def test_starting_over_takes_the_language_from_the_file(shelf: Path, tmp_path: Path) -> None:
    _kept, fresh = delivering.start_over("zh/02_world.ipynb", tmp_path)
    assert fresh == tmp_path / "zh" / "02_world.ipynb"
    assert fresh.read_bytes() == (shelf / "zh" / "02_world.ipynb").read_bytes()


@pytest.mark.parametrize(
    "name", ["1", "01", "wire", "01_wire", "01_wire.ipynb", "en/01_wire.ipynb"]
)
def test_a_lesson_is_found_by(shelf: Path, name: str) -> None:
    assert lessons.find(name, "en") == shelf / "en" / "01_wire.ipynb"


def test_a_lesson_of_number_0_is_found(shelf: Path) -> None:
    (shelf / "en" / "00_start.ipynb").write_text("{}")
    (shelf / "en" / "00_claims.ipynb").write_text("{}")
    for name in ("0", "00", "000"):
        assert lessons.find(name, "en").stem == "00_start"
    assert lessons.find("claims", "en").stem == "00_claims"


def test_a_number_that_two_lessons_have_means_both(shelf: Path) -> None:
    for name in ("02_wire", "02_world_clicks"):
        (shelf / "en" / f"{name}.ipynb").write_text("{}")
    assert [path.stem for path in lessons.meant("2", "en")] == ["02_wire", "02_world"]
    assert [path.stem for path in lessons.meant("02_world", "en")] == ["02_world"]
    assert [path.stem for path in lessons.meant("1", "en")] == ["01_wire"]


def test_a_number_that_two_lessons_have_starts_none_over(shelf: Path, tmp_path: Path) -> None:
    for name in ("02_wire", "02_wire_clicks"):
        (shelf / "en" / f"{name}.ipynb").write_text("{}")
    with pytest.raises(InvalidValueError, match="Choose one of: 02_wire, 02_world"):
        delivering.start_over("2", tmp_path, "en")
    assert not (tmp_path / "en").exists()
    assert delivering.start_over("02_wire", tmp_path, "en")[1].stem == "02_wire"


def test_a_gentler_way_in_stands_before_its_lesson_and_does_not_take_its_number(
    shelf: Path,
) -> None:
    for name in ("00_start", "00_claims", "01_wire_clicks"):
        (shelf / "en" / f"{name}.ipynb").write_text("{}")
    assert [path.stem for path in lessons.available("en")] == [
        *("00_start", "00_claims", "01_wire_clicks", "01_wire", "02_world")
    ]
    assert lessons.find("1", "en").stem == "01_wire"
    assert lessons.find("01_wire", "en").stem == "01_wire"
    assert lessons.find("clicks", "en").stem == "01_wire_clicks"


@pytest.mark.parametrize("name", ["3", "w", "", "../01_wires", "02_wire", "9" * 5000])
def test_a_lesson_that_is_not_there_is_named_with_those_that_are(shelf: Path, name: str) -> None:
    del shelf
    with pytest.raises(InvalidValueError, match="01_wire, 02_world"):
        lessons.find(name, "en")


def test_a_folder_that_cannot_be_written_is_explained(shelf: Path, tmp_path: Path) -> None:
    del shelf
    (tmp_path / "file").write_text("")
    with pytest.raises(NoPrivilegeError) as caught:
        delivering.deliver(tmp_path / "file" / "home", "en")
    assert caught.value.errno_name == "ENOTDIR"


def test_a_kit_without_lessons_says_so(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("_PACKED", "_CLONED"):
        monkeypatch.setattr(lessons, place, shelf / "nothing")
    with pytest.raises(NotFoundError):
        lessons.available("en")


def test_the_folder_around_us_is_found(shelf: Path, tmp_path: Path) -> None:
    del shelf
    delivering.deliver(tmp_path / "home", "en")
    before = Path.cwd()
    try:
        os.chdir(tmp_path / "home" / "en")
        assert lessons.learners_folder() == tmp_path / "home"
        os.chdir(tmp_path)
        assert lessons.learners_folder() == tmp_path / lessons.DEFAULT_FOLDER
    finally:
        os.chdir(before)
    assert lessons.learners_folder("~/x") == Path.home() / "x"


def test_a_learner_with_a_variant_gets_their_own_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setenv(variants.VARIANT, "")
    lesson = tmp_path / "en" / "01_one_wire.ipynb"
    try:
        variants.become("one")
        assert ("01_one_wire.ipynb", "new") in states(delivering.deliver(tmp_path, "en"))
        assert own_values.own("1.1", "solo") in lesson.read_text(encoding="utf-8")
        assert "`solo`" not in lesson.read_text(encoding="utf-8")
        assert {state for _name, state in states(delivering.deliver(tmp_path, "en"))} == {"same"}
        variants.become("another")  # such as when a class is made anew
        assert ("01_one_wire.ipynb", "renewed") in states(delivering.deliver(tmp_path, "en"))
        lesson.write_bytes(LEARNED)
        kept, fresh = delivering.start_over("1", tmp_path, "en")
        assert kept is not None
        assert kept.read_bytes() == LEARNED
        assert fresh.read_bytes() == own_values.notebook(lessons.find("1", "en"))
    finally:
        variants.seed.cache_clear()
