"""Does the picture of measured times show what was measured?"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab

if TYPE_CHECKING:
    from nslabkit.course.spread import Spread

SETS = {"slow": [50.0, 70.0, 60.0, 65.0], "fast & few": [20.0, 30.0, 25.0, 900.0]}
SVG = "{http://www.w3.org/2000/svg}"


def _svg(spread: Spread) -> ET.Element:
    (svg,) = ET.fromstring(spread._repr_html_())  # noqa: S314 - our own text
    return svg


def test_says_in_words_what_it_shows() -> None:
    spread = lab.spread(SETS, unit="µs")
    assert repr(spread).splitlines()[0] == "slow: median 62 µs, from 50 to 70 (4)"
    assert "from 20 to 900" in _svg(spread).get("aria-label", "")


def test_each_value_is_a_dot_at_its_place_and_strays_are_counted() -> None:
    svg = _svg(lab.spread(SETS, unit="µs"))
    dots = [float(dot.get("cx", 0)) for dot in svg.iter(f"{SVG}circle")]
    assert len(dots) == 7
    slow, fast = dots[:4], dots[4:]
    assert min(slow) > max(fast)
    assert slow[1] - slow[0] == pytest.approx(2 * (fast[1] - fast[0]), abs=0.2)
    assert "+1 →" in [text.text for text in svg.iter(f"{SVG}text")]


def test_the_same_values_give_the_same_picture() -> None:
    one, other = (lab.spread(SETS, unit="µs")._repr_html_() for _ in range(2))
    assert one == other


@pytest.mark.parametrize("values", [[0.0], [3.0, 3.0], [0.4, 0.2, 0.9], [12345.0, 99999.0]])
def test_every_dot_lies_inside_the_frame(values: list[float]) -> None:
    svg = _svg(lab.spread({"any": values}, unit="µs"))
    width = float(svg.get("width", 0))
    dots = [float(dot.get("cx", 0)) for dot in svg.iter(f"{SVG}circle")]
    assert len(dots) == len(values)
    assert all(0 < x < width for x in dots)


@pytest.mark.parametrize("sets", [{}, {"nothing": []}])
def test_nothing_measured_is_said_kindly(sets: dict[str, list[float]]) -> None:
    with pytest.raises(lab.InvalidValueError, match="nothing measured"):
        lab.spread(sets, unit="µs")
