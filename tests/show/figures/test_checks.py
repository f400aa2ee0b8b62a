"""Do the checks of frames and bytes say right, and what is missing?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import nslabkit as lab
from nslabkit.capture import Recording

if TYPE_CHECKING:
    from nslabkit.base.commands import Result


def test_recorded(two_pings: tuple[Recording, Result]) -> None:
    recording = two_pings[0]
    assert lab.check.recorded(recording)
    found = lab.check.recorded(recording, "ARP request", "ARP reply", "ICMP echo reply")
    assert found
    assert "ARP request, ARP reply, ICMP echo reply" in repr(found)
    assert not lab.check.recorded(recording, "TCP SYN")
    assert "not where it should be" in repr(
        lab.check.recorded(recording, "ICMP echo reply", "ARP request")
    )
    assert "neigh flush all" in repr(lab.check.recorded(Recording(), "ARP request"))
    assert "lab.check.recorded(" in repr(lab.check.recorded(None, "ARP request"))


def test_a_field_by_its_bytes(two_pings: tuple[Recording, Result]) -> None:
    packet = next(one for one in two_pings[0].packets if one.kind == "ICMP echo request")
    found = lab.check.field(packet, "IPv4", "ttl", packet.data[22:23])
    assert found
    assert "IPv4 ttl: 64" in repr(found)


@pytest.mark.parametrize(
    ("layer", "name", "cut", "said"),
    [
        ("IPv4", "ttl", slice(22, 24), "takes up 1 of the frame's bytes; you cut out 2"),
        ("IPv4", "ttl", slice(23, 24), "comes right after"),
        ("Ethernet", "destination", slice(1, 7), "at the very beginning"),
        ("IPv4", "colour", slice(0, 1), "this frame has no field IPv4 colour"),
    ],
)
def test_what_is_wrong_is_told(
    two_pings: tuple[Recording, Result], layer: str, name: str, cut: slice, said: str
) -> None:
    packet = next(one for one in two_pings[0].packets if one.kind == "ICMP echo request")
    found = lab.check.field(packet, layer, name, packet.data[cut])
    assert not found
    assert said in repr(found)


def test_no_bytes_at_all(two_pings: tuple[Recording, Result]) -> None:
    packet = two_pings[0].packets[0]
    assert "packet.data[" in repr(lab.check.field(packet, "Ethernet", "destination", 7))
