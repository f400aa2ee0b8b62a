"""Does the ladder show what passed, in its order, at its time, and can everybody read it?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pictures import outside, overlaps, parsed, sizes, texts

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.palette import INKS
from nslabkit.capture import ClockStep, Interface, Recording
from nslabkit.show.figures.scene import scene
from nslabkit.show.lab_recording import LabRecording

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.base.commands import Result

KINDS = ["ARP request", "ARP reply", "ICMP echo request", "ICMP echo reply"]
SVG = "{http://www.w3.org/2000/svg}"


def test_the_first_ping_as_tcpdump_saw_it(first_ping: tuple[Recording, str]) -> None:
    recording, oracle = first_ping
    crossings = scene(recording).crossings
    assert [one.packet.kind for one in crossings] == KINDS
    assert all(one.sent and one.received for one in crossings)
    at_veth1 = [
        end.time
        for one in crossings
        for end in (one.sent, one.received)
        if end is not None and end.interface.name == "veth1"
    ]
    seen = [
        round(float(line.split()[0].partition(".")[0])) * 10**9
        + int(line.split()[0].partition(".")[2])
        for line in oracle.splitlines()
    ]
    assert len(seen) == 4, oracle
    # Both taps are on one link; the kernel stamps a frame once for all of them, or nearly so.
    assert all(abs(a - b) < 1_000_000 for a, b in zip(at_veth1, seen, strict=True))
    for line, word in zip(
        oracle.splitlines(), ["Request", "Reply", "request", "reply"], strict=True
    ):
        assert word in line


def test_no_label_runs_into_another(first_ping: tuple[Recording, str]) -> None:
    ladder = first_ping[0].ladder()
    assert overlaps(ladder) == []
    assert outside(ladder) == []


def test_in_chinese_neither(
    first_ping: tuple[Recording, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    ladder = first_ping[0].ladder()
    assert overlaps(ladder) == []
    assert outside(ladder) == []
    assert re.search("[\u4e00-\u9fff]", ladder.title)
    assert parsed(ladder).get("lang") == "zh-CN"


def test_it_fits_one_screen(first_ping: tuple[Recording, str]) -> None:
    width, height = (
        float(parsed(first_ping[0].ladder()).get(key, "0")) for key in ("width", "height")
    )
    assert width <= 850
    assert height <= 560


def test_the_words_say_the_same(first_ping: tuple[Recording, str]) -> None:
    recording = first_ping[0]
    ladder = recording.ladder()
    for number, kind in enumerate(KINDS, start=1):
        assert f"Frame {number}, {kind}, " in ladder.description
    assert "In netns2, the neighbour 172.16.0.1 is STALE" in ladder.description
    assert "In netns1, the neighbour 172.16.0.2 is REACHABLE" in ladder.description
    root = parsed(ladder)
    assert root.get("role") == "img"
    assert ladder.description in root.get("aria-label", "")
    assert root.find(f"{SVG}title").text == ladder.title
    assert root.find(f"{SVG}desc").text == ladder.description
    assert repr(ladder) == f"{ladder.title}\n{ladder.description}"
    # The meaning is in letters, too: each state's name stands in the picture.
    shown = " ".join(texts(ladder))
    assert "STALE" in shown
    assert "REACHABLE" in shown
    assert "1  ARP request, 42 bytes" in shown


def test_a_neighbours_state_stands_where_its_cause_is(first_ping: tuple[Recording, str]) -> None:
    found = scene(first_ping[0])
    states = {(one.namespace, one.state): one.after for one in found.changes}
    assert states["netns2", "STALE"] == 1  # learnt from the question
    assert states["netns1", "REACHABLE"] == 2  # with the answer
    assert found.table("netns1", 0) == {}
    assert found.table("netns1", 2)["172.16.0.2"].state == "REACHABLE"


def test_letters_are_large_enough_and_the_pages_own(first_ping: tuple[Recording, str]) -> None:
    svg = first_ping[0].ladder().svg()
    assert min(sizes(first_ping[0].ladder())) >= 11
    assert "DejaVu" not in svg
    assert "<style" not in svg
    assert "#0101" not in svg, "a stand-in for a colour of the page was left"
    assert svg.count("var(--jp-ui-font-color1") > 4
    assert not re.search(r'<g id="', svg)


def test_a_theme_fixes_the_colours(first_ping: tuple[Recording, str]) -> None:
    light, dark = (first_ping[0].ladder().svg(theme) for theme in ("light", "dark"))
    assert "var(--jp-ui-font-color" not in light + dark
    assert INKS["light"].ink.lower() in light
    assert INKS["dark"].ink.lower() in dark


def test_a_long_pause_is_broken_off(two_pings: tuple[Recording, Result]) -> None:
    ladder = two_pings[0].ladder()
    assert sum("without a frame" in text for text in texts(ladder)) == 1
    assert overlaps(ladder) == []
    log = two_pings[0].ladder(scale="log")
    assert not [text for text in texts(log) if "without a frame" in text]
    assert overlaps(log) == []


def test_over_a_bridge(over_a_bridge: Recording) -> None:
    found = scene(over_a_bridge)
    assert found.columns[0] != ""
    assert found.columns[-1] != ""
    ways = {
        (one.sent.interface.namespace, one.received.interface.namespace)
        for one in found.crossings
        if one.sent and one.received
    }
    assert {("guest1", ""), ("", "guest2"), ("guest2", ""), ("", "guest1"), ("", "guest3")} <= ways
    assert not [one for one in found.crossings if one.lost]
    ladder = over_a_bridge.ladder()
    assert outside(ladder) == []
    assert overlaps(ladder) == []
    # A bar too short for its state's name has a letter, which a line below explains.
    words = set(re.findall("[A-Z]{2,}", " ".join(texts(ladder))))
    assert {one.state for one in found.changes if one.state} <= words


def test_ipv6(pair: tuple[lab.Namespace, lab.Namespace]) -> None:
    one, two = pair
    for space, address, link in ((one, "fd00::1/64", "veth1"), (two, "fd00::2/64", "veth1-peer")):
        space.run(f"ip addr add {address} dev {link} nodad", check=True)
    with lab.capture(one, two, filter="icmp6") as recording:
        one.run("ping -6 -c 1 -W 5 fd00::2", check=True, quiet=True)
    kinds = [crossing.packet.kind for crossing in scene(recording).crossings]
    assert "ICMPv6 neighbour solicitation" in kinds
    assert "ICMPv6 echo reply" in kinds
    assert outside(recording.ladder()) == []


def test_what_is_asked_in_vain_is_incomplete(
    pair: tuple[lab.Namespace, lab.Namespace],
) -> None:
    one, two = pair
    one.run("ip link set lo up", check=True)  # so that the kernel reports the failure to ping
    with lab.capture(one, two, filter="arp or icmp") as recording:
        one.run("ping -c 1 -W 2 172.16.0.9", quiet=True)
    oracle = scene(recording)
    assert {crossing.packet.kind for crossing in oracle.crossings} == {"ARP request"}
    (entry,) = [change for change in oracle.changes if change.state == "INCOMPLETE"][:1]
    assert (entry.namespace, entry.address, entry.mac) == ("netns1", "172.16.0.9", "")
    assert entry.read, "the kernel does not announce it"
    ladder = recording.ladder()
    assert "172.16.0.9 INCOMPLETE (read)" in " ".join(texts(ladder))
    assert overlaps(ladder) == []
    assert "INCOMPLETE: asked, no answer yet" in ladder.description


def test_a_recording_from_a_file(first_ping: tuple[Recording, str], tmp_path: Path) -> None:
    first_ping[0].save(tmp_path / "ping.pcapng")
    read = lab.open_capture(tmp_path / "ping.pcapng")
    assert [one.packet.kind for one in scene(read).crossings] == KINDS
    assert "172.16.0.1 STALE" not in " ".join(texts(read.ladder())), "no file holds the tables"


def test_one_end_only(pair: tuple[lab.Namespace, lab.Namespace]) -> None:
    with lab.capture("netns1/veth1", filter="icmp or arp") as recording:
        pair[0].run("ping -c 1 -W 5 172.16.0.2", check=True, quiet=True)
    ladder = recording.ladder()
    assert sum("(seen at one end only)" in text for text in texts(ladder)) == 4
    assert not any(one.lost for one in scene(recording).crossings)
    assert overlaps(ladder) == []


def test_what_did_not_arrive_is_told(first_ping: tuple[Recording, str]) -> None:
    whole = first_ping[0]
    keep = np.ones(len(whole.frames), bool)
    keep[[packet.number - 1 for packet in whole.packets if packet.kind == KINDS[2]][1]] = False
    lossy = LabRecording(whole.interfaces, whole.frames[keep].copy(), whole.data)
    assert [one.number for one in scene(lossy).crossings if one.lost] == [3]
    assert any("✘ not received" in text for text in texts(lossy.ladder()))
    assert "and is not received" in lossy.ladder().description


def test_notes_and_clock_steps_are_shown(first_ping: tuple[Recording, str]) -> None:
    whole = first_ping[0]
    step = ClockStep(int(whole.frames["time"][3]), 5, 3)
    noted = LabRecording(
        whole.interfaces,
        whole.frames.copy(),
        whole.data,
        notes=["The kernel dropped 7 frames."],
        clock_steps=[step],
    )
    shown = texts(noted.ladder())
    assert "▲ The kernel dropped 7 frames." in shown
    assert "▲ the clock was set here" in shown
    assert outside(noted.ladder()) == []


def test_some_of_many(pair: tuple[lab.Namespace, lab.Namespace]) -> None:
    one, two = pair
    with lab.capture(one, two, filter="icmp") as recording:
        one.run("ping -i 0.002 -c 800 172.16.0.2", check=True, quiet=True)
    assert len(recording) == 3200
    found = scene(recording, first=1001, count=4)
    assert [crossing.number for crossing in found.crossings] == [1001, 1002, 1003, 1004]
    assert found.left_out == 1596
    sent = [packet for packet in recording.packets if packet.outgoing][1000:1004]
    assert [crossing.packet.time for crossing in found.crossings] == [one.time for one in sent]
    assert all(crossing.sent and crossing.received for crossing in found.crossings)
    assert any("1,596 more frames" in text for text in texts(recording.ladder(first=1001, count=4)))
    last = scene(recording, first=1599).crossings
    assert [crossing.number for crossing in last] == [1599, 1600]
    with pytest.raises(InvalidValueError, match="has 1600 frames"):
        recording.ladder(first=1601)


def test_hostile_names_stay_text(first_ping: tuple[Recording, str]) -> None:
    whole = first_ping[0]
    named = [
        Interface(one.number, "<script>&$x$", '"><b>', one.index, one.address, one.mtu)
        for one in whole.interfaces
    ]
    ladder = LabRecording(named, whole.frames.copy(), whole.data).ladder()
    assert "<script>&$x$" in texts(ladder)
    assert "<script>" not in ladder.svg()


@pytest.mark.parametrize("arguments", [{"scale": "cubic"}, {"first": 99}, {"count": 0}])
def test_what_cannot_be_drawn(
    first_ping: tuple[Recording, str], arguments: dict[str, object]
) -> None:
    with pytest.raises(InvalidValueError):
        first_ping[0].ladder(**arguments)


def test_nothing_recorded_and_no_recording() -> None:
    with pytest.raises(InvalidValueError, match="no frame to draw"):
        LabRecording().ladder()
    with pytest.raises(InvalidValueError, match="not from list"):
        lab.figures.ladder([])
