"""A learner with a variant: their own right ways pass, and a neighbour's never does.

The cases are those of `test_tasks`, with the learner's values in them.
"""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

import pytest
from task_cases import Case, do
from test_tasks import CASES, kind, part

import nslabkit as lab
from nslabkit.course import learner_answers, own_values, questions, variants
from nslabkit.course.faults.fault_catalogue import LEVELS, numbered
from nslabkit.course.faults.fault_stream import stream_mend
from nslabkit.course.faults.fault_wire import layer_of, mend_of
from nslabkit.course.tasks.task import solution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.mark.structures import ParameterSet

pytestmark = pytest.mark.own

# Two whose faults differ in each task that has one, too; a test below sees to it.
EVE, BOB = "eve", "bob"
VARIED = [name for name in CASES if own_values.varies(name)]
# Those of lessons 10 to 16 take longer to build, so they are built once in place of twice.
BEYOND = [name for name in VARIED if part(name) and not name.startswith("20.")]
# Task -> its number of a fault, and what builds that.
FAULTS = {"1.3": (1, "wire"), "3.5": (2, "wire"), "8.3": (15, "build"), "12.2": (1, "stream")}
# Where nothing can vary, since the lesson has built all that the task is about, or the words of the
# lesson are about one fault.
SAME = {"3.4", "4.4", "5.1", "6.3", "6.4", "8.1", "8.2", "8.4", "9.3", "9.4", "ping.2"}
SAME |= {"ping.3", "20.1", "20.2", "20.3", "20.5"}
SAME |= {"10.1", "10.3", "11.3", "12.3", "13.1", "13.2", "14.3", "15.1", "15.3", "16.1", "16.2"}


@pytest.fixture(autouse=True)
def _own_seed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what a test has become, and end the processes that a way has left."""
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setenv(variants.VARIANT, "")
    monkeypatch.setattr(learner_answers, "_here", learner_answers.Answers())
    yield
    os.environ.pop(variants.VARIANT)
    variants.seed.cache_clear()
    lab.empty()


def own(name: str) -> Case:
    """Return the cases of a task, with the values of the learner that this process has become."""
    case = CASES[name]
    return dataclasses.replace(
        case,
        before=own_values.own_code(name, case.before),
        right=tuple(own_values.own_code(name, way) for way in case.right),
        wrong=tuple(own_values.own_code(name, way) for way in case.wrong),
    )


def repair(name: str) -> str:
    """Return what this learner does about their fault, as Python for `do`."""
    number, _kind = FAULTS[name]
    if name == "12.2":
        return f"{stream_mend(number)} || true"  # a neighbour's finds nothing to mend
    if name == "8.3":
        level, place = numbered(number)
        fault = LEVELS[level][place]
        named, commands = f"layer({number}, {fault.layer!r})", (fault.mend,)
    else:
        named, commands = f"wire_layer({number}, {layer_of(number)!r})", mend_of(number)
    return (
        f"#python\nimport nslabkit as lab\nlab.faults.{named}\n"
        f"for command in {commands!r}:\n    lab.namespaces.HOST.run(command, quiet=True)\n"
    )


def fault_built(name: str) -> None:
    number, call = FAULTS[name]
    if name == "12.2":
        do(CASES["12.1"].before)
    getattr(lab.faults, call)(number)


def test_every_lesson_has_a_task_that_varies() -> None:
    assert {*VARIED, *FAULTS, *SAME} == set(CASES)
    assert not SAME & {*VARIED, *FAULTS}
    lessons = {questions.lesson_of(name) for name in CASES}
    assert lessons == {questions.lesson_of(name) for name in (*VARIED, *FAULTS)}


def long_way(*values: object) -> ParameterSet:
    return pytest.param(*values, marks=pytest.mark.long)


EACH = [long_way(name) if name in BEYOND else name for name in VARIED]


@pytest.mark.parametrize(("seed", "place"), [(EVE, 0), long_way(EVE, 1), long_way(BOB, 0)])
@pytest.mark.parametrize("name", EACH)
def test_a_learners_own_right_way_passes(name: str, seed: str, place: int) -> None:
    variants.become(seed)
    do(own(name).before)
    assert not lab.check.task(name)
    do(own(name).right[place])
    found = lab.check.task(name)
    assert found, found


@pytest.mark.parametrize(
    ("giver", "taker"), [(EVE, BOB), long_way("", EVE), long_way(EVE, ""), long_way(BOB, EVE)]
)
@pytest.mark.parametrize("name", EACH)
def test_a_neighbours_right_way_does_not(name: str, giver: str, taker: str) -> None:
    variants.become(giver)
    way = own(name).right[0]
    variants.become(taker)
    do(own(name).before)
    do(way)
    kind(name)


@pytest.mark.parametrize("name", BEYOND)
def test_beyond_the_chapter_ones_own_right_way_passes_for_nobody_else(name: str) -> None:
    """Built once, and judged by two learners' values: both tests above in half the time."""
    variants.become(EVE)
    do(own(name).before)
    do(own(name).right[0])
    found = lab.check.task(name)
    assert found, found
    variants.become(BOB)
    kind(name)


