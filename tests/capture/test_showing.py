"""Does a recording print so that everybody can read it, whatever is in it?"""

from __future__ import annotations

import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sample_frames import FRAMES
from wires import recording_of

from nslabkit.capture import FRAME, Interface, Recording
from nslabkit.capture.tap.clock import TapClock

if TYPE_CHECKING:
    from collections.abc import Iterator


class Tags(HTMLParser):
    """Collects the tags and the text of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_a_long_recording_shows_its_ends_and_says_how_many_it_left_out() -> None:
    recording = recording_of([FRAMES["ICMP echo request"]] * 1000)
    page = Tags()
    page.feed(recording._repr_html_())
    assert page.tags.count("tr") == 1 + 20 + 1 + 20
    assert "… 960 more …" in page.text
    assert page.text[0] == "Packets: 1,000, links: 1, dropped: 0"
    assert repr(recording).count("\n") == 41
    assert "… 960 more …" in repr(recording)


def test_drops_are_in_the_table() -> None:
    plain = recording_of([FRAMES["ARP request"]])
    recording = Recording(
        [Interface(0, "a", "b", received=13, dropped=12)], plain.frames, plain.data, notes=["Note."]
    )
    assert recording.dropped == 12
    page = recording._repr_html_()
    assert "Packets: 1, links: 1, dropped: 12" in page
    assert "a/b: the kernel counted 13 frames and dropped 12." in page
    assert "Note." in page
    assert repr(recording).splitlines()[0].endswith("dropped: 12")
    assert repr(recording).splitlines()[-1] == "Note."


def test_hostile_names_and_notes_stay_text() -> None:
    plain = recording_of([FRAMES["ARP request"]])
    hostile = '<img src=x onerror="alert(1)">'
    recording = Recording(
        [Interface(0, hostile, hostile)], plain.frames, plain.data, notes=[hostile]
    )
    for html in (recording._repr_html_(), recording.summary._repr_html_()):
        assert "<img" not in html
        assert "&lt;img" in html


def test_an_empty_recording_shows_too() -> None:
    recording = Recording([Interface(0, "", "lo")])
    assert repr(recording) == "Packets: 0, links: 1, dropped: 0"
    assert "<table>" in recording._repr_html_()
    assert len(recording.summary) == 0
    assert list(recording.packets) == []


def test_packets_are_a_sequence() -> None:
    recording = recording_of(list(FRAMES.values()))
    packets = recording.packets
    assert packets[-1] == packets[len(packets) - 1]
    assert [p.number for p in packets[2:5]] == [3, 4, 5]
    assert len(list(packets)) == len(packets)
    with pytest.raises(IndexError):
        packets[len(packets)]
    with pytest.raises(ValueError, match="read-only"):
        recording.frames["time"] = 0


def test_a_question_to_one_is_not_called_one_to_everyone() -> None:
    question = FRAMES["ARP request"]
    alone = bytes.fromhex("020000000002") + question[6:]
    to_all, to_one = recording_of([question, alone]).packets
    assert to_all.meaning == "172.16.0.1 asks everyone: who has 172.16.0.2?"
    assert to_one.meaning == "172.16.0.1 asks only 172.16.0.2: are you still there?"


def test_it_speaks_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = recording_of([FRAMES["ARP request"], FRAMES["ICMP echo request"]])
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert recording.packets[0].meaning == "172.16.0.1 问所有人：谁是 172.16.0.2？"
    assert "帧数：2" in repr(recording)
    assert recording.packets[0].kind == "ARP request"


@pytest.fixture
def clock() -> Iterator[TapClock]:
    clock = TapClock()
    yield clock
    clock.close()


@pytest.mark.parametrize("by", [-3_600_000_000_000, 3_600_000_000_000])
def test_a_step_of_the_clock_keeps_the_order(
    clock: TapClock, monkeypatch: pytest.MonkeyPatch, by: int
) -> None:
    """Nobody may set this machine's clock for a test: the wall clock alone is replaced."""
    real = time.time_ns
    before = real() - 2_000_000
    assert clock.look() is False
    monkeypatch.setattr(time, "time_ns", lambda: real() + by)
    monkeypatch.setattr(clock, "_was_set", lambda: True)
    assert clock.look() is True
    after = real() + by
    times = np.array([before, after, before + 1000, after + 1000], np.uint64)
    keys = clock.keys(times)
    assert np.argsort(keys, kind="stable").tolist() == [0, 2, 1, 3]
    ((_when, measured, key),) = clock.steps
    assert abs(measured - by) < 1_000_000_000
    assert (keys[[0, 2]] < key).all()
    monkeypatch.setattr(clock, "_was_set", lambda: False)
    assert clock.look() is False
    assert FRAME["time"] == np.uint64


def test_the_timer_says_nothing_where_nobody_sets_the_clock(clock: TapClock) -> None:
    assert clock._was_set() is False
    assert clock.keys(np.array([5, 3], np.uint64)).tolist() == [5, 3]
