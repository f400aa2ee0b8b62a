"""Is each byte of a frame given its right meaning, and does nothing make the kit stumble?"""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING

import pytest
from sample_frames import FRAMES
from wires import recording_of, tshark

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


def test_a_question_without_an_address_of_its_own_is_told_apart() -> None:
    solicitation = bytearray(FRAMES["ICMPv6 neighbour solicitation"])
    (asked,) = recording_of([bytes(solicitation)]).packets
    solicitation[22:38] = bytes(16)  # IPv6's source: none yet
    (probe,) = recording_of([bytes(solicitation)]).packets
    assert asked.meaning == f"{asked.source} asks its neighbours: who has fd00::2?"
    assert probe.meaning == "Someone asks whether fd00::2 is already taken."


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
        ("ICMPv6", "hop limit for hosts"): "icmpv6.nd.ra.cur_hop_limit",
        ("ICMPv6", "router lifetime"): "icmpv6.nd.ra.router_lifetime",
        ("ICMPv6", "reachable time"): "icmpv6.nd.ra.reachable_time",
        ("ICMPv6", "retransmission time"): "icmpv6.nd.ra.retrans_timer",
        ("ICMPv6", "prefix"): "icmpv6.opt.prefix",
        ("ICMPv6", "prefix length"): "icmpv6.opt.prefix.length",
        ("ICMPv6", "valid lifetime"): "icmpv6.opt.prefix.valid_lifetime",
        ("ICMPv6", "preferred lifetime"): "icmpv6.opt.prefix.preferred_lifetime",
        ("TCP", "source port"): "tcp.srcport",
        ("TCP", "destination port"): "tcp.dstport",
        ("TCP", "header length"): "tcp.hdr_len",
        ("TCP", "data length"): "tcp.len",
        ("UDP", "source port"): "udp.srcport",
        ("UDP", "length"): "udp.length",
        ("VLAN", "id"): "vlan.id",
        ("VXLAN", "vni"): "vxlan.vni",
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


def test_tshark_reads_the_same_inside_a_tunnel(tmp_path: Path) -> None:
    recording = recording_of([FRAMES["VXLAN"]])
    recording.save(tmp_path / "one.pcapng")
    names = {"IPv4": "ip.src", "Ethernet": "eth.dst", "IPv4 ttl": "ip.ttl"}
    said = subprocess.run(
        ["tshark", "-r", tmp_path / "one.pcapng", "-T", "fields", "-E", "occurrence=l"]
        + [word for field in (*names.values(), "icmp.seq") for word in ("-e", field)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    values = recording.packets[0].dissection.values
    ours = [
        values["inner IPv4", "source"],
        values["inner Ethernet", "destination"],
        values["inner IPv4", "ttl"],
        values["inner ICMP", "sequence"],
    ]
    assert list(map(str, ours)) == said.strip("\n").split("\t")
    assert values["IPv4", "source"] == "192.168.0.1"


def test_a_tunnel_s_frame_carries_another() -> None:
    (packet,) = recording_of([FRAMES["VXLAN"]]).packets
    inner = packet.inner
    assert inner is not None
    assert inner.kind == "ICMP echo request"
    assert inner.data == FRAMES["VXLAN"][50:]
    assert packet.length - inner.length == 50
    assert (packet.source, inner.source) == ("192.168.0.1", "172.16.0.1")
    assert "VXLAN 42 [172.16.0.1 > 172.16.0.2 ICMP echo request id 7 seq 9" in packet.summary
    assert inner.meaning in packet.meaning
    assert inner.inner is None


@pytest.mark.parametrize("kept", [43, 49, 51, 60, 70, 84])
def test_a_tunnel_s_frame_that_was_cut_off_says_so(kept: int) -> None:
    whole = recording_of([FRAMES["VXLAN"]])
    frames = whole.frames.copy()
    frames["captured"] = kept
    (packet,) = type(whole)(whole.interfaces, frames, whole.data).packets
    looked_at(packet)
    assert packet.kind == "VXLAN"
    assert packet.problem
    assert all(one.offset + one.size <= kept for one in packet.fields)
    assert any(one.layer == "UDP" for one in packet.fields)
    assert any(one.layer == "inner Ethernet" for one in packet.fields) is (kept > 55)


def test_a_reply_from_the_port_of_vxlan_is_no_tunnel() -> None:
    frame = bytearray(FRAMES["UDP"])
    frame[34:36] = (4789).to_bytes(2)
    (packet,) = recording_of([bytes(frame)]).packets
    assert packet.kind == "UDP"
    assert packet.inner is None
