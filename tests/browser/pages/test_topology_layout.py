"""Where boxes and wires go: the layout's functions, as the browser runs them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import mock_page
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PLACE = """async ([boxes, before, moved, columns]) => {
  const { place } = await import('/layout.js');
  return Object.fromEntries(place(boxes, new Map(Object.entries(before)), moved, columns));
}"""
ROUTE = """async ([from, to, boxes, lane]) => {
  const { route } = await import('/routing.js');
  const at = boxes[from.box], other = boxes[to.box];
  return route({box: at, y: from.y}, {box: other, y: to.y}, boxes, lane);
}"""


@pytest.fixture(scope="module")
def page(running_browser: Browser) -> Iterator[Page]:
    """One page for all: nothing here changes it."""
    opened = mock_page.sources(running_browser)
    yield opened
    opened.context.close()


def boxes(count: int, height: int = 150) -> list[dict[str, Any]]:
    host = {"key": "host", "height": height, "host": True}
    return [host, *({"key": f"n{i}", "height": height, "host": False} for i in range(count))]


def place(page: Page, *given: object) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = page.evaluate(PLACE, list(given))
    return found


def overlap(places: dict[str, dict[str, float]]) -> list[tuple[str, str]]:
    names = list(places)
    return [
        (one, other)
        for number, one in enumerate(names)
        for other in names[number + 1 :]
        if places[one]["x"] < places[other]["x"] + places[other]["width"]
        and places[other]["x"] < places[one]["x"] + places[one]["width"]
        and places[one]["y"] < places[other]["y"] + places[other]["height"]
        and places[other]["y"] < places[one]["y"] + places[one]["height"]
    ]


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_no_box_covers_another(page: Page, columns: int) -> None:
    places = place(page, boxes(50), {}, {}, columns)
    assert len(places) == 51
    assert overlap(places) == []
    assert len({one["x"] for one in places.values()}) == columns


def test_what_is_there_stays_when_something_comes(page: Page) -> None:
    before = place(page, boxes(7), {}, {}, 3)
    after = place(page, boxes(8), before, {}, 3)
    assert {key: after[key] for key in before} == before


def test_a_gap_is_filled_first(page: Page) -> None:
    before = place(page, boxes(6), {}, {}, 3)
    gone = before.pop("n1")
    others = [box for box in boxes(7) if box["key"] != "n1"]
    after = place(page, others, before, {}, 3)
    assert (after["n6"]["x"], after["n6"]["y"]) == (gone["x"], gone["y"])


def test_only_what_would_be_covered_moves(page: Page) -> None:
    before = place(page, boxes(6), {}, {}, 3)
    grown = boxes(6)
    grown[1]["height"] = 400  # n0, first of its column
    after = place(page, grown, before, {}, 3)
    assert overlap(after) == []
    column = before["n0"]["x"]
    for key, was in before.items():
        if was["x"] != column or key == "n0":
            assert (after[key]["x"], after[key]["y"]) == (was["x"], was["y"])
    assert after["n2"]["y"] > before["n2"]["y"]


def test_what_was_moved_by_hand_stays_there(page: Page) -> None:
    places = place(page, boxes(4), {}, {"n2": [700, 900]}, 3)
    assert (places["n2"]["x"], places["n2"]["y"]) == (700, 900)
    assert overlap(places) == []


def test_a_box_dropped_on_another_finds_the_nearest_place(page: Page) -> None:
    at = page.evaluate(
        """async () => {
          const { nearestFree, overlaps } = await import('/layout.js');
          const other = {x: 100, y: 100, width: 240, height: 150};
          const free = nearestFree({x: 110, y: 140, width: 240, height: 150}, [other]);
          return [free, overlaps(free, other)];
        }"""
    )
    assert not at[1]
    assert abs(at[0]["x"] - 110) < 160
    assert abs(at[0]["y"] - 140) < 160


def test_a_wire_between_neighbours_is_straight(page: Page) -> None:
    places = list(place(page, boxes(2), {}, {}, 3).values())
    points = page.evaluate(ROUTE, [{"box": 1, "y": 90}, {"box": 2, "y": 90}, places, 3])
    assert {y for _x, y in points} == {90}
    assert points[0][0] == places[1]["x"] + places[1]["width"]
    assert points[-1][0] == places[2]["x"]


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_no_wire_runs_behind_a_box(page: Page, columns: int) -> None:
    places = list(place(page, boxes(12), {}, {}, columns).values())
    for number in range(1, len(places)):
        points = page.evaluate(
            ROUTE,
            [
                {"box": 0, "y": places[0]["y"] + 60},
                {"box": number, "y": places[number]["y"] + 70},
                places,
                number % 7,
            ],
        )
        for one, other in itertools.pairwise(points):
            assert one[0] == other[0] or one[1] == other[1]
            for box in places:
                assert not crosses(one, other, box), (number, one, other, box)


def crosses(one: list[float], other: list[float], box: dict[str, float]) -> bool:
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    return (
        left < box["x"] + box["width"] - 0.5
        and right > box["x"] + 0.5
        and top < box["y"] + box["height"] - 0.5
        and bottom > box["y"] + 0.5
    )


def test_moving_about_by_arrow_keys(page: Page) -> None:
    places = place(page, boxes(4), {}, {}, 3)
    found = page.evaluate(
        """async (places) => {
          const { beside } = await import('/walking.js');
          const map = new Map(Object.entries(places));
          return ['host', 'n0', 'n1'].map(key => [beside(key, true, map), beside(key, false, map)]);
        }""",
        places,
    )
    assert found == [["n0", None], ["n1", "host"], [None, "n0"]]
