"""Does the ladder count TCP's numbers from the connection's start, and say what is sent again?"""

from __future__ import annotations

from made_by_hand import ONE, TWO, crossing, recording, tcp
from pictures import outside

from nslabkit.show.lab_recording import LabRecording

SYN, ACK = 0x02, 0x10
HERE, THERE = ("172.16.0.1", 40000), ("172.16.0.2", 80)


def test_the_ladder_says_what_is_sent_again() -> None:
    start = [
        *crossing(0, ONE, TWO, tcp(HERE, THERE, (5000, 0), SYN)),
        *crossing(10, TWO, ONE, tcp(THERE, HERE, (9000, 5001), SYN | ACK)),
        *crossing(20, ONE, TWO, tcp(HERE, THERE, (5001, 9001), ACK)),
    ]
    segment = tcp(HERE, THERE, (5001, 9001), ACK, b"abc")
    more = tcp(HERE, THERE, (5001, 9001), ACK, b"abcdef")
    sent = [*crossing(30, ONE, TWO, segment), *crossing(9030, ONE, TWO, segment)]
    text = recording(*start, *sent, *crossing(19000, ONE, TWO, more)).ladder().description
    assert "TCP SYN, seq 0," in text
    assert "TCP ACK, ack 1," in text
    assert text.count("TCP data, seq 1:4, ack 1,") == 2
    assert text.count("TCP data, seq 1:4, ack 1, again,") == 1
    assert "TCP data, seq 1:7, ack 1, leaves" in text
    assert "absolute" not in text


def test_the_ladder_says_where_numbers_are_absolute() -> None:
    taken = recording(*crossing(0, ONE, TWO, tcp(HERE, THERE, (5000, 9000), ACK, b"abc")))
    assert "5000:5003" in taken.ladder().description
    assert "absolute" in taken.ladder().svg()


def test_a_new_connection_with_old_ports_repeats_nothing() -> None:
    taken = recording(
        *crossing(0, ONE, TWO, tcp(HERE, THERE, (5000, 0), SYN)),
        *crossing(5000, ONE, TWO, tcp(HERE, THERE, (5000, 0), SYN)),
        *crossing(9000, ONE, TWO, tcp(HERE, THERE, (700, 0), SYN)),
    )
    assert taken.ladder().description.count("again") == 1


def test_a_long_note_is_wrapped() -> None:
    taken = recording(*crossing(0, ONE, TWO, tcp(HERE, THERE, (5000, 0), SYN)))
    note = "Something that a reader should know of this recording. " * 4
    told = LabRecording(taken.interfaces, taken.frames, taken.data, notes=[note])
    assert outside(told.ladder()) == []
