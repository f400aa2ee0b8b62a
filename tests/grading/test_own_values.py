"""Learners with values of their own: graded by theirs, which whoever collected has noted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from grading_desk import CHECK, LESSON, SOLO, Result, grade, hand_in

from nslabkit.course import own_values, variants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEARNERS = ("learner01", "learner02", "learner03")
WORDS = {name: variants.seed_of("a secret", name) for name in LEARNERS}


@pytest.fixture(scope="module")
def own() -> Iterator[dict[str, str]]:
    """What each learner types for the first task."""
    yield {name: _solo(word) for name, word in WORDS.items()}
    os.environ.pop(variants.VARIANT)
    variants.seed.cache_clear()


def _solo(word: str) -> str:
    variants.become(word)
    return own_values.own_code("1.1", SOLO)


@pytest.fixture(scope="module")
def graded(place: Path, own: dict[str, str]) -> Result:
    folder = place / "own-values"
    hand_in(folder, "learner01", own["learner01"], CHECK)
    hand_in(folder, "learner02", own["learner01"], CHECK)  # a neighbour's
    # Or with the neighbour's word, taken from their screen.
    told = f"import os; os.environ['{variants.VARIANT}'] = {WORDS['learner01']!r}"
    hand_in(folder, "learner03", told, own["learner01"], CHECK)
    noted = "".join(f"{name},,1,{word}\n" for name, word in WORDS.items())
    (folder / "learners.csv").write_text(f"account,name,files,variant\n{noted}", "utf-8-sig")
    return grade(place / "own-values-out", folder)


def test_each_has_other_values(own: dict[str, str]) -> None:
    assert len(set(own.values())) == len(LEARNERS)
    assert SOLO not in own.values(), LESSON


def test_ones_own_way_counts_and_a_neighbours_does_not(graded: Result) -> None:
    assert graded.status == 0, graded.errors
    assert graded.status_of("learner01") == "replayed"
    assert graded.status_of("learner02") == "not-passed"


def test_no_cell_gives_itself_a_neighbours_word(graded: Result) -> None:
    assert graded.status_of("learner03") == "not-passed"
