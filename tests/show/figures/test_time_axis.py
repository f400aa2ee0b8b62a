"""Does a height stand for a moment, and what becomes of long gaps?"""

from __future__ import annotations

import itertools
import random

import pytest

from nslabkit.show.figures.time_axis import spread_out, time_axis

PING = [0, 6_000, 45_000, 46_000, 50_000, 50_700, 65_000, 65_800]


def test_linear_is_to_scale() -> None:
    axis = time_axis(PING, 100, 300, "linear")
    assert axis.breaks == ()
    assert axis.at(0) == 100
    assert axis.at(65_800) == pytest.approx(400)
    assert axis.at(32_900) == pytest.approx(250)
    assert axis.at(-5) == 100
    assert axis.at(10**9) == pytest.approx(400)
    assert axis.unit == "µs"
    assert [text for _y, text in axis.ticks][:3] == ["0", "20", "40"]


def test_a_gap_that_dwarfs_all_others_is_broken() -> None:
    axis = time_axis([*PING, *(10**9 + one for one in PING)], 0, 300, "linear")
    (gap,) = axis.breaks
    assert gap.gap == 10**9 - 65_800
    # Both parts have the same scale, and marks of their own.
    assert axis.at(6_000) - axis.at(0) == pytest.approx(axis.at(10**9 + 6_000) - axis.at(10**9))
    assert [text for _y, text in axis.ticks].count("0") == 2


def test_logarithmic_keeps_the_order_and_breaks_nothing() -> None:
    axis = time_axis([*PING, 10**9], 0, 300, "log")
    assert axis.breaks == ()
    assert list(axis.heights) == sorted(axis.heights)
    assert axis.bottom == pytest.approx(300)
    assert min(b - a for a, b in itertools.pairwise(axis.heights)) > 10


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize(
    ("moments", "heights"), [([5], [10]), ([5, 5], [10, 10]), ([0, 1], [10, 110])]
)
def test_few_moments(moments: list[int], heights: list[int], scale: str) -> None:
    axis = time_axis(moments, 10, 100, scale)
    assert [axis.at(moment) for moment in moments] == pytest.approx(heights)
    # Whatever lies outside of the moments is at one of the ends.
    assert axis.at(-1) == pytest.approx(heights[0])
    assert axis.at(6) == pytest.approx(heights[-1])


def test_labels_move_apart_as_little_as_possible() -> None:
    assert spread_out([10, 12], 8) == [7, 15]
    assert spread_out([10, 50], 8) == [10, 50]
    chance = random.Random(1)  # noqa: S311 - no secret
    for _attempt in range(100):
        wanted = sorted(chance.uniform(0, 100) for _label in range(12))
        found = spread_out(wanted, 9)
        assert all(b - a > 8.999 for a, b in itertools.pairwise(found))
        assert sum(found) == pytest.approx(sum(wanted))
