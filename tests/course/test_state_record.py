"""What does the kit keep when a check passes, and does the check pass whatever happens to it?"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from nslabkit.course import checks, state_record
from nslabkit.net import settings as net_settings

if TYPE_CHECKING:
    from pathlib import Path

RULE = "ip netns exec solo nft add rule ip filter input drop"
FIREWALL = (
    "ip netns exec solo nft add table ip filter",
    "ip netns exec solo nft add chain ip filter input { type filter hook input priority 0; }",
    RULE,
)


@pytest.fixture
def learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".nslabkit").mkdir()
    monkeypatch.setenv("NSLAB_LESSONS", str(tmp_path))
    monkeypatch.setenv("JPY_SESSION_NAME", "/x/01_one_wire.ipynb")
    return tmp_path


def _run(*commands: str) -> None:
    for command in commands:
        subprocess.run(command.split(), check=True)


def test_a_check_that_passes_leaves_a_record(learner: Path) -> None:
    assert checks.empty()
    [found] = state_record.records(learner)
    assert (found.lesson, found.check) == ("01_one_wire", "empty")
    assert "sandbox is empty" in found.sentence
    assert [space["name"] for space in found.namespaces or ()] == [""]


def test_one_that_does_not_pass_leaves_none(learner: Path) -> None:
    assert not checks.namespace_exists("solo")
    assert state_record.records(learner) == ()


def test_a_later_pass_takes_the_place_of_the_earlier_one(learner: Path) -> None:
    assert checks.empty()
    assert checks.empty()
    assert len(state_record.records(learner)) == 1


def test_firewall_and_settings_are_in_it(learner: Path) -> None:
    _run("ip netns add solo", *FIREWALL, "ip netns exec solo sysctl -qw net.ipv4.ip_forward=1")
    assert checks.namespace_exists("solo")
    [found] = state_record.records(learner)
    [solo] = [space for space in found.namespaces or () if space["name"] == "solo"]
    assert "hook input priority filter" in solo["firewall"]
    assert solo["settings"]["net.ipv4.ip_forward"] == "1"
    asked = subprocess.run(
        ["ip", "netns", "exec", "solo", "sysctl", "-n", *net_settings.TOLD],
        capture_output=True,
        text=True,
        check=True,
    )
    said = [" ".join(line.split()) for line in asked.stdout.splitlines()]
    assert list(solo["settings"].values()) == said


def test_of_a_state_that_is_too_large_only_the_sentence_is_kept(
    learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_record, "LARGEST", 300)
    _run("ip netns add solo")
    assert checks.namespace_exists("solo")
    [path] = (learner / ".nslabkit" / state_record.FOLDER).iterdir()
    assert json.loads(path.read_text("utf-8"))["namespaces"] is None
    [found] = state_record.records(learner)
    assert found.namespaces is None
    assert found.sentence


def test_the_oldest_go_first(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_record, "MOST", 3)
    folder = learner / ".nslabkit" / state_record.FOLDER
    for number in range(5):
        before = set(folder.glob("*.json"))
        state_record.keep("01_one_wire", f"check {number}", "right")
        for path in set(folder.glob("*.json")) - before:
            os.utime(path, (number, number))
    assert {one.check for one in state_record.records(learner)} == {"check 2", "check 3", "check 4"}


def test_a_check_passes_where_nothing_can_be_kept(learner: Path) -> None:
    (learner / ".nslabkit" / state_record.FOLDER).write_text("in the way", "utf-8")
    assert checks.empty()
    assert state_record.records(learner) == ()


def test_without_a_learners_folder_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LESSONS", str(tmp_path))
    assert checks.empty()
    assert list(tmp_path.iterdir()) == []
