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
    ipv4,
    recording,
    tcp,
    udp,
)

from nslabkit.timeline.answers import Relations, relations
from nslabkit.timeline.reading import read

SYN, ACK, FIN = 0x02, 0x10, 0x01
HERE, THERE = ("172.16.0.1", 4000), ("172.16.0.2", 80)


def related(*seen: Seen) -> Relations:
    packets = recording(*seen).packets
    return relations(packets, [read(packet) for packet in packets])


def test_arp_and_echo_at_each_end() -> None:
    assert related(*first_ping()).answers == {2: 1, 3: 0, 6: 5, 7: 4}


def test_another_number_or_another_address_is_no_answer() -> None:
    request = Seen(0, ONE, True, echo(8, "172.16.0.1", "172.16.0.2", seq=1))
    late = Seen(1, ONE, False, echo(0, "172.16.0.2", "172.16.0.1", seq=2))
    other = Seen(2, ONE, False, echo(0, "172.16.0.9", "172.16.0.1", seq=1))
    assert related(request, late, other).answers == {}


def test_an_answer_goes_the_other_way() -> None:
    question = arp(1, "172.16.0.1", "172.16.0.2")
    reply = arp(2, "172.16.0.2", "172.16.0.1", MACS["172.16.0.1"])
    assert related(Seen(0, ONE, True, question), Seen(1, ONE, True, reply)).answers == {}
    assert related(Seen(0, ONE, True, question), Seen(1, TWO, False, reply)).answers == {}


def test_a_question_is_answered_once() -> None:
    request = echo(8, "172.16.0.1", "172.16.0.2")
    reply = echo(0, "172.16.0.2", "172.16.0.1")
    seen = [Seen(0, ONE, True, request), Seen(1, ONE, False, reply), Seen(2, ONE, False, reply)]
    assert related(*seen).answers == {1: 0}


def test_tcp_acknowledges_by_number() -> None:
    seen = [
        Seen(0, ONE, True, tcp(*HERE, *THERE, 100, 0, SYN)),
        Seen(1, ONE, False, tcp(*THERE, *HERE, 900, 101, SYN | ACK)),
        Seen(2, ONE, True, tcp(*HERE, *THERE, 101, 901, ACK)),
        Seen(3, ONE, True, tcp(*HERE, *THERE, 101, 901, ACK, b"hello")),
        Seen(4, ONE, False, tcp(*THERE, *HERE, 901, 104, ACK)),
        Seen(5, ONE, False, tcp(*THERE, *HERE, 901, 106, ACK)),
        Seen(6, ONE, False, tcp(*THERE, *HERE, 901, 106, FIN | ACK)),
        Seen(7, ONE, True, tcp(*HERE, *THERE, 106, 902, ACK)),
    ]
    assert related(*seen).answers == {1: 0, 2: 1, 5: 3, 7: 6}


def test_tcp_numbers_begin_again() -> None:
    seen = [
        Seen(0, ONE, True, tcp(*HERE, *THERE, 0xFFFFFFFE, 5, ACK, b"four")),
        Seen(1, ONE, False, tcp(*THERE, *HERE, 5, 2, ACK)),
    ]
    assert related(*seen).answers == {1: 0}


def test_udp_answers_the_other_way_round_and_does_not_ask_by_that() -> None:
    here, there = ("172.16.0.1", 5000), ("172.16.0.2", 53)
    seen = [
        Seen(0, ONE, True, udp(*here, *there)),
        Seen(1, ONE, False, udp(*there, *here)),
        Seen(2, ONE, True, udp(*here, *there)),
        Seen(3, ONE, False, udp(*there, *here)),
    ]
    assert related(*seen).answers == {1: 0, 3: 2}


def test_an_error_belongs_to_the_packet_that_it_quotes() -> None:
    lost = udp("172.16.0.1", 5000, "172.16.0.2", 9)
    other = udp("172.16.0.1", 5001, "172.16.0.2", 9)
    body = struct.pack(">BBHI", 3, 3, 0, 0) + lost[14:42]
    error = ipv4("172.16.0.2", "172.16.0.1", 1, body)
    seen = [Seen(0, ONE, True, lost), Seen(1, ONE, True, other), Seen(2, ONE, False, error)]
    assert related(*seen).answers == {2: 0}


def test_a_router_sends_the_same_packet_on() -> None:
    near, far = "router/left", "router/right"
    seen = [
        *crossing(0, ONE, near, echo(8, "172.16.0.1", "172.16.0.2", ttl=64)),
        *crossing(2, far, TWO, echo(8, "172.16.0.1", "172.16.0.2", ttl=63)),
    ]
    assert related(*seen) == Relations({}, {2: 1})


def test_broken_frames_belong_to_nothing() -> None:
    whole = echo(8, "172.16.0.1", "172.16.0.2")
    seen = [Seen(place, ONE, True, whole[:size]) for place, size in enumerate(range(len(whole)))]
    seen += [Seen(100, ONE, True, arp(1, "172.16.0.1", "172.16.0.2")[:30])]
    assert related(*seen) == Relations({}, {})
