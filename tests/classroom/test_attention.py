from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.folding import text_width
from nslabkit.classroom import class_terminal
from nslabkit.classroom.attention import Line, State, lines
from nslabkit.classroom.register import Register, Row
from nslabkit.course.lesson_ends import check_name, checks_in, last_checks
from nslabkit.course.standing import Standing

if TYPE_CHECKING:
    from pathlib import Path

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def standing(since: float, active: float, tries: int, check: str | None = "wire") -> Standing:
    ago = [NOON - dt.timedelta(minutes=minutes) for minutes in (since, active)]
    return Standing("01_one_wire", check, ago[0], ago[1], tries)


def seen(*rows: Row, stuck_after: float = 8) -> list[Line]:
    return lines(Register(rows, ()), NOON, stuck_after, {"01_one_wire": "empty"})


@pytest.mark.parametrize(
    ("how", "state", "words"),
    [
        (standing(9, 1, 3), State.STUCK, "stuck for 9 min"),
        (standing(8, 0, 1), State.STUCK, "stuck for 8 min"),
        (standing(7.9, 0, 9), State.WORKING, "working"),
        (standing(9, 9, 0), State.QUIET, "quiet for 9 min"),
        (standing(9, 1, 3, check=None), State.STUCK, "stuck for 9 min"),
        (standing(90, 90, 0, check="empty"), State.FINISHED, "finished"),
        (standing(-5, -5, 0), State.WORKING, "working"),  # a clock ahead of ours
        (Standing(None, None, NOON, NOON, 0), State.NEW, "no check tried yet"),
        (None, State.NEW, "not started"),
    ],
)
def test_states(how: Standing | None, state: State, words: str) -> None:
    (line,) = seen(Row("anna", how))
    assert (line.state, line.words) == (state, words)


def test_the_threshold_is_the_callers() -> None:
    (line,) = seen(Row("anna", standing(9, 1, 3)), stuck_after=10)
    assert line.state is State.WORKING


def test_who_waits_longest_comes_first_and_who_has_finished_last() -> None:
    found = seen(
        Row("done", standing(60, 60, 0, check="empty")),
        Row("working", standing(1, 1, 0)),
        Row("quiet", standing(30, 30, 0)),
        Row("stuck10", standing(10, 1, 2)),
        Row("stuck20", standing(20, 1, 2)),
        Row("odd", None, "the file is malformed"),
    )
    names = [line.participant for line in found]
    assert names == ["stuck20", "stuck10", "odd", "quiet", "working", "done"]


def test_a_remark_is_shown_with_the_state() -> None:
    (line,) = seen(Row("anna", standing(1, 1, 0), "the file says it is bob's"))
    assert line.words == "working; the file says it is bob's"


def test_every_line_fits_eighty_columns_in_chinese_too() -> None:
    rows = [
        Row("very-long-account-name-of-somebody", standing(9, 1, 3)),
        Row(
            "li",
            Standing("我自己写的很长很长的网络命名空间实验笔记本名称", "检查" * 20, NOON, NOON, 0),
        ),
    ]
    drawn = class_terminal.table(seen(*rows), ["x" * 200], columns=80, rows=None, colour=False)
    assert all(text_width(line) <= 80 for line in drawn)
    assert text_width("网络 ab") == 7
    assert "stuck for 9 min" in "\n".join(drawn)


def test_columns_stay_aligned_behind_chinese_names() -> None:
    rows = [
        Row("anna", Standing("实验", "检查", NOON, NOON, 5)),
        Row("bert", Standing("abcd", "wxyz", NOON, NOON, 5)),
    ]
    drawn = class_terminal.table(seen(*rows), [], columns=80, rows=None, colour=False)
    starts = {text_width(line.partition("●")[0]) for line in drawn if "●" in line}
    assert len(starts) == 1


def test_a_low_window_says_how_many_are_left_out() -> None:
    rows = [Row(f"p{number:02}", standing(1, 1, 0)) for number in range(30)]
    drawn = class_terminal.table(seen(*rows), [], columns=80, rows=20, colour=False)
    assert len(drawn) <= 20
    assert drawn[0].startswith("30 participants")
    assert "15 more rows" in drawn[-1]


def test_colour_is_only_an_addition() -> None:
    found = seen(Row("anna", standing(9, 1, 3)))
    plain = class_terminal.table(found, [], columns=80, rows=None, colour=False)
    coloured = class_terminal.table(found, [], columns=80, rows=None, colour=True)
    assert "\x1b" not in "".join(plain)
    assert "\x1b[1;33m" in "".join(coloured)
    assert "▲ stuck" in "".join(plain)


def test_the_checks_of_a_lesson_are_read_from_its_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [
        ("code", "!ip netns add netns1\nlab.check.empty()"),
        ("markdown", "lab.check.never()"),
        ("code", 'lab.check.address("netns1", "veth1")\n# lab.check.old()'),
        ("code", 'lab.check.address("netns2", link="veth1-peer")\nlab.claims.C13.check(log=log)'),
        ("code", "lab.check.reach(one)\nlab.check.empty()"),
    ]
    notebook = tmp_path / "09_test.ipynb"
    notebook.write_text(
        json.dumps({"cells": [{"cell_type": kind, "source": [text]} for kind, text in cells]})
    )
    assert checks_in(notebook) == (
        "empty",
        "address netns1 veth1",
        "address netns2 veth1-peer",
        "C13",
        "reach",
    )
    monkeypatch.setattr("nslabkit.course.lessons.available", lambda _language: [notebook])
    assert last_checks() == {"09_test": "reach"}


def test_a_checks_name_is_short() -> None:
    assert check_name("wire", "netns1", link="veth1") == "wire netns1 veth1"
    assert len(check_name("wire", "x" * 300)) == 80