WRONG = [(name, place) for name in VARIED for place in range(len(CASES[name].wrong))]


@pytest.mark.journey
@pytest.mark.parametrize(
    ("name", "place"), [long_way(*one) if one[0] in BEYOND else one for one in WRONG]
)
def test_a_learners_own_wrong_way_never_passes(name: str, place: int) -> None:
    variants.become(EVE)
    do(own(name).before)
    do(own(name).wrong[place])
    kind(name)


@pytest.mark.parametrize("name", VARIED)
def test_a_check_shows_whose_values_it_wants(name: str) -> None:
    variants.become(EVE)
    found = lab.check.task(name)
    html = found._repr_html_()
    for printed, value in own_values.values(name).items():
        assert variants.shown(value) in html
        assert variants.shown(printed) in html
    assert lab.goal(name).text == own_values.goal(name) in repr(lab.goal(name))
    variants.become("")
    assert lab.check.task(name).evidence == ()


@pytest.mark.parametrize("name", VARIED)
def test_the_last_hint_is_a_solution_with_the_learners_values(name: str) -> None:
    printed = solution(name)
    variants.become(EVE)
    assert solution(name) == [own_values.own_code(name, cell) for cell in printed] != printed


@pytest.mark.parametrize("name", FAULTS)
def test_each_has_a_fault_of_their_own_and_mends_it(name: str) -> None:
    ways = {}
    for seed in (EVE, BOB):
        variants.become(seed)
        ways[seed] = repair(name)
        fault_built(name)
        assert not lab.check.task(name)
        do(ways[seed])
        found = lab.check.task(name)
        assert found, found
        lab.empty()
    assert ways[EVE] != ways[BOB]
    for taker, giver in ((EVE, BOB), (BOB, EVE)):
        variants.become(taker)
        fault_built(name)
        do(ways[giver])
        kind(name)
        lab.empty()


@pytest.mark.parametrize("name", FAULTS)
def test_the_last_hint_mends_the_learners_own_fault(name: str) -> None:
    for seed in ("", EVE, BOB):
        variants.become(seed)
        [said] = solution(name)
        assert all(f"!{one}" in said or f"lab.faults.{one}" in said for one in done_by(name))


def done_by(name: str) -> list[str]:
    """Return the calls and commands of a repair, one by one."""
    number, _call = FAULTS[name]
    if name == "12.2":
        return [stream_mend(number)]
    if name == "8.3":
        fault = LEVELS[2][numbered(number)[1]]
        return [f'layer({number}, "{fault.layer}")', fault.mend]
    return [f'wire_layer({number}, "{layer_of(number)}")', *mend_of(number)]


def test_a_lessons_words_fit_the_fault_that_each_learner_gets() -> None:
    """Network 17 has a second wire, and wire 3 is answered, whoever builds them."""
    fixed = ([numbered(number) for number in (4, 6, 9, 17)], mend_of(3))
    for seed in (EVE, BOB, *(f"seed {number}" for number in range(50))):
        variants.become(seed)
        assert ([numbered(number) for number in (4, 6, 9, 17)], mend_of(3)) == fixed
        # And all faults are still there, each once.
        assert {numbered(number) for number in range(1, 24)} == {
            (level, place) for level, faults in enumerate(LEVELS) for place in range(len(faults))
        }
        assert len({mend_of(number) for number in range(1, 7)}) == 6
