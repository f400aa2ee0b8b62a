"""Is each byte of a frame given its right meaning, and does nothing make the kit stumble?"""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING

import pytest
from sample_frames import FRAMES
from wires import recording_of

from nslabkit.frames.kind import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.capture import Packet


def test_each_kind_is_told() -> None:
    recording = recording_of(list(FRAMES.values()))
    assert [packet.kind for packet in recording.packets] == list(FRAMES)
    assert set(FRAMES) | {"truncated frame"} == set(KINDS)


@pytest.mark.parametrize("kind", FRAMES)
def test_what_it_says_of_each_kind(kind: str) -> None:
    (packet,) = recording_of([FRAMES[kind]]).packets
    problem = kind in {"empty frame", "malformed frame"}
    assert (packet.problem is not None) is problem
    assert packet.meaning.endswith(".") or packet.meaning.endswith("?")
    assert "None" not in packet.meaning
    assert "None" not in packet.summary
    assert kind.partition(" ")[0] in packet.summary


@pytest.mark.parametrize("kind", FRAMES)
def test_the_fields_cover_each_byte(kind: str) -> None:
    (packet,) = recording_of([FRAMES[kind]]).packets
    covered = set()
    for one in packet.fields:
        assert one.size > 0
        assert one.value
        covered |= set(range(one.offset, one.offset + one.size))
    if not packet.problem:
        assert covered == set(range(len(packet.data)))
    places = [(one.offset, one.offset + one.size) for one in packet.fields]
    assert places == sorted(places)


def tshark(path: Path, *fields: str) -> list[list[str]]:
    words = [word for field in fields for word in ("-e", field)]
    said = subprocess.run(
        ["tshark", "-r", str(path), "-T", "fields", "-E", "occurrence=f", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split("\t") for line in said.stdout.split("\n")[:-1]]


def test_tshark_reads_the_same_in_each_field(tmp_path: Path) -> None:
    recording = recording_of(list(FRAMES.values()))
    path = tmp_path / "all.pcapng"
    recording.save(path)
    names = {
        ("Ethernet", "source"): "eth.src",
        ("ARP", "sender IP"): "arp.src.proto_ipv4",
        ("ARP", "target IP"): "arp.dst.proto_ipv4",
        ("ARP", "operation"): "arp.opcode",
        ("IPv4", "source"): "ip.src",
        ("IPv4", "total length"): "ip.len",
        ("IPv4", "ttl"): "ip.ttl",
        ("IPv6", "source"): "ipv6.src",
        ("IPv6", "destination"): "ipv6.dst",
        ("IPv6", "hop limit"): "ipv6.hlim",
        ("ICMP", "type"): "icmp.type",
        ("ICMP", "id"): "icmp.ident",
        ("ICMP", "sequence"): "icmp.seq",
        ("ICMPv6", "type"): "icmpv6.type",
        ("ICMPv6", "sequence"): "icmpv6.echo.sequence_number",
        ("TCP", "source port"): "tcp.srcport",
        ("TCP", "destination port"): "tcp.dstport",
        ("TCP", "header length"): "tcp.hdr_len",
        ("TCP", "data length"): "tcp.len",
        ("UDP", "source port"): "udp.srcport",
        ("UDP", "length"): "udp.length",
        ("VLAN", "id"): "vlan.id",
    }
    compared = 0
    for packet, said in zip(recording.packets, tshark(path, *names.values()), strict=True):
        for (layer, name), value in zip(names, said, strict=True):
            ours = packet.dissection.values.get((layer, name))
            if (layer, packet.kind) == ("VLAN", "TCP ACK"):
                continue  # tshark calls the outer of two tags by another name
            if packet.kind.name == "fragment" and not value:
                continue  # tshark reads the first fragment of a packet once it has the others
            if ours is None:
                continue  # tshark goes on inside quoted packets and fragments, the kit does not
            assert str(ours) == value, (packet.kind, layer, name)
            compared += 1
    assert compared > 150


def looked_at(packet: Packet) -> None:
    """Ask all that can be asked."""
    assert packet.kind in KINDS
    assert packet.meaning
    assert packet.summary
    assert packet.source is not None
    for one in packet.fields:
        assert 0 <= one.offset <= one.offset + one.size <= len(packet.data)


def test_nothing_makes_it_stumble() -> None:
    """Cuts and broken bytes in all of the frames; the two ways to look agree on what is wrong."""
    chance = random.Random(11)  # noqa: S311 - no secret
    frames = []
    for frame in FRAMES.values():
        frames += [frame[:size] for size in range(len(frame))]
        for _time in range(40):
            broken = bytearray(frame)
            for _place in range(chance.randint(1, 4)):
                if broken:
                    broken[chance.randrange(len(broken))] = chance.choice([0, 1, 127, 128, 255])
            frames.append(bytes(broken))
    for link_type in (1, 101):
        recording = recording_of(frames, link_type=link_type)
        for packet in recording.packets:
            looked_at(packet)
            if packet.kind == "malformed frame":
                assert packet.problem, packet.data.hex()


def test_frames_that_were_cut_off_are_marked() -> None:
    recording = recording_of(list(FRAMES.values()))
    frames = recording.frames.copy()
    frames["captured"] = frames["captured"] // 2
    again = type(recording)(recording.interfaces, frames, recording.data)
    for packet, whole in zip(again.packets, recording.packets, strict=True):
        looked_at(packet)
        if whole.length > 1:
            assert packet.problem
            assert packet.kind in {"truncated frame", whole.kind, "IPv4", "IPv6"}


def test_scapy_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    (packet,) = recording_of([FRAMES["ICMP echo request"]]).packets
    assert packet.scapy["IP"].src == "172.16.0.1"
    packet.show()
    said = capsys.readouterr()
    assert "echo-request" in said.out
    assert said.err == ""
    (packet,) = recording_of([FRAMES["ICMPv6 echo reply"][14:]], link_type=101).packets
    assert packet.scapy.name == "IPv6"


def test_a_hundred_thousand_frames_are_told_without_scapy() -> None:
    import sys

    loaded = {name for name in sys.modules if name.startswith("scapy")}
    recording = recording_of(list(FRAMES.values()) * 2500)
    table = recording.summary
    assert sum(row[3] for row in table) == len(recording) == 2500 * len(FRAMES)
    assert {row[2]: row[3] for row in table} == dict.fromkeys(FRAMES, 2500)
    assert {name for name in sys.modules if name.startswith("scapy")} == loaded
