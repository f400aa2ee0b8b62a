"""Does everything stand where it must have been, whatever time it was heard at?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made_by_hand import (
    MACS,
    ONE,
    SECOND,
    START,
    TWO,
    arp,
    crossing,
    echo,
    first_ping,
    heard,
    into,
    ipv4,
    out,
    recording,
    udp,
)

from nslabkit.capture import ClockStep
from nslabkit.capture.events import Clock, Observation
from nslabkit.timeline.order import moments

if TYPE_CHECKING:
    from nslabkit.timeline import Event, Timeline

LATE = 300  # microseconds: when the notices of the first ping come, all after its last frame


def short(event: Event) -> str:
    if event.is_frame:
        word = event.detail["frame"].replace("ICMP ", "")
        return f"{event.namespace} {'>' if event.kind == 'frame sent' else '<'} {word}"
    state = ",".join(event.detail.get("state", ())) or event.detail["change"]
    return f"{event.namespace} {event.kind} {state}"


def order(timeline: Timeline) -> list[str]:
    return [short(event) for event in timeline]


def test_late_notices_stand_behind_the_frames_that_caused_them() -> None:
    timeline = recording(
        *first_ping(),
        events=(
            heard(LATE, TWO, "STALE", "172.16.0.1"),
            heard(LATE + 5, ONE, "REACHABLE", "172.16.0.2"),
        ),
    ).timeline()
    assert order(timeline) == [
        "netns1 ping sent",
        "netns1 > ARP request",
        "netns2 < ARP request",
        "netns2 neighbour STALE",
        "netns2 > ARP reply",
        "netns1 < ARP reply",
        "netns1 neighbour REACHABLE",
        "netns1 > echo request",
        "netns2 < echo request",
        "netns2 > echo reply",
        "netns1 < echo reply",
    ]
    assert [event.number for event in timeline] == list(range(1, 12))
    causes = {event.number: event.cause for event in timeline if event.cause}
    # ping made the question go; the question taught netns2; the answer taught netns1, and that
    # let the waiting packet go.
    assert causes == {2: 1, 4: 3, 7: 6, 8: 7}
    assert {event.number: event.same_as for event in timeline if event.same_as} == {
        3: 2,
        6: 5,
        9: 8,
        11: 10,
    }
    assert {event.number: event.answer_to for event in timeline if event.answer_to} == {
        5: 3,
        6: 2,
        10: 9,
        11: 8,
    }


def test_every_time_says_from_which_clock_it_is() -> None:
    stale = heard(LATE, TWO, "STALE", "172.16.0.1")
    timeline = recording(*first_ping(), events=(stale,)).timeline()
    clocks = {short(event): (event.clock, event.time) for event in timeline}
    assert clocks["netns2 neighbour STALE"] == (Clock.RECEIVED, stale.time)
    assert clocks["netns1 > ARP request"] == (Clock.TAP, START + 50_000)
    assert clocks["netns1 ping sent"] == (Clock.WRITTEN, START)


def test_without_a_notice_the_answer_itself_lets_the_packet_go() -> None:
    timeline = recording(*first_ping()).timeline()
    request = next(event for event in timeline if short(event) == "netns1 > echo request")
    assert short(timeline.event(request.cause)) == "netns1 < ARP reply"


def test_incomplete_was_read_before_the_answer_that_ended_it() -> None:
    # The reading began before the answer came and ended behind it.
    read = heard(61, ONE, "INCOMPLETE", "172.16.0.2", clock=Clock.READ, begun=START + 55_000)
    found = order(recording(*first_ping(), events=(read,)).timeline())
    assert found.index("netns1 neighbour INCOMPLETE") < found.index("netns1 < ARP reply")
    assert found.index("netns1 neighbour INCOMPLETE") > found.index("netns1 > ARP request")


def test_probe_stands_before_the_question_that_it_sends() -> None:
    seen = [
        *crossing(100, TWO, ONE, arp(1, "172.16.0.2", "172.16.0.1", MACS["172.16.0.1"])),
        *crossing(110, ONE, TWO, arp(2, "172.16.0.1", "172.16.0.2", MACS["172.16.0.2"])),
    ]
    events = (
        heard(10, TWO, "DELAY", "172.16.0.1", clock=Clock.READ, begun=START + 9_000),
        heard(LATE, TWO, "PROBE", "172.16.0.1"),
        heard(LATE + 1, TWO, "REACHABLE", "172.16.0.1"),
    )
    timeline = recording(*seen, events=events).timeline()
    assert order(timeline) == [
        "netns2 neighbour DELAY",
        "netns2 neighbour PROBE",
        "netns2 > ARP request",
        "netns1 < ARP request",
        "netns1 > ARP reply",
        "netns2 < ARP reply",
        "netns2 neighbour REACHABLE",
    ]
    assert timeline[2].cause == 2
    assert timeline[6].cause == 6


def test_delay_that_was_read_before_its_stale_came_in_changes_no_cause() -> None:
    events = (
        heard(100, TWO, "DELAY", "172.16.0.1", clock=Clock.READ, begun=START, reason="change"),
        heard(LATE, TWO, "STALE", "172.16.0.1"),
    )
    found = order(recording(*first_ping(), events=events).timeline())
    assert found[2:4] == ["netns2 < ARP request", "netns2 neighbour STALE"]
    assert found[-1] == "netns2 neighbour DELAY"


def test_stale_by_time_is_not_due_to_an_old_question() -> None:
    # The entry was REACHABLE; a question came long before the kernel's timer made it STALE.
    question = into(0, ONE, arp(1, "172.16.0.2", "172.16.0.1", MACS["172.16.0.1"]))
    other = into(200, ONE, udp("172.16.0.2", 1, "172.16.0.1", 2))
    events = (
        heard(-10, ONE, "REACHABLE", "172.16.0.2"),
        heard(500, ONE, "STALE", "172.16.0.2"),
    )
    timeline = recording(question, other, events=events).timeline()
    assert order(timeline)[-1] == "netns1 neighbour STALE"
    assert timeline[-1].cause is None


def test_a_notice_is_not_behind_its_successor() -> None:
    # The second is put back to its cause; so the first, of the same namespace, was before it.
    route = Observation(START + 290_000, Clock.RECEIVED, "netns1", "veth1", "route", "new")
    elsewhere = Observation(START + 290_000, Clock.RECEIVED, "netns2", None, "route", "new")
    events = (route, elsewhere, heard(LATE, ONE, "REACHABLE", "172.16.0.2"))
    found = order(recording(*first_ping(), events=events).timeline())
    at = found.index("netns1 neighbour REACHABLE")
    assert found[at - 1 : at + 1] == ["netns1 route new", "netns1 neighbour REACHABLE"]
    assert found[-1] == "netns2 route new"


def test_failed_is_due_to_the_unanswered_question_and_causes_the_error() -> None:
    lost = echo(8, "172.16.0.1", "172.16.0.2")
    error = ipv4("172.16.0.1", "172.16.0.1", 1, b"\x03\x01" + bytes(6) + lost[14:])
    seen = [
        out(0, ONE, arp(1, "172.16.0.1", "172.16.0.2")),
        out(3_000_000, "netns1/lo", error),
        into(3_000_001, "netns1/lo", error),
    ]
    events = (heard(3_000_090, ONE, "FAILED", "172.16.0.2"),)
    timeline = recording(*seen, events=events).timeline()
    assert order(timeline)[1] == "netns1 neighbour FAILED"
    assert timeline[1].cause == 1
    assert "did not answer" in timeline[1].text
    assert timeline[2].cause == 2


def test_the_clock_set_back_does_not_turn_the_order() -> None:
    # By an hour, between the question and the answer.
    hour = 3600 * SECOND
    frames = first_ping()
    turned = [
        *frames[:2],
        *(one._replace(micro=one.micro - hour / 1000) for one in frames[2:]),
    ]
    late = heard(LATE, ONE, "REACHABLE", "172.16.0.2")
    step = ClockStep(START + 55_000 - hour, -hour, 2)
    moved = Observation(
        late.time - hour, late.clock, late.namespace, late.link, late.kind, late.change, late.detail
    )
    timeline = recording(*turned, events=(moved,), steps=(step,)).timeline()
    found = order(timeline)
    assert found[:3] == ["netns1 > ARP request", "netns2 < ARP request", " clock stepped"]
    assert found[5] == "netns1 neighbour REACHABLE"
    assert "-3600.0" in timeline[2].text
    # Times across the step are not told; those on one side of it are.
    took = {step.key: step.nanoseconds for step in timeline.steps()}
    assert took["question crosses"] == 500
    assert took["question answered"] is None
    assert took["waiting packet goes"] == 4500


@pytest.mark.parametrize(
    ("times", "by", "expected"),
    [
        ([0, 10, 120, 130], 100, [0, 10, 20, 30]),
        ([200, 210, 120, 130], -100, [200, 210, 220, 230]),
        ([0, 10, 20], 0, [0, 10, 20]),
    ],
)
def test_times_without_the_step(times: list[int], by: int, expected: list[int]) -> None:
    steps = [ClockStep(115, by, 2)] if by else []
    assert moments(times, steps) == expected


def test_ttl_and_router() -> None:
    near, far = "router/left", "router/right"
    request, reply = (8, "172.16.0.1", "172.16.0.2"), (0, "172.16.0.2", "172.16.0.1")
    timeline = recording(
        *crossing(0, ONE, near, echo(*request, sent=START - SECOND // 1000)),
        *crossing(2, far, TWO, echo(*request, sent=START - SECOND // 1000, ttl=63)),
        *crossing(10, TWO, far, echo(*reply, ttl=64)),
        *crossing(12, near, ONE, echo(*reply, ttl=63)),
    ).timeline()
    sent_on = next(event for event in timeline if short(event) == "router > echo request")
    assert short(timeline.event(sent_on.cause)) == "router < echo request"
    took = {step.key: step.nanoseconds for step in timeline.steps()}
    assert took["request crosses"] == 2500
    assert took["request answered"] == 7500
    assert took["reply crosses"] == 2500
    assert took["handed over"] == 1_000_000
