"""Is everything there that passed the links, with the right times, and nothing twice?"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from kernel_shell import sh, wait_for
from wires import FLOODER, counted, flood, kinds, ping, send

import nslabkit as lab
from nslabkit.capture.tap import tapping
from nslabkit.capture.tap.received import Received

Pair = tuple[lab.Namespace, lab.Namespace]
ONE_PING = ["ARP request", "ARP reply", "ICMP echo request", "ICMP echo reply"]
BROADCAST = b"\xff" * 6 + b"\x02\0\0\0\0\x01"


def ready(pair: Pair, times: int) -> None:
    one, two = pair
    for _time in range(times):
        sh("ip -n netns1 neigh flush all; ip -n netns2 neigh flush all")
        with lab.capture(one, two) as recording:
            ping(one)
        assert kinds(recording, "veth1")[:4] == ONE_PING
        assert kinds(recording, "veth1-peer")[:4] == ONE_PING
        assert recording.dropped == 0
        assert not recording.notes


def test_ready_means_ready(pair: Pair) -> None:
    ready(pair, 30)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_ready_means_ready_a_thousand_times(pair: Pair) -> None:
    ready(pair, 1000)


def test_armed_ahead_nothing_is_recorded_before_it_starts(pair: Pair) -> None:
    one, two = pair
    armed = lab.capture(one, two).arm()
    ping(one)
    armed.start()
    ping(one)
    recording = armed.stop()
    assert kinds(recording, "veth1").count("ICMP echo request") == 1
    assert armed.stop() is recording


@pytest.mark.parametrize("ring", [True, False], ids=["ring", "no ring"])
def test_the_frames_of_a_ping(pair: Pair, monkeypatch: pytest.MonkeyPatch, *, ring: bool) -> None:
    one, two = pair
    if not ring:

        def refused(*_given: object) -> None:
            raise OSError(12, "Cannot allocate memory")

        monkeypatch.setattr(tapping, "Ring", refused)
    before = time.time_ns()
    with lab.capture(one, two, filter="icmp or arp") as recording:
        ping(one, "-c 2 -i 0.01")
    after = time.time_ns()
    names = [one.where for one in recording.interfaces]
    assert names == ["netns1/lo", "netns1/veth1", "netns2/lo", "netns2/veth1-peer"]
    packets = [packet for packet in recording.packets if packet.kind.protocol == "ICMP"]
    assert [(p.interface.name, p.outgoing, p.kind.name.split()[-1]) for p in packets[:4]] == [
        ("veth1", True, "request"),
        ("veth1-peer", False, "request"),
        ("veth1-peer", True, "reply"),
        ("veth1", False, "reply"),
    ]
    assert packets[0].data == packets[1].data
    assert {packet.length for packet in packets} == {98}
    times = recording.frames["time"]
    assert before < int(times[0]) <= int(times[-1]) < after
    assert (np.diff(times.astype(np.int64)) >= 0).all()
    assert packets[0].time % 1000 or packets[1].time % 1000 or packets[2].time % 1000
    told = "\n".join(recording.notes)
    assert ("one by one" in told) is not ring
    mac = lab.links.link("veth1", one).json["address"]
    assert recording.interfaces[1].address == mac
    assert recording.interfaces[1].mtu == 1500
    assert packets[0].data[6:12].hex(":") == mac


def test_a_flood_is_complete_or_the_kernel_says_what_is_missing(pair: Pair) -> None:
    one, _two = pair
    ping(one)
    before = counted("netns1", "veth1"), counted("netns2", "veth1-peer")
    with lab.capture("netns1/veth1", "netns2/veth1-peer") as recording:
        flood("netns1", "veth1", 40_000)
    after = counted("netns1", "veth1"), counted("netns2", "veth1-peer")
    frames = recording.frames
    for number, interface in enumerate(recording.interfaces):
        here = frames[frames["interface"] == number]
        received, sent = (after[number][way] - before[number][way] for way in (0, 1))
        assert interface.received == received + sent
        assert len(here) == received + sent - interface.dropped
        if not interface.dropped:
            assert int(here["outgoing"].sum()) == sent
    assert recording.dropped == 0 or any("dropped" in note for note in recording.notes)


def test_a_stalled_process_is_told_what_was_dropped(pair: Pair, tmp_path: Path) -> None:
    """Holds the interpreter so that the ring cannot be emptied, until it must be full."""
    assert pair
    code = """
