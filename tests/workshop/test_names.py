"""Who is let in, and that a name that was taken is nobody else's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nslabkit.workshop import names_book
from nslabkit.workshop.workshop_state import Places, Seat, Workshop, WorkshopSettings

if TYPE_CHECKING:
    from pathlib import Path

CODE = "ABCD-2345"


def room(folder: Path, *seats: Seat, code: str = CODE) -> Workshop:
    (folder / "hub").mkdir(exist_ok=True)
    settings = WorkshopSettings("en", "host", "", 443, https=True, code=code)
    return Workshop(Places(folder), settings, list(seats))


@pytest.fixture
def two(tmp_path: Path) -> Workshop:
    return room(tmp_path, Seat("learner01", 1), Seat("learner02", 2))


def refused(workshop: Workshop, *words: str) -> str:
    with pytest.raises(names_book.Refusal) as caught:
        names_book.sign_in(workshop, *words)
    return str(caught.value)


def test_a_code_is_compared_as_people_copy_it(two: Workshop) -> None:
    assert names_book.sign_in(two, "Ada", "abcd 2345", "a secret") == "learner01"
    assert names_book.sign_in(two, "Bob", "ＡＢＣＤ-2345", "b secret") == "learner02"


@pytest.mark.parametrize("again", ["Ada", " ada ", "ADA", "Ａｄａ"])
def test_a_taken_name_opens_to_its_own_password_only(two: Workshop, again: str) -> None:
    names_book.sign_in(two, "Ada", CODE, "a secret")
    assert refused(two, again, CODE, "guessed!") == "password"
    assert refused(two, again, CODE, "") == "password"
    assert names_book.sign_in(two, again, "", "a secret") == "learner01"


def test_who_has_no_code_takes_no_seat(two: Workshop) -> None:
    assert refused(two, "Ada", "", "a secret") == "code"
    assert refused(two, "Ada", "ABCD-2346", "a secret") == "code"
    assert refused(two, "Ada", CODE, "short") == "short"
    for name in ("", "  ", "x" * 41, "a\x1b[2J", "Instructor", "Learner02"):
        assert refused(two, name, CODE, "a secret") == "name"
    assert not names_book.names(two.places.names)


def test_without_a_code_only_the_list_comes_in(tmp_path: Path) -> None:
    listed = room(
        tmp_path, Seat("learner01", 1, "小明", "WXYZ-7777"), Seat("learner02", 2), code=""
    )
    assert refused(listed, "Eve", "WXYZ-7777", "a secret") == "code"
    assert refused(listed, "Eve", "", "a secret") == "code"
    assert refused(listed, "小明", "WXYZ-7778", "a secret") == "code"
    assert names_book.sign_in(listed, "小明", "wxyz7777", "a secret") == "learner01"
    assert refused(listed, "小明", "WXYZ-7777", "another") == "password"  # used once


def test_a_blank_is_a_blank_whatever_its_width(tmp_path: Path) -> None:
    listed = room(tmp_path, Seat("learner01", 1, "张 三", "WXYZ-7777"), code="")
    assert names_book.sign_in(listed, "张\u3000三 ", "WXYZ-7777", "a secret") == "learner01"
    assert names_book.names(listed.places.names)["张 三"]["name"] == "张 三"


def test_a_full_room_says_so(two: Workshop) -> None:
    for name in ("Ada", "Bob"):
        names_book.sign_in(two, name, CODE, "a secret")
    assert refused(two, "Eve", CODE, "a secret") == "full"


def test_files_hold_no_password_and_the_roster_only_names(two: Workshop) -> None:
    names_book.sign_in(two, "Ada", CODE, "a secret")
    kept = two.places.names
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "a secret" not in kept.read_text()
    assert json.loads((two.places.folder / "roster.json").read_text()) == {"learner01": "Ada"}
    assert names_book.account_of(two, "ADA") == names_book.account_of(two, "learner01")
    assert names_book.account_of(two, "Eve") is None
