"""Can a timeline, its steps and its story be read: as text, as HTML, as JSON, in Chinese?"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from kernel_shell import sh, wait_for
from made_by_hand import ONE, START, TWO, crossing, echo, first_ping, heard, recording, udp

import nslabkit as lab
from nslabkit.capture.events import Clock, Observation, event_log, ping_output
from nslabkit.show.lab_recording import LabRecording

if TYPE_CHECKING:
    from nslabkit.timeline import Timeline

NOTICES = (heard(300, TWO, "STALE", "172.16.0.1"), heard(305, ONE, "REACHABLE", "172.16.0.2"))


@pytest.fixture
def timeline() -> Timeline:
    return recording(*first_ping(), events=NOTICES).timeline()


def parsed(html: str) -> ET.Element:
    return ET.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own text


def test_a_line_for_each_event(timeline: Timeline) -> None:
    lines = repr(timeline).splitlines()
    assert lines[0] == "Timeline: 11 events in 80.5 µs."
    rows = [line for line in lines if line[:4].strip().isdigit()]
    assert len(rows) == 11
    assert rows[0].split()[:4] == ["1", "0.0", "µs", "netns1"]
    # What was only heard stands in brackets, and that is explained.
    assert "(300.0 µs)" in rows[3]
    assert lines[1].startswith("A time in brackets")
    assert "[because of 3]" in rows[3]
    assert "[same frame as 5, answers 2]" in rows[5]


def test_the_table_is_read_by_everybody(timeline: Timeline) -> None:
    table = parsed(timeline._repr_html_()).find(".//table")
    assert table is not None
    heads = [cell.text for cell in table.iterfind("thead/tr/th")]
    assert heads[0] == "number"
    assert heads[-1] == "clock"
    assert all(cell.get("scope") == "col" for cell in table.iterfind("thead/tr/th"))
    rows = table.findall("tbody/tr")
    assert len(rows) == 11
    assert all(row.find("th").get("scope") == "row" for row in rows)
    assert [row.findall("td")[-1].text for row in rows][3] == "received at"
    assert table.find("caption").text == "Timeline: 11 events in 80.5 µs."


def test_hostile_names_stay_text() -> None:
    name = '<b>&"x"\''
    shown = recording(
        *crossing(0, f"{name}/<i>", f"n/{name}", echo(8, "172.16.0.1", "172.16.0.2", sent=START))
    ).timeline()
    for html in (shown._repr_html_(), shown.steps()._repr_html_(), shown.explain()._repr_html_()):
        parsed(html)
        assert "<b>" not in html
        assert "<i>" not in html


def test_json_is_english_and_whole(timeline: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    rows = json.loads(json.dumps(timeline.json))
    assert [row["number"] for row in rows] == list(range(1, 12))
    assert rows[3]["clock"] == "received at"
    assert rows[3]["kind"] == "neighbour"
    assert rows[3]["detail"]["state"] == ["STALE"]
    assert rows[1]["packet"] == 1
    assert json.loads(json.dumps(timeline.steps().json))[0]["key"] == "handed over"
    assert json.loads(json.dumps(timeline.explain().json))[0]["events"] == [1]


def test_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    shown = recording(*first_ping(), events=NOTICES).timeline()
    for text in (repr(shown), repr(shown.explain()), repr(shown.steps())):
        assert "帧" in text or "回显" in text
        for english in ("asks", "later", "neighbour", "the ", "events"):
            assert english not in text
    assert "秒 后" not in repr(shown.explain())
    assert "秒 内" not in shown._repr_html_()


def test_events_are_found_by_number_and_by_place(timeline: Timeline) -> None:
    assert timeline.event(1) == timeline[0]
    assert timeline[-1].number == len(timeline) == 11
    assert [event.number for event in timeline[2:4]] == [3, 4]
    for wrong in (0, 12):
        with pytest.raises(lab.InvalidValueError, match="1 to 11"):
            timeline.event(wrong)
    with pytest.raises(IndexError):
        timeline[11]


def test_nothing_recorded_is_said() -> None:
    empty = lab.timeline(LabRecording())
    assert repr(empty) == "Timeline: 0 events in 0.0 µs."
    assert "<table>" in empty._repr_html_()
    assert repr(empty.explain()) == "Nothing happened that could be told."
    assert len(empty.steps()) == 0
    assert empty.begin == 0


def test_each_event_is_told_once(timeline: Timeline) -> None:
    story = timeline.explain()
    told = {number for sentence in story.sentences for number in sentence.events}
    assert told == set(range(1, 12))
    firsts = [sentence.events[0] for sentence in story.sentences]
    assert firsts == sorted(firsts)
    # Each sentence names the events that it rests on.
    assert all(sentence.events for sentence in story.sentences)
    assert repr(story).splitlines()[0].endswith("[1]")
    items = parsed(story._repr_html_()).findall(".//li")
    assert len(items) == len(story.sentences)


def test_one_end_alone_tells_what_it_saw() -> None:
    near = [one for one in first_ping() if one.where == ONE]
    shown = recording(*near).timeline()
    took = {step.key: step.nanoseconds for step in shown.steps()}
    assert took["question crosses"] is None
    assert took["waiting packet goes"] == 4500
    story = str(shown.explain())
    assert "The answer is back at veth1, 30.5 µs after" in story
    assert "The kernel of" not in story


def test_an_unanswered_ping_has_no_answer_in_its_story() -> None:
    lost = crossing(0, ONE, TWO, echo(8, "172.16.0.1", "172.16.0.2", sent=START - 10_000))
    shown = recording(*lost).timeline()
    story = str(shown.explain())
    assert "No answer to echo request 1 came back." in story
    assert "answers after" not in story
    assert [step.key for step in shown.steps()] == [
        "handed over",
        "route",
        "request crosses",
        "request answered",
    ]
    assert [step.nanoseconds for step in shown.steps()][-1] is None


def test_many_frames_of_a_kind_are_counted() -> None:
    seen = [
        one
        for n in range(50)
        for one in crossing(n, ONE, TWO, udp("172.16.0.1", n + 1, "172.16.0.2", 9))
    ]
    story = recording(*seen).timeline().explain()
    assert len(story.sentences) == 4
    assert "47 more of these: UDP" in story.sentences[-1].text
    assert len(story.sentences[-1].events) == 94


OUTPUT = """PING 172.16.0.2 (172.16.0.2) 56(84) bytes of data.
[1700000000.000400] 64 bytes from 172.16.0.2: icmp_seq=1 ttl=64 time=0.309 ms
[1700000001.000200] From 172.16.0.1 icmp_seq=2 Destination Host Unreachable
64 bytes from 172.16.0.2: icmp_seq=3 ttl=64 time=0.079 ms
[1700000002.5] 64 bytes from fd00::2: icmp_seq=4 ttl=64 time=1.5 ms
[1700000003.000100] 64 bytes from 172.16.0.2: icmp_seq=5 ttl=64
"""


def test_what_ping_prints_is_taken_at_its_word() -> None:
    found = [
        (one.change, one.clock, one.time - START) for one in ping_output.observations(OUTPUT, "n")
    ]
    assert found == [
        ("sent", Clock.DERIVED, 91_000),
        ("printed", Clock.PRINTED, 400_000),
        ("sent", Clock.DERIVED, 2_498_500_000),
        ("printed", Clock.PRINTED, 2_500_000_000),
    ]
    assert ping_output.observations("ping: 172.16.0.2: no such thing") == ()


def test_sent_is_derived_where_the_packet_does_not_say() -> None:
    """A packet that was cut off carries no time of ping's."""
    said = (
        Observation(START + 91_000, Clock.DERIVED, "netns1", None, "ping", "sent", SAID),
        Observation(START + 400_000, Clock.PRINTED, "netns1", None, "ping", "printed", SAID),
    )
    request = echo(8, "172.16.0.1", "172.16.0.2")
    reply = echo(0, "172.16.0.2", "172.16.0.1")
    seen = [*crossing(100, ONE, TWO, request), *crossing(110, TWO, ONE, reply)]
    shown = recording(*seen, events=said).timeline()
    assert (shown[0].clock, shown[0].kind) == (Clock.DERIVED, "ping")
    [first, *_others, last] = shown.steps()
    assert (first.key, first.nanoseconds, first.inside) == ("handed over", 9_000, False)
    assert (last.key, last.inside) == ("ping wakes", False)
    # Where the packet does say, that is the better time, and there is only one.
    exact = crossing(100, ONE, TWO, echo(8, "172.16.0.1", "172.16.0.2", sent=START + 80_000))
    shown = recording(*exact, events=said).timeline()
    sent = [event for event in shown if event.detail.get("change") == "sent"]
    assert [(event.clock, event.time - START) for event in sent] == [(Clock.WRITTEN, 80_000)]


