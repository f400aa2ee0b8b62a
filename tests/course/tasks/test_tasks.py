"""Every task: right ways pass, wrong ways never do, and no state makes the judge stumble."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from task_cases import WRECKS, Case, do

import nslabkit as lab
from nslabkit.course import learner_answers, lessons, questions
from nslabkit.course.tasks.task import task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _pytest.mark.structures import ParameterSet

CASES: dict[str, Case] = {
    case.task: case
    for path in sorted(Path(__file__).parent.glob("*_cases.py"))
    for case in importlib.import_module(path.stem).CASES
}


def each(name: str, ways: Iterable[str]) -> list[ParameterSet]:
    """Return the cases of one task: the first is quick, two are a journey, the others take long."""
    times = [[], [pytest.mark.journey], [pytest.mark.journey]]
    return [
        pytest.param(
            name, way, marks=[*part(name), *(times[place] if place < 3 else [pytest.mark.long])]
        )
        for place, way in enumerate(ways)
    ]


def part(name: str) -> list[pytest.MarkDecorator]:
    """Return the marks of the tasks beyond the chapter: a lesson's first ones are a suite."""
    lesson, _dot, number = name.partition(".")
    if not lesson.isdecimal() or int(lesson) < 10:
        return []
    return [pytest.mark.further, *([pytest.mark.first] if number == "1" else [])]


def wrecks(place: int, name: str) -> list[ParameterSet]:
    """Return the wrecks of one task: one of them in turn, the others take long."""
    return [
        pytest.param(
            name,
            way,
            marks=[*part(name), *([pytest.mark.long] if one != place % len(WRECKS) else [])],
        )
        for one, way in enumerate(WRECKS)
    ]


RIGHT = [one for name, case in CASES.items() for one in each(name, case.right)]
WRONG = [one for name, case in CASES.items() for one in each(name, case.wrong)]
WRECKED = [one for place, name in enumerate(CASES) for one in wrecks(place, name)]


@pytest.fixture(autouse=True)
def _no_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setattr(learner_answers, "_here", learner_answers.Answers())


@pytest.fixture(autouse=True)
def _none_waits() -> Iterator[None]:
    """End the processes that a way has left waiting, as the lesson's last cell does."""
    yield
    lab.empty()


def all_tasks() -> list[str]:
    names = []
    for path in sorted(lessons.questions_folder().glob("*.toml")):
        names += [entry["name"] for entry in questions._texts(path.stem).get("task", ())]
    return names


def test_every_task_has_its_cases() -> None:
    assert sorted(CASES) == sorted(all_tasks())
    for case in CASES.values():
        assert len(set(case.right)) >= 2
        assert len(set(case.wrong)) >= 3


@pytest.mark.parametrize(("name", "way"), RIGHT)
def test_a_right_way_passes(name: str, way: str) -> None:
    do(CASES[name].before)
    assert not lab.check.task(name), "it is solved before anything is done"
    do(way)
    found = lab.check.task(name)
    assert found, found


@pytest.mark.parametrize(("name", "way"), WRONG)
def test_a_wrong_way_never_passes(name: str, way: str) -> None:
    do(CASES[name].before)
    do(way)
    kind(name)


def test_a_name_that_is_only_a_file_is_not_taken_for_a_namespace() -> None:
    do("ip netns add left; touch /run/netns/right")
    assert "`right` is a file" in lab.check.task("2.1").sentence


@pytest.mark.parametrize(("name", "wreck"), WRECKED)
def test_a_wrecked_machine_gets_one_kind_sentence(name: str, wreck: str) -> None:
    do(CASES[name].before)
    do(f"({wreck}) >/dev/null 2>&1 || true")
    kind(name)


@pytest.mark.parametrize("name", [pytest.param(name, marks=part(name)) for name in CASES])
def test_an_untouched_machine_gets_one_kind_sentence(name: str) -> None:
    kind(name)


def kind(name: str) -> None:
    """Assert that a task says "not yet" in one sentence, and has three hints for this state."""
    found = lab.check.task(name)
    assert not found, found
    assert found.headline.startswith("✘ Not yet: "), found
    assert "\n" not in found.sentence
    assert "Traceback" not in found.sentence
    hints = task(name).hints_now()
    assert len(hints) == 3
    assert all(len(hint) > 10 for hint in hints)


@pytest.mark.parametrize("name", [(), ("1.99",)])
def test_a_task_that_is_not_there_is_answered_with_those_that_are(name: tuple[str, ...]) -> None:
    with pytest.raises(lab.InvalidValueError) as caught:
        lab.hint(*name)
    assert caught.value.tried == f"lab.hint({''.join(name)!r})"
    assert "'1.1'" in caught.value.fix
    found = lab.check.task(*name)
    assert not found
    assert "1.1" in repr(found)
