"""Does no answer give itself away, by its place, its length or its words?"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
questions = importlib.import_module("lesson_questions")


def entry(right: int, *answers: str) -> dict[str, Any]:
    options = [
        {"en": text, "zh": text, "why": {"en": "so", "zh": "如此"}, "right": place == right}
        for place, text in enumerate(answers)
    ]
    return {"name": "x", "ask": {"en": "?", "zh": "？"}, "option": options}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("short", "also short", "an answer that goes on and on and on"), "so long in en"),
        (("yes, of course", "no, it is not"), "by a word"),
        (("当然可以", "不可以吧"), "by a word"),
        (("一个很长很长很长的答案", "短的", "也短"), "so long in zh"),
    ],
)
def test_an_answer_that_tells_is_found(answers: tuple[str, ...], said: str) -> None:
    assert said in "\n".join(questions._unlike(entry(0, *answers)))


def test_answers_alike_are_left_alone() -> None:
    assert list(questions._unlike(entry(1, "a route", "a carrier", "a MAC address"))) == []
    assert list(questions._unlike(entry(0, "`kill` 报 `not permitted`", "什么也没有发生"))) == []


def _course(folder: Path, *rights: int) -> list[Path]:
    (folder / "questions").mkdir()
    (folder / "source").mkdir()
    parts = []
    for number, right in enumerate(rights):
        parts.append(f'[[question]]\nname = "{number}"')
        parts += [f"[[question.option]]\nright = {str(right == n).lower()}" for n in range(3)]
    (folder / "questions" / "01_x.toml").write_text("\n".join(parts))
    return [folder / "source" / "01_x.py"]


def test_a_place_that_is_right_too_often_is_found(tmp_path: Path) -> None:
    sources = _course(tmp_path, *[1] * 5, *[0] * 4, *[2] * 3)
    assert list(questions.crowded(sources)) == [
        "answer B is right in 42% of the course's questions, at most 40%"
    ]


def test_places_evenly_taken_are_left_alone(tmp_path: Path) -> None:
    assert list(questions.crowded(_course(tmp_path, *[1] * 4, *[0] * 4, *[2] * 4))) == []


def test_a_free_value_that_nobody_sees_or_draws_is_found() -> None:
    goal = {"en": "Make `here`, 10.0.3.2.", "zh": "建 `here`。"}
    said = {"task": [{"goal": goal}], "varies": {"here": "name", "10.0.3.": "net"}}
    assert [text for _cell, text in questions._varied(said)] == [
        "“10.0.3.” varies as “net”: choose one of name, network, host, mac, port, number",
        "“10.0.3.” varies, but no goal in zh shows it",
    ]
    assert list(questions._varied({"task": [{"goal": goal}], "varies": {"here": "name"}})) == []


def test_the_course_itself() -> None:
    assert list(questions.crowded(sorted((ROOT / "notebooks" / "source").glob("*.py")))) == []