SAID = {"seq": 1, "source": "172.16.0.2", "round_trip": 309_000}


@pytest.mark.usefixtures("pair")
def test_ping_by_a_recording() -> None:
    with lab.capture("netns1", "netns2", progress=False) as running:
        result = running.ping("netns1", "172.16.0.2", count=2, interval=0.01, quiet=True)
        with pytest.raises(lab.InvalidValueError, match="at least one"):
            running.ping("netns1", "172.16.0.2", count=0)
        with pytest.raises(lab.InvalidValueError, match="not an IPv4"):
            running.ping("netns1", "172.16.0.2; reboot")
        with pytest.raises(lab.NotFoundError):
            running.ping("nowhere", "172.16.0.2")
    assert result.returncode == 0
    said = [(one.change, one.detail["seq"]) for one in running.events if one.kind == "ping"]
    assert said == [("sent", 1), ("printed", 1), ("sent", 2), ("printed", 2)]
    with pytest.raises(lab.NslabError, match="has ended"):
        running.ping("netns1", "172.16.0.2")


@pytest.mark.usefixtures("pair")
def test_a_running_recording_has_no_timeline_yet() -> None:
    with lab.capture("netns1", progress=False) as running:
        with pytest.raises(lab.NslabError, match="still running"):
            running.timeline()
        running.ping("netns1", "172.16.0.2", quiet=True)
    assert len(running.timeline()) > 0
    assert running.timeline() is running.timeline()


