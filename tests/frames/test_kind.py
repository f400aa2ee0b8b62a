"""Is a kind told by its protocol and its name, and does it read as its words?"""

from __future__ import annotations

import dataclasses

import pytest
from sample_frames import FRAMES
from wires import recording_of

from nslabkit.frames.kind import KINDS, Kind


def test_it_is_its_words_and_its_parts() -> None:
    (packet,) = recording_of([FRAMES["ICMPv6 echo request"]]).packets
    kind = packet.kind
    assert (kind.protocol, kind.name) == ("ICMPv6", "echo request")
    assert str(kind) == f"{kind}" == repr(kind) == "ICMPv6 echo request"
    assert f"{kind:>21}" == "  ICMPv6 echo request"
    assert kind == "ICMPv6 echo request"
    assert kind == Kind("ICMPv6", "echo request")
    assert hash(kind) == hash("ICMPv6 echo request")
    assert kind != Kind("ICMP", "echo request")
    assert kind != 8
    with pytest.raises(dataclasses.FrozenInstanceError):
        kind.name = "echo reply"  # type: ignore[misc]


def test_no_two_kinds_have_the_same_words() -> None:
    assert len({str(kind) for kind in KINDS}) == len(KINDS)
    assert not [kind for kind in KINDS if str(kind) != str(kind).strip()]


def test_a_first_fragment_shows_its_ports_and_a_later_one_does_not() -> None:
    first = FRAMES["IPv4 fragment"]
    later = first[:20] + b"\x00\x02" + first[22:]  # 16 bytes into the packet
    here, there = recording_of([first, later]).packets
    assert here.kind == there.kind == "IPv4 fragment"
    assert here.dissection.values["UDP", "source port"] == 53
    assert ("UDP", "source port") not in there.dissection.values
    assert there.dissection.values["IPv4", "fragment offset"] == 16
    assert here.problem is there.problem is None
