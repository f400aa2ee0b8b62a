"""Are the times in the figures those that ping printed and the kernel stamped?"""

from __future__ import annotations

import dataclasses
import re
import statistics
from typing import TYPE_CHECKING

import pytest
from kernel_shell import sh
from pictures import outside, overlaps, parsed, sizes, texts

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError, NotFoundError
from nslabkit.capture import Recording
from nslabkit.show.figures.echoes import echoes
from nslabkit.show.figures.measuring import Round
from nslabkit.show.figures.spreads import RoundTrips

if TYPE_CHECKING:
    from nslabkit.base.commands import Result


def test_each_pings_two_times(two_pings: tuple[Recording, Result]) -> None:
    recording, said = two_pings
    figure = lab.figures.round_trips(recording, said)
    printed = [1000 * float(time) for time in re.findall(r"time=([\d.]+)", said.stdout)]
    assert len(printed) == 2
    for time in printed:
        assert f"ping printed {time:.0f} µs" in figure.description
    first, second = echoes(recording.packets)
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.waited > 0
    assert second.waited == 0
    # Between the taps it cannot have taken longer than for ping, but for its coarse printing.
    for one, time in zip((first, second), printed, strict=True):
        assert 0 < one.trip / 1000 <= 1.01 * time + 1
    assert any("★ 1" in text for text in texts(figure))
    assert figure.title.startswith(f"The first ping took {printed[0]:.0f} µs")
    assert outside(figure) == []
    assert overlaps(figure) == []
    assert min(sizes(figure)) >= 11


def test_without_what_ping_printed(two_pings: tuple[Recording, Result]) -> None:
    figure = lab.figures.round_trips(two_pings[0])
    assert "according to the frames" in figure.title
    assert "ping printed" not in figure.description


def test_no_ping_no_round_trip() -> None:
    with pytest.raises(InvalidValueError, match="No ping was answered"):
        lab.figures.round_trips(Recording())
    with pytest.raises(InvalidValueError, match="no ping"):
        lab.figures.step_times(Recording())


def test_an_address_that_is_only_confirmed_is_not_waited_for(
    pair: tuple[lab.Namespace, lab.Namespace],
) -> None:
    one, two = pair
    one.run("ping -c 1 -W 5 172.16.0.2", check=True, quiet=True)
    one.run("ip neigh change 172.16.0.2 dev veth1 nud probe", check=True)
    with lab.capture(one, two, filter="arp or icmp") as recording:
        one.run("ping -c 1 -W 5 172.16.0.2", check=True, quiet=True)
    (echo,) = echoes(recording.packets)
    assert echo.waited == 0


def test_the_steps_of_both_pings(two_pings: tuple[Recording, Result]) -> None:
    figure = lab.figures.step_times(two_pings[0])
    first, second = figure.description.split("Ping 2:")
    assert "the question crosses the wire" in first
    assert "the question crosses the wire" not in second
    assert "the echo reply crosses the wire" in second
    assert outside(figure) == []
    assert overlaps(figure) == []
    assert min(sizes(figure)) >= 11
    assert parsed(figure).get("role") == "img"


def test_many_round_trips(pair: tuple[lab.Namespace, lab.Namespace]) -> None:
    before = sh("ip -n netns1 -s -j link show veth1")
    trips = lab.figures.measure_round_trips(*pair, count=4)
    assert before != sh("ip -n netns1 -s -j link show veth1")
    assert [one.flushed for one in trips.rounds] == [True, False] * 4
    assert all(one.waited > 0 for one in trips.rounds if one.flushed)
    assert all(one.waited == 0 for one in trips.rounds if not one.flushed)
    for one in trips.rounds:
        times = [1000 * float(time) for time in re.findall(r"time=([\d.]+)", one.output)]
        assert list(one.printed) == times
        assert all(a <= 1.01 * b + 1 for a, b in zip(one.frames, one.printed, strict=True))
    figure = trips.figure
    assert repr(trips) == repr(figure)
    assert "According to the frames, a first ping waited" in figure.description
    assert outside(figure) == []
    assert min(sizes(figure)) >= 11
    assert len(trips.output(flushed=True)) == 4


def _made(first: float, kept: float, second: float) -> RoundTrips:
    rounds = []
    for extra in (0.0, 1.0, 2.0):
        for flushed, begin, waited in ((True, first, 50.0), (False, kept, 0.0)):
            printed = (begin + extra, second + extra)
            rounds.append(Round(flushed, printed, (20.0, 20.0), "", waited))
    return RoundTrips(tuple(rounds))


def test_the_share_that_arp_explains() -> None:
    trips = _made(180, 110, 80)
    assert trips.slower == 100
    assert trips.entry == 70
    assert trips.share == pytest.approx(0.7)
    assert trips.waited == 50
    assert "70%" in trips.verdict
    assert trips.figure.title == trips.verdict
    assert "median 181 µs, half of them in 180–182 µs" in trips.figure.description
    assert overlaps(trips.figure) == []
    assert statistics.median(trips.printed(flushed=True, number=1)) == 181
    assert trips.on_the_wire(flushed=False, number=2) == [20.0] * 3


def test_a_mark_at_the_very_end_leaves_room_for_its_label() -> None:
    """The axis ends at 1.5 times the highest third quartile, and there a mark stands."""
    trips = _made(100, 90, 80)
    late = dataclasses.replace(trips.rounds[0], printed=(152.0, 500.0))
    crowded = RoundTrips((*trips.rounds * 4, late))
    assert any("+1 →" in text for text in texts(crowded.figure))
    assert outside(crowded.figure) == []
    assert overlaps(crowded.figure) == []


def test_no_share_is_told_where_there_is_none() -> None:
    faster = _made(70, 60, 80)
    assert faster.share is None
    assert "not slower" in faster.verdict
    assert "too busy" in _made(180, 20, 80).verdict


def test_what_cannot_be_measured(pair: tuple[lab.Namespace, lab.Namespace]) -> None:
    with pytest.raises(InvalidValueError, match="no spread"):
        lab.figures.measure_round_trips(*pair, count=1)
    with pytest.raises(NotFoundError):
        lab.figures.measure_round_trips("netns1", "nowhere")
    sh("ip netns add lonely")
    with pytest.raises(NotFoundError, match="no addresses in a common network"):
        lab.figures.measure_round_trips("netns1", "lonely")
