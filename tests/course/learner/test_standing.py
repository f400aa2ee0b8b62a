from __future__ import annotations

import datetime as dt
import json

import pytest

from nslabkit.course.standing import begin, decode, from_json

NINE = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
TEN = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
GOOD = begin("01_one_wire", NINE).after("wire", TEN, passed=True, first=True).as_json()


def test_it_comes_back_as_it_went() -> None:
    assert from_json(decode(json.dumps(GOOD).encode())).as_json() == GOOD


def test_a_new_check_moves_the_time_and_a_failed_one_does_not() -> None:
    passed = begin("l", NINE).after("a", TEN, passed=True, first=True)
    assert (passed.check, passed.since, passed.tries) == ("a", TEN, 0)
    failed = begin("l", NINE).after("a", TEN, passed=False, first=False)
    assert (failed.check, failed.since, failed.active, failed.tries) == (None, NINE, TEN, 1)


def test_a_second_walk_through_a_lesson_counts_as_going_ahead() -> None:
    end = begin("l", NINE).after("b", NINE, passed=True, first=True)
    assert end.after("a", TEN, passed=True, first=False).since == TEN
    assert end.after("b", TEN, passed=True, first=False).since == NINE


@pytest.mark.parametrize(
    "change",
    [
        {"tries": "3"},
        {"tries": -1},
        {"tries": True},
        {"tries": 10**9},
        {"tries": None},
        {"lesson": 7},
        {"lesson": ""},
        {"lesson": "\x1b[2J"},
        {"lesson": "a\u202eb"},
        {"check": "\ud800"},
        {"check": "x" * 81},
        {"since": "yesterday"},
        {"since": "2026-11-24T09:00:00"},
        {"since": "0001-01-01T00:00:00+23:59"},
        {"active": 3},
    ],
)
def test_wrong_forms_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json({**GOOD, **change})


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[" * 100_000, b'{"tries": ' + b"9" * 4400 + b"}"]
)
def test_what_is_no_json_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(content)
