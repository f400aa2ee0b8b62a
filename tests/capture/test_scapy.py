"""Recordings as packets of scapy, and packets of scapy as recordings."""

from __future__ import annotations

import math
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from sample_frames import FRAMES
from wires import ping, recording_of

import nslabkit as lab
from nslabkit.capture import Interface, Recording

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.capture import Packet

Pair = tuple[lab.Namespace, lab.Namespace]


def known(packet: Packet) -> tuple[object, ...]:
    """Return what must come back."""
    where, link_type = packet.interface.where, packet.interface.link_type
    data = packet.data, packet.length, packet.kind
    return packet.time, where, link_type, packet.outgoing, packet.vlan, *data


def test_there_and_back(pair: Pair) -> None:
    one, two = pair
    with lab.capture(one, two, snaplen=61) as recording:
        ping(one, "-c 3 -i 0.01")
    again = lab.open_capture(recording.scapy())
    assert [known(packet) for packet in again.packets] == [known(one) for one in recording.packets]
    assert len(again) >= 16
    assert again.notes == ()
    assert len(again.timeline()) >= len(again)


@pytest.mark.parametrize("link_type", [1, 101, 113])
def test_each_kind_comes_back_and_every_cut_of_it(link_type: int) -> None:
    frames = [frame[:size] for frame in FRAMES.values() for size in {len(frame), len(frame) // 2}]
    recording = recording_of(frames, link_type=link_type)
    again = lab.open_capture(recording.scapy())
    for ours, theirs in zip(recording.packets, again.packets, strict=True):
        assert (theirs.time, theirs.data) == (ours.time, ours.data)
        assert theirs.kind == ours.kind


def test_scapy_writes_what_tshark_reads(tmp_path: Path) -> None:
    from scapy.utils import wrpcapng

    path = tmp_path / "of-scapy.pcapng"
    recording = recording_of([FRAMES["ARP request"], FRAMES["TCP SYN"]])
    wrpcapng(str(path), recording.scapy())
    said = subprocess.run(
        ["tshark", "-r", path, "-T", "fields", "-e", "frame.len", "-e", "frame.interface_name"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == [
        word for p in recording.packets for word in (str(p.length), "netns1/veth1")
    ]


def test_packets_that_were_built_by_hand() -> None:
    from scapy.layers.inet import ICMP, IP
    from scapy.layers.l2 import ARP, Ether
    from scapy.plist import PacketList

    first, second = (
        Ether() / ARP(psrc="172.16.0.1", pdst="172.16.0.2"),
        IP(dst="172.16.0.2") / ICMP(),
    )
    first.time, second.time = 1_700_000_000.5, 1_700_000_001
    recording = lab.open_capture(PacketList([first, second]))
    assert [str(packet.kind) for packet in recording.packets] == [
        "ARP request",
        "ICMP echo request",
    ]
    assert [packet.time for packet in recording.packets] == [
        1_700_000_000_500_000_000,
        1_700_000_001_000_000_000,
    ]
    assert [one.link_type for one in recording.interfaces] == [1, 101]
    assert "does not say which frames were sent" in recording.notes[0]
    assert len(lab.open_capture([])) == 0


def odd(**changes: object) -> Any:  # noqa: ANN401 - scapy is untyped
    from scapy.layers.inet import IP
    from scapy.layers.l2 import Ether

    packet = Ether() / IP(dst="172.16.0.2")
    for name, value in changes.items():
        setattr(packet, name, value)
    return packet


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (7, "neither a file's name nor a list"),
        (None, "neither a file's name nor a list"),
        (b"bytes", "Item 1 .* of type int"),
        (["ping"], "Item 1 .* of type str"),
        ({"time": math.nan}, "Item 2 .* its time"),
        ({"time": math.inf}, "Item 2 .* its time"),
        ({"time": -1}, "Item 2 .* its time"),
        ({"time": 1e30}, "Item 2 .* its time"),
        ({"time": "noon"}, "Item 2 .* its time"),
        ({"time": None}, "Item 2 .* its time"),
        ({"wirelen": 1 << 40}, "Item 2 .* its wirelen"),
        ({"wirelen": "long"}, "Item 2 .* its wirelen"),
        ({"wirelen": -5}, "Item 2 .* its wirelen"),
        ({"ttl": "many"}, "Item 2 cannot become a frame"),
    ],
)
def test_what_is_no_packet_is_refused_kindly(source: Any, said: str) -> None:  # noqa: ANN401 - anything
    packets = [odd(), odd(**source)] if isinstance(source, dict) else source
    with pytest.raises(lab.InvalidValueError, match=said) as caught:
        lab.open_capture(packets)
    assert caught.value.tried == "lab.open_capture(packets)"
    assert str(caught.value).count("\n") == 3


def test_the_time_is_exact_and_the_link_is_named() -> None:
    recording = recording_of([FRAMES["ICMP echo request"]])
    (packet,) = recording.scapy()
    assert int(packet.time * 10**9) == recording.packets[0].time
    assert (packet.sniffed_on, packet.wirelen) == ("netns1/veth1", len(recording.data))
    outside = Recording([Interface(0, "", "lo")], recording.frames, recording.data)
    assert outside.scapy()[0].sniffed_on == "lo"