@pytest.mark.usefixtures("pair")
def test_what_happened_before_the_beginning_is_no_event() -> None:
    armed = lab.capture("netns1", progress=False).arm()
    sh("ip -n netns1 addr add 10.9.0.1/24 dev veth1")
    sh("ip -n netns1 neigh add 172.16.0.7 lladdr 02:00:00:00:00:07 dev veth1")
    # The tables are read at times: until then the new entry is not known to stand there.
    wait_for(armed._log._tables.standing)
    running = armed.start()
    sh("ip -n netns1 addr add 10.9.0.2/24 dev veth1")
    armed.stop()
    heard = [one for one in running.events if one.kind in {"address", "neighbour"}]
    assert [(one.kind, one.change) for one in heard] == [("neighbour", "read"), ("address", "new")]
    assert heard[0].detail["dst"] == "172.16.0.7"
    assert heard[1].detail["local"] == "10.9.0.2"


@pytest.mark.usefixtures("pair")
def test_events_can_be_left_out() -> None:
    with lab.capture("netns1", events=False, progress=False) as running:
        running.ping("netns1", "172.16.0.2", quiet=True)
    assert running.events == ()
    assert any(event.is_frame for event in running.timeline())


@pytest.mark.usefixtures("pair")
def test_a_log_that_cannot_begin_leaves_the_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")  # the limit on namespaces

    monkeypatch.setattr(event_log, "Everywhere", refused)
    with lab.capture("netns1", progress=False) as running:
        running.ping("netns1", "172.16.0.2", quiet=True)
    assert len(running.frames) >= 2
    assert any("Only frames were recorded" in note for note in running.notes)
    with pytest.raises(lab.OutOfResourcesError), lab.capture("netns1", trace=True):
        pass
