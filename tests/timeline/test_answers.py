"""Is each answer found, and nothing taken for one that is none?"""

from __future__ import annotations

import struct

from made_by_hand import (
    MACS,
    ONE,
    TWO,
    Seen,
    arp,
    crossing,
    echo,
    first_ping,
    into,
    ipv4,
    out,
    recording,
    tcp,
    udp,
)

from nslabkit.timeline.answers import Relations, relations
from nslabkit.timeline.frame_reading import read

SYN, ACK, FIN = 0x02, 0x10, 0x01
HERE, THERE = ("172.16.0.1", 4000), ("172.16.0.2", 80)


def related(*seen: Seen) -> Relations:
    packets = recording(*seen).packets
    return relations(packets, [read(packet) for packet in packets])


def test_arp_and_echo_at_each_end() -> None:
    assert related(*first_ping()).answers == {2: 1, 3: 0, 6: 5, 7: 4}


def test_another_number_or_another_address_is_no_answer() -> None:
    request = out(0, ONE, echo(8, "172.16.0.1", "172.16.0.2", seq=1))
    late = into(1, ONE, echo(0, "172.16.0.2", "172.16.0.1", seq=2))
    other = into(2, ONE, echo(0, "172.16.0.9", "172.16.0.1", seq=1))
    assert related(request, late, other).answers == {}


def test_an_answer_goes_the_other_way() -> None:
    question = arp(1, "172.16.0.1", "172.16.0.2")
    reply = arp(2, "172.16.0.2", "172.16.0.1", MACS["172.16.0.1"])
    assert related(out(0, ONE, question), out(1, ONE, reply)).answers == {}
    assert related(out(0, ONE, question), into(1, TWO, reply)).answers == {}


def test_a_question_is_answered_once() -> None:
    request = echo(8, "172.16.0.1", "172.16.0.2")
    reply = echo(0, "172.16.0.2", "172.16.0.1")
    seen = [out(0, ONE, request), into(1, ONE, reply), into(2, ONE, reply)]
    assert related(*seen).answers == {1: 0}


def test_tcp_acknowledges_by_number() -> None:
    seen = [
        out(0, ONE, tcp(HERE, THERE, (100, 0), SYN)),
        into(1, ONE, tcp(THERE, HERE, (900, 101), SYN | ACK)),
        out(2, ONE, tcp(HERE, THERE, (101, 901), ACK)),
        out(3, ONE, tcp(HERE, THERE, (101, 901), ACK, b"hello")),
        into(4, ONE, tcp(THERE, HERE, (901, 104), ACK)),
        into(5, ONE, tcp(THERE, HERE, (901, 106), ACK)),
        into(6, ONE, tcp(THERE, HERE, (901, 106), FIN | ACK)),
        out(7, ONE, tcp(HERE, THERE, (106, 902), ACK)),
    ]
    assert related(*seen).answers == {1: 0, 2: 1, 5: 3, 7: 6}


def test_tcp_numbers_begin_again() -> None:
    seen = [
        out(0, ONE, tcp(HERE, THERE, (0xFFFFFFFE, 5), ACK, b"four")),
        into(1, ONE, tcp(THERE, HERE, (5, 2), ACK)),
    ]
    assert related(*seen).answers == {1: 0}


def test_udp_answers_the_other_way_round_and_does_not_ask_by_that() -> None:
    here, there = ("172.16.0.1", 5000), ("172.16.0.2", 53)
    seen = [
        out(0, ONE, udp(*here, *there)),
        into(1, ONE, udp(*there, *here)),
        out(2, ONE, udp(*here, *there)),
        into(3, ONE, udp(*there, *here)),
    ]
    assert related(*seen).answers == {1: 0, 3: 2}


def test_an_error_belongs_to_the_packet_that_it_quotes() -> None:
    lost = udp("172.16.0.1", 5000, "172.16.0.2", 9)
    other = udp("172.16.0.1", 5001, "172.16.0.2", 9)
    body = struct.pack(">BBHI", 3, 3, 0, 0) + lost[14:42]
    error = ipv4("172.16.0.2", "172.16.0.1", 1, body)
    seen = [out(0, ONE, lost), out(1, ONE, other), into(2, ONE, error)]
    assert related(*seen).answers == {2: 0}


def test_a_router_sends_the_same_packet_on() -> None:
    near, far = "router/left", "router/right"
    seen = [
        *crossing(0, ONE, near, echo(8, "172.16.0.1", "172.16.0.2", ttl=64)),
        *crossing(2, far, TWO, echo(8, "172.16.0.1", "172.16.0.2", ttl=63)),
    ]
    assert related(*seen) == Relations({}, {2: 1})


def test_a_router_that_translates_sends_the_same_packet_on() -> None:
    inside, outside = "172.16.0.1", "203.0.113.1"
    there = "203.0.113.9"
    seen = [
        into(0, "router/left", echo(8, inside, there, ttl=64)),
        out(2, "router/right", echo(8, outside, there, ttl=63)),
        # One that the router itself asks is its own.
        out(3, "router/right", echo(8, outside, there, ttl=64)),
        out(4, "router/right", echo(8, outside, there, ttl=63, seq=2)),
        into(10, "router/right", echo(0, there, outside, ttl=64)),
        out(12, "router/left", echo(0, there, inside, ttl=63)),
    ]
    assert related(*seen).forwarded == {1: 0, 5: 4}


def test_broken_frames_belong_to_nothing() -> None:
    whole = echo(8, "172.16.0.1", "172.16.0.2")
    seen = [out(place, ONE, whole[:size]) for place, size in enumerate(range(len(whole)))]
    seen += [out(100, ONE, arp(1, "172.16.0.1", "172.16.0.2")[:30])]
    assert related(*seen) == Relations({}, {})
