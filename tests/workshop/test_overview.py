"""What the instructor sees of what learners share; files that learners made up are harmless."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.accounts import own_account
from nslabkit.workshop import overview, raised_hands, shared_progress
from nslabkit.workshop.overview import Person
from nslabkit.workshop.shared_progress import Done, Shared

if TYPE_CHECKING:
    from pathlib import Path

LESSON = "01_one_wire"
ADA = Person(
    "Ada",
    Shared(
        {(LESSON, "task 1.1"): Done(60.0, 60.0, 2), (LESSON, "task 1.2"): Done(None, 660.0, 5)},
        {"1.2": 2},
        {"the same name again": (False, "an error message")},
    ),
)
BOB = Person("=Bob", Shared({(LESSON, "task 1.1"): Done(None, 30.0, 1)}))


def table(name: str) -> dict[str, object]:
    [found] = [one for one in overview.tables([ADA, BOB]) if one["id"] == name]
    return found


def test_tasks_with_tries_and_hints() -> None:
    found = table(f"tasks-{LESSON}")
    texts = {row["head"]: [cell["text"] for cell in row["cells"]] for row in found["rows"]}  # type: ignore[attr-defined]
    assert texts["Ada"][:2] == ["✔ 2", "✘ 5 (2)"]
    assert texts["=Bob"][:2] == ["✘ 1", "·"]
    assert found["heads"][1:3] == ["1.1", "1.2"]  # type: ignore[index]


def test_wrong_guesses_and_what_somebody_is_stuck_on() -> None:
    [row] = table("guesses")["rows"]  # type: ignore[misc]
    assert "same line once more" in row["head"]
    assert row["cells"][0]["text"] == "1 of 1"
    assert overview.stuck_on(ADA) == "task 1.2"
    assert overview.stuck_on(Person("Eve", Shared())) == ""


def test_the_plan_is_the_start_pages() -> None:
    assert overview.planned()[LESSON] > 0
    [row] = table("pace")["rows"]  # type: ignore[misc]
    assert row["cells"][3]["text"] == "5"  # the median of 10 minutes and none
    assert row["cells"][4]["text"] == str(overview.planned()[LESSON])


def test_a_spreadsheet_runs_no_formula() -> None:
    lines = overview.spreadsheet([ADA, BOB]).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[3].startswith("'=Bob,")
    assert "1970-01-01T00:01:00+00:00" in lines[1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"checks": [["a"]], "hints": {}, "guesses": {}}',
        '{"checks": [], "hints": {"1.1": -1}, "guesses": {}}',
        '{"hints": {"\\u001b[2J": 1}, "guesses": {}, "checks": []}',
        "[" * 100_000,
        "x" * (1 << 19),
    ],
)
def test_what_is_not_of_our_form_counts_as_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / f"{own_account()}.json").write_text(text)
    assert shared_progress.read(tmp_path) == {}


def test_a_row_belongs_to_who_owns_the_file(tmp_path: Path) -> None:
    good = {"checks": [], "hints": {"1.1": 1}, "guesses": {}}
    (tmp_path / "somebody.json").write_text(json.dumps(good))
    (tmp_path / "pipe.json").unlink(missing_ok=True)
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "somebody.json")
    assert shared_progress.read(tmp_path) == {}
    (tmp_path / f"{own_account()}.json").write_text(json.dumps(good))
    assert shared_progress.read(tmp_path)[own_account()].hints == {"1.1": 1}


def test_hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(raised_hands.FOLDER, str(tmp_path))
    assert not raised_hands.is_up()
    raised_hands.lift()
    raised_hands.lift()
    (tmp_path / "foreign").touch()
    assert set(raised_hands.up(tmp_path)) == {own_account()}
    raised_hands.lower()
    raised_hands.lower()
    assert raised_hands.up(tmp_path) == {}


def test_sharing_copies_numbers_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lessons, shared = tmp_path / "lessons", tmp_path / "shared"
    (lessons / ".nslabkit").mkdir(parents=True)
    shared.mkdir()
    attempt = {"lesson": LESSON, "check": "task 1.1", "first_passed": None}
    attempt |= {"last_tried": "2026-01-01T00:00:00+00:00", "tries": 3}
    record = {"attempts": [attempt], "standings": []}
    (lessons / ".nslabkit" / "progress.json").write_text(json.dumps(record))
    monkeypatch.setenv("NSLAB_LESSONS", str(lessons))
    monkeypatch.setenv(shared_progress.FOLDER, str(shared))
    shared_progress.Sharing().share()
    found = shared_progress.read(shared)[own_account()]
    assert found.checks[LESSON, "task 1.1"].tries == 3
