"""Are the frames that are one frame found to be one, by bytes and order alone?"""

from __future__ import annotations

from made_by_hand import ONE, TWO, Seen, crossing, echo, first_ping, into, out, recording, udp

from nslabkit.timeline.pairing import in_order, same_frames

DATA = udp("172.16.0.1", 9, "172.16.0.2", 9)


def pairs(*seen: Seen) -> dict[int, int]:
    return same_frames(recording(*seen).packets)


def test_both_ends_of_a_wire() -> None:
    assert pairs(*first_ping()) == {1: 0, 3: 2, 5: 4, 7: 6}


def test_equal_frames_close_together_keep_their_order() -> None:
    seen = [
        out(0, ONE, DATA),
        out(1, ONE, DATA),
        into(2, TWO, DATA),
        into(3, TWO, DATA),
    ]
    assert pairs(*seen) == {2: 0, 3: 1}


def test_a_lost_frame_is_not_taken_for_its_successor() -> None:
    # The first of three equal questions is lost; a second passes between each.
    seen = [
        out(0, ONE, DATA),
        *crossing(1_000_000, ONE, TWO, DATA),
        *crossing(2_000_000, ONE, TWO, DATA),
    ]
    assert pairs(*seen) == {2: 1, 4: 3}


def test_a_frame_that_nobody_sent_here_is_its_own() -> None:
    assert pairs(into(0, TWO, DATA)) == {}
    assert pairs(out(0, ONE, DATA), out(1, TWO, DATA)) == {}


def test_a_bridge_passes_it_on() -> None:
    near, far = "switch/port1", "switch/port2"
    request = echo(8, "172.16.0.1", "172.16.0.2")
    reply = echo(0, "172.16.0.2", "172.16.0.1")
    seen = [
        *crossing(0, ONE, near, request),
        *crossing(2, far, TWO, request),
        *crossing(10, TWO, far, reply),
        *crossing(12, near, ONE, reply),
    ]
    assert pairs(*seen) == {1: 0, 2: 1, 3: 2, 5: 4, 6: 5, 7: 6}


def test_the_bridge_itself_is_not_the_other_end() -> None:
    """It gets the frame at the same time as its port, and sends by it."""
    request, reply = echo(8, "172.16.0.1", "172.16.0.9"), echo(0, "172.16.0.9", "172.16.0.1")
    seen = [
        out(0, ONE, request),
        into(1, "switch/br0", request),
        into(1, "switch/port1", request),
        out(5, "switch/br0", reply),
        out(6, "switch/port1", reply),
        into(7, ONE, reply),
    ]
    packets = in_order(recording(*seen).packets)
    assert [packet.interface.name for packet in packets][1:3] == ["port1", "br0"]
    assert same_frames(packets) == {1: 0, 2: 1, 4: 3, 5: 4}


def test_a_broadcast_goes_out_of_each_port() -> None:
    ports = ["switch/port1", "switch/port2", "switch/port3"]
    other = "netns3/veth3"
    to_all = udp("172.16.0.1", 1, "172.16.0.255", 1)
    to_one = [
        *crossing(0, ONE, ports[0], DATA),
        *crossing(1, ports[1], TWO, DATA),
        *crossing(20, other, ports[2], echo(8, "172.16.0.2", "172.16.0.1")),
    ]
    seen = [
        *to_one,
        *crossing(100, ONE, ports[0], to_all),
        out(101, ports[1], to_all),
        out(102, ports[2], to_all),
        into(103, TWO, to_all),
        into(104, other, to_all),
    ]
    found = pairs(*seen)
    assert {place: found[place] for place in range(7, 12)} == {7: 6, 8: 7, 9: 7, 10: 8, 11: 9}


def test_what_goes_over_lo_comes_back_on_lo() -> None:
    seen = [
        out(0, "netns1/lo", DATA),
        into(1, "netns1/lo", DATA),
        out(5_000, "netns1/lo", DATA),
        into(5_001, "netns1/lo", DATA),
    ]
    assert pairs(*seen) == {1: 0, 3: 2}


def test_a_flood_of_equal_frames_is_paired_in_little_time() -> None:
    seen = [one for number in range(3000) for one in crossing(number * 10, ONE, TWO, DATA)]
    assert pairs(*seen) == {2 * number + 1: 2 * number for number in range(3000)}
