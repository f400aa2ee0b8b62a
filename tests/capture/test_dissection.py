"""Is each byte of a frame given its right meaning, and does nothing make the kit stumble?"""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from wires import recording_of

from nslabkit.capture.kinds import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.capture import Packet


def built() -> dict[str, bytes]:
    """Return a frame of each kind, built by scapy: an author other than ours."""
    from scapy.layers import inet6
    from scapy.layers.dhcp import BOOTP, DHCP
    from scapy.layers.dns import DNS, DNSQR
    from scapy.layers.inet import ICMP, IP, TCP, UDP
    from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether

    ether: Any = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    ip: Any = ether / IP(src="172.16.0.1", dst="172.16.0.2")
    six: Any = ether / inet6.IPv6(src="fd00::1", dst="fd00::2")
    one, two = "172.16.0.1", "172.16.0.2"
    quoted = IP(src=two, dst="10.0.0.9") / UDP(sport=1, dport=2) / b"12345678"
    quoted6 = inet6.IPv6(src="fd00::2", dst="fd00::9") / UDP(sport=1, dport=2)
    reached = inet6.ICMPv6DestUnreach
    all_of = {
        "ARP request": ether / ARP(op=1, hwsrc="02:00:00:00:00:01", psrc=one, pdst=two),
        "ARP reply": ether / ARP(op=2, hwsrc="02:00:00:00:00:01", psrc=two, pdst=one),
        "ARP announcement": ether / ARP(op=1, psrc=one, pdst=one),
        "ARP probe": ether / ARP(op=1, psrc="0.0.0.0", pdst=one),  # noqa: S104 - ARP's word
        "ARP": ether / ARP(op=8, psrc=one, pdst=two),
        "IPv4": ether / IP(src=one, dst=two, proto=99) / b"x",
        "IPv4 fragment": ether / IP(src=one, dst=two, flags="MF") / UDP() / b"x",
        "IPv6": ether / inet6.IPv6(src="fd00::1", dst="fd00::2", nh=99) / b"x",
        "IPv6 fragment": six / inet6.IPv6ExtHdrFragment(offset=3, nh=17) / b"12345678",
        "ICMP": ip / ICMP(type=13),
        "ICMP echo reply": ip / ICMP(type=0, id=7, seq=9) / b"x",
        "ICMP destination unreachable": ip / ICMP(type=3, code=1) / quoted,
        "ICMP redirect": ip / ICMP(type=5, gw=one) / quoted,
        "ICMP echo request": ip / ICMP(type=8, id=7, seq=9) / b"x",
        "ICMP time exceeded": ip / ICMP(type=11) / quoted,
        "ICMPv6": six / inet6.ICMPv6MLQuery(),
        "ICMPv6 destination unreachable": six / reached(code=3) / quoted6,
        "ICMPv6 packet too big": six / inet6.ICMPv6PacketTooBig(mtu=1280) / quoted6,
        "ICMPv6 time exceeded": six / inet6.ICMPv6TimeExceeded() / quoted6,
        "ICMPv6 echo request": six / inet6.ICMPv6EchoRequest(id=7, seq=9),
        "ICMPv6 echo reply": six / inet6.ICMPv6EchoReply(id=7, seq=9),
        "ICMPv6 router solicitation": six / inet6.ICMPv6ND_RS(),
        "ICMPv6 router advertisement": six / inet6.ICMPv6ND_RA(),
        "ICMPv6 neighbour solicitation": six
        / inet6.ICMPv6ND_NS(tgt="fd00::2")
        / inet6.ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01"),
        "ICMPv6 neighbour advertisement": six
        / inet6.ICMPv6ND_NA(tgt="fd00::1")
        / inet6.ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:01"),
        "ICMPv6 multicast listener report": six
        / inet6.IPv6ExtHdrHopByHop(options=[inet6.RouterAlert()])
        / inet6.ICMPv6MLReport2(records=[inet6.ICMPv6MLDMultAddrRec(dst="ff02::1:3")]),
        "TCP RST": ip / TCP(sport=1000, dport=80, flags="RA"),
        "TCP SYN": ip / TCP(sport=1000, dport=80, flags="S", options=[("MSS", 1460)]),
        "TCP SYN-ACK": ether / Dot1Q(vlan=12) / IP(src=one, dst=two) / TCP(flags="SA"),
        "TCP FIN": six / TCP(sport=1000, dport=80, flags="FA"),
        "TCP data": ip / TCP(sport=1000, dport=80, flags="PA") / b"GET / HTTP/1.0",
        "TCP ACK": ether / Dot1AD(vlan=3) / Dot1Q(vlan=4) / IP(src=one, dst=two) / TCP(flags="A"),
        "UDP": ip / UDP(sport=4000, dport=4001) / b"x",
        "DNS": ip / UDP(sport=4000, dport=53) / DNS(qd=DNSQR(qname="a.example")),
        "mDNS": six / UDP(sport=5353, dport=5353) / DNS(),
        "DHCP": ip / UDP(sport=68, dport=67) / BOOTP() / DHCP(options=["end"]),
        "DHCPv6": six / UDP(sport=546, dport=547) / b"\1\0\0\0",
        "other frame": ether.__class__(type=0x88B5) / b"own",
    }
    frames = {kind: bytes(frame) for kind, frame in all_of.items()}
    frames["empty frame"] = b""
    frames["malformed frame"] = b"\2\0\0"
    return frames


FRAMES = built()


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
