"""Does the scrubber hold the whole story, and what remains without a browser?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError
from nslabkit.capture import Interface, Recording

if TYPE_CHECKING:
    from nslabkit.base.commands import Result
    from nslabkit.show.scrubber import Scrubber


def _steps(scrubber: Scrubber) -> list[dict[str, Any]]:
    return scrubber.story["steps"]


def test_one_step_for_each_frame_and_one_before(first_ping: tuple[Recording, str]) -> None:
    steps = _steps(lab.scrubber(first_ping[0]))
    assert [step["label"] for step in steps] == [
        "",
        "ARP request",
        "ARP reply",
        "ICMP echo request",
        "ICMP echo reply",
    ]
    assert [step["size"] for step in steps] == [0, 42, 42, 98, 98]
    packet = first_ping[0].packets[0]
    assert steps[1]["bytes"] == packet.data.hex()
    assert steps[1]["from"]["link"] == "veth1"
    assert steps[1]["to"]["link"] == "veth1-peer"


def test_each_byte_has_a_field(first_ping: tuple[Recording, str]) -> None:
    for step in _steps(lab.scrubber(first_ping[0]))[1:]:
        told = {
            at
            for field in step["fields"]
            for at in range(field["offset"], field["offset"] + field["size"])
        }
        assert told == set(range(step["size"]))


def test_both_tables_at_each_step(first_ping: tuple[Recording, str]) -> None:
    scrubber = lab.scrubber(first_ping[0])
    names = [column["name"] for column in scrubber.story["columns"]]
    one, two = names.index("netns1"), names.index("netns2")
    tables = [step["tables"] for step in _steps(scrubber)]
    assert tables[0] == [[], []]
    assert [(row["address"], row["state"], row["news"]) for row in tables[1][two]] == [
        ("172.16.0.1", "STALE", "new")
    ]
    assert tables[1][two][0]["told"].endswith("(announced)")
    assert [row["state"] for row in tables[2][one]] == ["REACHABLE"]
    assert tables[3][one][0]["news"] == ""


def test_the_questions_have_the_right_answer_among_others(
    first_ping: tuple[Recording, str],
) -> None:
    scrubber = lab.scrubber(first_ping[0])
    for step in _steps(scrubber)[1:]:
        question = step["question"]
        answers = question["answers"]
        assert len(set(answers)) == len(answers) >= 3
        right = answers[question["right"]]
        sender = scrubber.story["columns"][step["from"]["column"]]["name"]
        receiver = scrubber.story["columns"][step["to"]["column"]]["name"]
        assert right == f"{sender} → {receiver}: {step['label']}"
    assert _steps(scrubber)[0]["question"] is None


def test_everything_is_in_the_front_end(first_ping: tuple[Recording, str]) -> None:
    scrubber = lab.scrubber(first_ping[0])
    assert json.loads(json.dumps(scrubber.story)) == scrubber.story
    state = scrubber.widget.get_state()
    assert state["story"] == scrubber.story
    assert "export default" in state["_esm"]
    assert "http" not in state["_esm"] + state["_css"], "nothing is fetched from elsewhere"
    scrubber.widget.close()


def test_two_outputs_widget_and_fold(first_ping: tuple[Recording, str]) -> None:
    shell = InteractiveShell.instance()
    shown = CapturingDisplayPublisher()
    before, shell.display_pub = shell.display_pub, shown
    scrubber = lab.scrubber(first_ping[0])
    try:
        scrubber._ipython_display_()
    finally:
        shell.display_pub = before
        scrubber.widget.close()
        InteractiveShell.clear_instance()
    widget, fold = (output["data"] for output in shown.outputs)
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert widget["text/plain"] == repr(scrubber)
    assert fold["text/html"] == scrubber._repr_html_()
    assert "<script" not in fold["text/html"]


def test_what_remains_without_a_browser(first_ping: tuple[Recording, str]) -> None:
    scrubber = lab.scrubber(first_ping[0])
    assert "ICMP echo reply" in repr(scrubber)
    assert "netns1: 172.16.0.2" in repr(scrubber)
    html = scrubber._repr_html_()
    assert html.count("<tr>") == 5
    assert 'scope="row"' in html
    assert "<svg" in html


def test_hostile_names_stay_text(first_ping: tuple[Recording, str]) -> None:
    whole = first_ping[0]
    named = [
        Interface(one.number, '<img src=x onerror="x">', "</td><b>", one.index, one.address)
        for one in whole.interfaces
    ]
    scrubber = lab.scrubber(Recording(named, whole.frames.copy(), whole.data))
    html = scrubber._repr_html_()
    assert "<img" not in html
    assert "</td><b>" not in html
    assert scrubber.story["columns"][0]["name"] == '<img src=x onerror="x">'


def test_only_some_frames(two_pings: tuple[Recording, Result]) -> None:
    scrubber = lab.scrubber(two_pings[0], first=5, count=1)
    assert [step["number"] for step in _steps(scrubber)] == ["", "5"]
    assert any("5 more frames" in note for note in scrubber.story["notes"])
    # What the tables held before is there from the beginning.
    assert [len(table) for table in _steps(scrubber)[0]["tables"]] == [1, 1]
    with pytest.raises(InvalidValueError, match="no frame"):
        lab.scrubber(Recording())


def test_in_chinese(first_ping: tuple[Recording, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    story = lab.scrubber(first_ping[0]).story
    assert story["tongue"] == "zh-CN"
    assert story["words"]["next"] == "下一步"
    assert story["words"]["neighbours"] == "邻居表"
