"""What was built outside of cells: known from the kit's record, built again, and marked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from grading_desk import CHECK, LESSON, SOLO, Result, grade, hand_in, recorded

from nslabkit.course import state_record
from nslabkit.grading import rebuilding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_THIRD = (
    "ip netns add netns1",
    "ip netns add netns3",
    "ip link add to3 netns netns1 type veth peer name to1 netns netns3",
    "ip -n netns1 addr add 10.0.3.1/24 dev to3",
    "ip -n netns3 addr add 10.0.3.2/24 dev to1",
    "ip -n netns1 link set to3 up",
    "ip -n netns3 link set to1 up",
)
_PROGRESS = {
    "lesson": LESSON,
    "check": "task 1.1",
    "first_passed": "2026-01-01T00:00:00+00:00",
    "last_tried": "2026-01-01T00:00:00+00:00",
    "tries": 1,
}


def _change(place: Path, change: Callable[[dict[str, Any]], None]) -> None:
    [path] = (place / ".nslabkit" / "states").iterdir()
    value = json.loads(path.read_text("utf-8"))
    change(value)
    path.write_text(json.dumps(value), "utf-8")


def _without_answer(value: dict[str, Any]) -> None:
    [solo] = [one for one in value["namespaces"] if one["name"] == "solo"]
    solo["links"][0]["state"] = "down"


def _for_a_shell(value: dict[str, Any]) -> None:
    value["namespaces"][-1]["name"] = "$(touch x)"


@pytest.fixture(scope="module")
def graded(place: Path) -> Result:
    folder = place / "records"
    recorded(folder, "terminal", SOLO[1:])
    recorded(folder, "wired", *_THIRD, task="1.2")
    _change(recorded(folder, "changed", SOLO[1:]), _without_answer)
    _change(recorded(folder, "odd", SOLO[1:]), _for_a_shell)
    both = recorded(folder, "both", SOLO[1:])
    other = hand_in(place / "cells", "both", SOLO, CHECK)
    (other / "en" / f"{LESSON}.ipynb").replace(both / "en" / f"{LESSON}.ipynb")
    bare = recorded(folder, "bare", SOLO[1:])
    (bare / "en" / f"{LESSON}.ipynb").unlink()
    claims = hand_in(folder, "claims", CHECK) / ".nslabkit"
    claims.mkdir()
    value = {"attempts": [_PROGRESS], "standings": []}
    (claims / "progress.json").write_text(json.dumps(value), "utf-8")
    goal = ("# Make a namespace `solo`.", {"task": "1.1"})
    linked = hand_in(folder, "linked", goal, CHECK)
    (linked / ".nslabkit").symlink_to(folder / "terminal" / ".nslabkit")
    broken = hand_in(folder, "broken", goal, CHECK) / ".nslabkit" / "states"
    broken.mkdir(parents=True)
    (broken / "a.json").write_bytes(b"\xff")
    (broken / "b.json").write_bytes(b"[" * 30_000)
    return grade(place / "records-out", folder, "--lesson", LESSON)


def test_a_record_is_built_again_and_judged(graded: Result) -> None:
    assert graded.status == 0, graded.errors
    row = graded.row("terminal")
    assert (row["status"], row["done"], row["look"]) == ("rebuilt", "1", "0")
    assert row["recorded"]


def test_so_is_one_with_a_wire(graded: Result) -> None:
    assert graded.status_of("wired", "1.2") == "rebuilt", graded.row("wired", "1.2")


def test_a_record_needs_no_notebook(graded: Result) -> None:
    assert graded.status_of("bare") == "rebuilt"
    assert graded.status_of("bare", "1.2") == "no-notebook"


def test_a_replay_that_passes_needs_no_record(graded: Result) -> None:
    assert graded.status_of("both") == "replayed"


@pytest.mark.parametrize("name", ["changed", "odd", "claims"])
def test_what_cannot_be_shown_again_is_only_recorded(graded: Result, name: str) -> None:
    row = graded.row(name)
    assert (row["status"], row["done"], row["look"]) == ("recorded", "0", "1")
    assert f"{name} 1.1 recorded only, not verified" in graded.printed


@pytest.mark.parametrize("name", ["broken", "linked"])
def test_a_record_in_no_form_counts_as_nothing(graded: Result, name: str) -> None:
    assert graded.status_of(name) == "not-tried"


def test_the_record_holds_the_state_and_the_sentence(tmp_path: Path) -> None:
    place = recorded(tmp_path, "one", *_THIRD, task="1.2")
    [found] = state_record.records(place)
    assert (found.lesson, found.check) == (LESSON, "task 1.2")
    assert "10.0.3.2" in found.sentence
    assert found.namespaces is not None
    spaces = {one["name"]: one for one in found.namespaces}
    [end] = [link for link in spaces["netns3"]["links"] if link["name"] == "to1"]
    assert end["addresses"] == ["10.0.3.2/24"]
    assert end["peer"] == {"namespace": "netns1", "link": "to3"}
    [path] = (place / ".nslabkit" / "states").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_size < state_record.LARGEST


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("name", "-x"),
        ("name", "a b"),
        ("links", "none"),
        ("links", [{"name": "eth0", "kind": "tun"}]),
        ("links", [{"name": "v", "kind": "veth"}]),
        ("routes", [{"destination": "default via", "via": None, "link": None, "source": None}]),
        ("settings", {"net.ipv4.ip_forward": "1; reboot"}),
    ],
)
def test_no_odd_record_becomes_a_command(
    part: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], _text: str | None = None) -> None:
        raise AssertionError(command)

    monkeypatch.setattr(rebuilding, "_run", run)
    empty = {"name": "", "links": [], "routes": [], "neighbours": [], "settings": {}}
    space = {**empty, "firewall": "", part: value}
    with pytest.raises(rebuilding.NotRebuildableError):
        rebuilding.rebuild([space])