import ctypes, subprocess, sys
import nslabkit as lab
with lab.capture("netns1/veth1") as recording:
    # A call that does not let other threads run, while a flood goes on.
    flood = subprocess.Popen(sys.argv[1:])
    ctypes.PyDLL(None).waitpid(flood.pid, None, 0)
print(len(recording), recording.dropped, recording.interfaces[0].received, *recording.notes)
"""
    command = ["ip", "netns", "exec", "netns1", sys.executable, "-c", FLOODER]
    done = subprocess.run(
        [sys.executable, "-c", code, *command, "veth1", "60000", "1400"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "NSLAB_LANG": "en", "HOME": str(tmp_path)},
    )
    kept, dropped, received, *notes = done.stdout.splitlines()[-1].split(maxsplit=3)
    assert int(dropped) > 0
    assert int(kept) == int(received) - int(dropped)
    assert f"the kernel dropped {int(dropped):,} of {int(received):,} frames" in notes[0]


def test_side_by_side_with_tcpdump(pair: Pair, tmp_path: Path) -> None:
    one, _two = pair
    path = tmp_path / "tcpdump.pcap"
    words = [
        "tcpdump",
        "-i",
        "veth1",
        "-U",
        "--immediate-mode",
        "--time-stamp-precision=nano",
        "-w",
    ]
    with lab.capture("netns1/veth1", filter="icmp or arp") as recording:
        tcpdump = subprocess.Popen(
            ["ip", "netns", "exec", "netns1", *words, str(path), "icmp or arp"],
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: path.exists() and path.stat().st_size >= 24)
        ping(one, "-c 20 -i 0.002")
        wait_for(lambda: len(lab.open_capture(path)) >= 40)
        tcpdump.terminate()
        tcpdump.wait()
    other = lab.open_capture(path)
    ours = {(packet.data, packet.outgoing): packet.time for packet in recording.packets}
    theirs = {(packet.data): packet.time for packet in other.packets}
    assert len(other) >= 40
    assert {data for data, _outgoing in ours} >= set(theirs)
    for (data, _outgoing), when in ours.items():
        if data in theirs:
            assert abs(when - theirs[data]) < 1_000_000  # one tap asks the clock after the other


def test_a_vlan_tag_is_seen_on_both_sides(pair: Pair) -> None:
    one, two = pair
    tagged = BROADCAST + bytes.fromhex("8100a00588b5") + b"inside a VLAN".ljust(46, b"\0")
    plain = BROADCAST + bytes.fromhex("88b5") + b"outside".ljust(46, b"\0")
    with lab.capture(one, two) as recording:
        send("netns1", "veth1", [tagged, plain])
    found = [packet for packet in recording.packets if packet.data[-46:-39] != b"\0" * 7]
    by_link = {
        name: [p for p in found if p.interface.name == name] for name in ("veth1", "veth1-peer")
    }
    for packets in by_link.values():
        assert [(packet.data, packet.vlan, packet.length) for packet in packets] == [
            (tagged, 5, len(tagged)),
            (plain, None, len(plain)),
        ]
    with lab.capture(one, two, filter="vlan 5") as recording:
        send("netns1", "veth1", [tagged, plain])
    assert [packet.data for packet in recording.packets] == [tagged, tagged]
    assert recording.packets[0].fields[4].value == "5"


def test_neighbour_discovery(pair: Pair) -> None:
    one, two = pair
    for name, link, number in (("netns1", "veth1", 1), ("netns2", "veth1-peer", 2)):
        sh(
            f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.disable_ipv6=0 "
            f"net.ipv6.conf.{link}.disable_ipv6=0 net.ipv6.conf.{link}.accept_dad=0"
        )
        sh(f"ip -n {name} addr add fd00::{number}/64 dev {link} nodad")
    with lab.capture(one, two, filter="icmp6") as recording:
        one.run("ping -q -c 1 fd00::2", quiet=True, check=True)
    seen = kinds(recording, "veth1")
    steps = [
        "ICMPv6 neighbour solicitation",
        "ICMPv6 neighbour advertisement",
        "ICMPv6 echo request",
        "ICMPv6 echo reply",
    ]
    wanted = [packet for packet in recording.packets if "fd00::" in packet.summary]
    assert [p.kind for p in wanted if p.interface.name == "veth1"] == steps, seen
    assert "who has fd00::2?" in wanted[0].meaning
    mac = lab.links.link("veth1-peer", two).json["address"]
    answer = next(p for p in wanted if p.kind == steps[1])
    assert answer.meaning == f"fd00::2 answers: fd00::2 is at {mac}."


def test_packets_larger_than_the_mtu_are_explained(pair: Pair) -> None:
    one, two = pair
    stream = (
        "import socket\n"
        "with socket.create_server(('172.16.0.2', 5000)) as s:\n"
        "    print('ready', flush=True)\n"
        "    c = s.accept()[0]\n"
        "    left = 2_000_000\n"
        "    while left: left -= len(c.recv(1 << 16))\n"
        "    c.sendall(b'all')\n"
        "    c.recv(1)\n"
        "    c.close()\n"
    )
    server = subprocess.Popen(
        ["ip", "netns", "exec", "netns2", sys.executable, "-c", stream], stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    client = (
        "import socket; c = socket.create_connection(('172.16.0.2', 5000)); "
        # Closed before all was sent, its last large frame would carry the FIN and count as one.
        "c.sendall(bytes(2_000_000)); c.recv(3); c.close()"
    )
    with lab.capture(one, two, filter="tcp") as recording:
        one.run([sys.executable, "-c", client], check=True, quiet=True)
        server.wait()
    server.stdout.close()
    large = [packet for packet in recording.packets if packet.length > 1514]
    assert large
    assert all(packet.kind == "TCP data" and packet.problem is None for packet in large)
    assert "larger than the MTU of 1500" in large[0].meaning
    assert "unfinished" in large[0].meaning
    notes = "\n".join(recording.notes)
    assert "larger than its MTU of 1500: " in notes
    assert "unfinished checksum: " in notes
    assert {"TCP SYN", "TCP SYN-ACK", "TCP FIN"} <= set(kinds(recording, "veth1"))


def test_a_jumbo_mtu(pair: Pair) -> None:
    one, two = pair
    sh("ip -n netns1 link set veth1 mtu 9000; ip -n netns2 link set veth1-peer mtu 9000")
    with lab.capture(one, two, filter="icmp") as recording:
        ping(one, "-c 1 -s 8000 -M do")
    assert {packet.length for packet in recording.packets} == {8042}
    assert recording.interfaces[1].mtu == 9000
    assert not recording.notes
    assert all("larger" not in packet.meaning for packet in recording.packets)


def test_only_the_beginning_of_a_frame_is_kept(pair: Pair) -> None:
    one, two = pair
    with lab.capture(one, two, filter="icmp", snaplen=42) as recording:
        ping(one)
    packet = recording.packets[0]
    assert (len(packet.data), packet.length, packet.kind) == (42, 98, "ICMP echo request")
    assert packet.problem == "Cut off: 42 of its 98 bytes were kept."
    with lab.capture(one, two, snaplen=20, filter="icmp") as recording:
        ping(one)
    assert recording.packets[0].kind == "truncated frame"


def test_a_link_that_is_down_is_recorded_once_it_is_up(pair: Pair) -> None:
    one, two = pair
    lab.links.down("veth1", namespace=one)
    with lab.capture(one, two) as recording:
        lab.links.up("veth1", namespace=one)
        ping(one)
    assert kinds(recording, "veth1")[-2:] == ["ICMP echo request", "ICMP echo reply"]


def test_a_tunnel_has_no_ethernet_header(pair: Pair) -> None:
    """A VXLAN device with the extension GPE carries IP packets alone."""
    one, _two = pair
    sh("ip -n netns1 link add vx0 type vxlan dstport 4790 gpe external")
    sh("ip -n netns1 addr add 10.9.0.1/24 dev vx0; ip -n netns1 link set vx0 up")
    with lab.capture("netns1/vx0", filter="icmp") as recording:
        one.run("ping -q -c 1 -W 0.2 10.9.0.2", quiet=True)
    packet = recording.packets[0]
    assert packet.interface.link_type == 101
    assert (packet.kind, packet.length, packet.source) == ("ICMP echo request", 84, "10.9.0.1")
    assert packet.scapy.name == "IP"


def test_without_a_ring_nothing_is_lost_either(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = pair

    def refused(*_given: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(tapping, "Ring", refused)
    ping(one)
    with lab.capture(one, two, filter="icmp") as recording:
        ping(one, "-c 200 -i 0.002")
    assert len(recording) == 800 - recording.dropped
    assert Received.most > 0


def test_a_command_that_is_started_gets_no_copy_of_the_rings(pair: Pair) -> None:
    """The kernel that runs as a program does not survive copying them: flag "dc" of smaps."""
    with lab.capture(*pair):
        flags = [
            part.partition("VmFlags:")[2].split("\n")[0]
            for part in Path("/proc/self/smaps").read_text().split("socket:[")[1:]
        ]
    assert len(flags) >= len(pair)
    assert all(" dc" in one for one in flags)
