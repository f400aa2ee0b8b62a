"""Does the timeline tell what really happened, beside tcpdump and ``ip monitor``?"""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from kernel_shell import ip, link_names, sh, wait_for

import nslabkit as lab
from nslabkit.capture.events import Clock
from nslabkit.course.claims.taps import frames, tapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.timeline import Event, Timeline

PATIENCE = 120.0

Pair = tuple[lab.Namespace, lab.Namespace]


@contextmanager
def monitored(namespace: str) -> Iterator[list[str]]:
    """Collect what ``ip -ts monitor neigh`` says, once it listens."""
    monitor = subprocess.Popen(
        ["ip", "-n", namespace, "-ts", "monitor", "neigh"], stdout=subprocess.PIPE
    )
    assert monitor.stdout is not None
    os.set_blocking(monitor.stdout.fileno(), False)
    said = b""

    def listens() -> bool:
        nonlocal said
        link = next(name for name in link_names(namespace) if name != "lo")
        for verb in ("replace", "del"):
            mark = f"neigh {verb} 172.16.0.99 dev {link}"
            sh(f"ip -n {namespace} {mark}{' lladdr 02:00:00:00:00:99' * (verb == 'replace')}")
        said += monitor.stdout.read() or b""
        return b"172.16.0.99" in said

    lines: list[str] = []
    try:
        wait_for(listens, PATIENCE)
        yield lines
    finally:
        # What the kernel has told is in its socket: a last event shows that all was read.
        said = b""
        wait_for(listens, PATIENCE)
        monitor.terminate()
        monitor.wait()
        monitor.stdout.close()
        lines += [line for line in said.decode().splitlines() if "172.16.0.99" not in line]


def flush() -> None:
    sh("ip -n netns1 neigh flush all; ip -n netns2 neigh flush all")


def short(event: Event) -> str:
    if event.is_frame:
        word = event.detail["frame"].replace("ICMP ", "").replace("ICMPv6 ", "")
        return f"{event.namespace} {'>' if event.kind == 'frame sent' else '<'} {word}"
    state = ",".join(event.detail.get("state", ())) or event.detail["change"]
    return f"{event.namespace} {event.kind} {state}"


FIRST = [
    "netns1 ping sent",
    "netns1 > ARP request",
    "netns2 < ARP request",
    "netns2 neighbour STALE",
    "netns2 > ARP reply",
    "netns1 < ARP reply",
    "netns1 neighbour REACHABLE",
    "netns1 > echo request",
    "netns2 < echo request",
    "netns2 > echo reply",
    "netns1 < echo reply",
]
SECOND = ["netns1 ping sent", *FIRST[7:]]
ARP_KEYS = {"address unknown", "question crosses", "question answered", "answer crosses"}


def announced(timeline: Timeline) -> list[str]:
    """Return the events without those that depend on the moment of a reading or of printing."""
    return [
        short(event)
        for event in timeline
        if event.clock not in {Clock.READ, Clock.PRINTED} and event.kind != "link"
    ]


def test_the_chapters_pings_beside_tcpdump_and_ip_monitor(pair: Pair) -> None:
    one, _two = pair
    flush()
    with (
        tapped(netns1="veth1", netns2="veth1-peer") as files,
        monitored("netns1") as near,
        monitored("netns2") as far,
    ):
        flush()
        with lab.capture("netns1/veth1", "netns2/veth1-peer") as recording:
            result = recording.ping(one, "172.16.0.2", count=2, interval=0.2, quiet=True)
        wait_for(lambda: all(len(frames(file)) >= 6 for file in files.values()), PATIENCE)
        dumped = {name: frames(file) for name, file in files.items()}
    timeline = recording.timeline()
    assert announced(timeline) == [*FIRST, *SECOND]
    # tcpdump saw the same bytes at the same time.
    for name, expected in dumped.items():
        mine = [event for event in timeline if event.is_frame and event.namespace == name]
        data = [recording.packets[event.packet - 1].data for event in mine]
        assert data == [frame.data for frame in expected]
        for event, frame in zip(mine, expected, strict=True):
            assert abs(event.time - frame.time) < 1_000_000
    # ip monitor heard of the same states, in the same order.
    for name, lines in (("netns1", near), ("netns2", far)):
        told = [
            line.split()[-1] for line in lines if line.rstrip().endswith(("STALE", "REACHABLE"))
        ]
        heard = [
            event.detail["state"][0]
            for event in timeline
            if event.namespace == name and event.clock is Clock.RECEIVED
        ]
        assert heard == told
    # ping printed two round trips; each is what lies between its sending and the tap.
    trips = [float(trip) for trip in re.findall(r"time=([\d.]+) ms", result.stdout)]
    took: dict[int, int] = {}
    for step in timeline.steps():
        if step.key != "ping wakes":
            took[step.ping] = took.get(step.ping, 0) + (step.nanoseconds or 0)
    for number, trip in enumerate(trips, 1):
        assert took[number] / 1e6 == pytest.approx(trip, abs=0.002)


def test_the_steps_have_the_chapters_names(pair: Pair) -> None:
    one, _two = pair
    flush()
    with lab.capture("netns1/veth1", "netns2/veth1-peer") as recording:
        recording.ping(one, "172.16.0.2", count=2, interval=0.2, quiet=True)
    steps = recording.timeline().steps()
    first = [step for step in steps if step.ping == 1]
    assert [step.claim for step in first] == ["C24", "C25", "C26", "C27"] + ["C28"] * 7
    assert [step.key for step in first][2:] == [
        "address unknown",
        "question crosses",
        "question answered",
        "answer crosses",
        "waiting packet goes",
        "request crosses",
        "request answered",
        "reply crosses",
        "ping wakes",
    ]
    # The steps follow each other without a gap, and what is outside the taps says so.
    timed = [step for step in first if step.nanoseconds is not None]
    for step, following in pairwise(timed):
        assert step.end == following.begin
    assert [step.key for step in timed if not step.inside] == ["handed over", "ping wakes"]
    assert all(step.nanoseconds >= 0 for step in timed)
    second = [step.key for step in steps if step.ping == 2]
    assert not ARP_KEYS & set(second)
    assert second[0] == "handed over"
    assert [row["key"] for row in steps.json if row["ping"] == 2] == second
    assert "outside the taps" in steps._repr_html_()


def test_remove_the_arp_and_the_story_has_none(pair: Pair) -> None:
    one, _two = pair
    flush()
    with lab.capture("netns1/veth1", "netns2/veth1-peer") as recording:
        recording.ping(one, "172.16.0.2", quiet=True)
    story = str(recording.timeline().explain())
    assert "asks everybody on veth1 (ARP), and the packet waits" in story
    assert "172.16.0.2 is at" in story
    assert "no program is asked. It need not ask where to" in story
    macs = {name: ip(f"-n {name} link show {link}")[0]["address"] for name, link in ENDS.items()}
    sh(f"ip -n netns1 neigh replace 172.16.0.2 lladdr {macs['netns2']} dev veth1")
    sh(f"ip -n netns2 neigh replace 172.16.0.1 lladdr {macs['netns1']} dev veth1-peer")
    with lab.capture("netns1/veth1", "netns2/veth1-peer") as recording:
        recording.ping(one, "172.16.0.2", quiet=True)
    timeline = recording.timeline()
    story = str(timeline.explain())
    for word in ("ARP", "asks", "waits", "question for the address", " is at "):
        assert word not in story
    assert "PERMANENT" in story
    assert "The kernel of netns2 answers" in story
    assert not ARP_KEYS & {step.key for step in timeline.steps()}


ENDS = {"netns1": "veth1", "netns2": "veth1-peer"}


def test_an_address_that_nobody_has(pair: Pair) -> None:
    one, _two = pair
    flush()
    with lab.capture("netns1", "netns2") as recording:
        one.run("ping -n -c 1 -W 4 172.16.0.9", quiet=True)
    timeline = recording.timeline()
    found = [short(event) for event in timeline if event.namespace == "netns1"]
    assert found.count("netns1 > ARP request") == 3
    incomplete = found.index("netns1 neighbour INCOMPLETE")
    assert found.index("netns1 > ARP request") < incomplete < found.index("netns1 neighbour FAILED")
    failed = next(event for event in timeline if short(event) == "netns1 neighbour FAILED")
    assert short(timeline.event(failed.cause)) == "netns1 > ARP request"
    error = next(event for event in timeline if event.detail.get("frame", "").endswith("reachable"))
    assert error.cause == failed.number
    assert error.namespace == "netns1"
    assert len(timeline.steps()) == 0
    story = str(timeline.explain())
    assert story.count("Nobody answers netns1.") == 3
    assert "read" in next(event.clock.words for event in timeline if "INCOMPLETE" in event.text)


def test_the_story_of_ipv6_asks_by_neighbour_discovery(pair: Pair) -> None:
    one, _two = pair
    for number, (name, link) in enumerate(ENDS.items(), 1):
        sh(f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.disable_ipv6=0")
        sh(f"ip netns exec {name} sysctl -qw net.ipv6.conf.{link}.disable_ipv6=0")
        sh(f"ip -n {name} addr add fd00::{number}/64 dev {link} nodad")
    # Until the links' own addresses are found to be free, the kernel asks by others.
    wait_for(lambda: not any("tentative" in sh(f"ip -n {name} addr") for name in ENDS), PATIENCE)
    flush()
    with lab.capture("netns1/veth1", "netns2/veth1-peer") as recording:
        recording.ping(one, "fd00::2", quiet=True)
    timeline = recording.timeline()
    question = "netns1 > neighbour solicitation"
    mine = [
        short(event)
        for event in timeline
        if event.is_frame and "fd00::" in event.text and event.namespace == "netns1"
    ]
    assert mine[:4] == [
        question,
        "netns1 < neighbour advertisement",
        "netns1 > echo request",
        "netns1 < echo reply",
    ]
    assert {step.key for step in timeline.steps() if step.ping == 1} >= ARP_KEYS
    reachable = next(
        event
        for event in timeline
        if event.kind == "neighbour" and event.detail["dst"] == "fd00::2"
    )
    assert short(timeline.event(reachable.cause)) == "netns1 < neighbour advertisement"
    story = str(timeline.explain())
    assert "asks the group" in story
    assert "(ND)" in story
    assert "everybody" not in story


SERVER = """
import socket
with socket.create_server(("172.16.0.2", 8000)) as server:
    print("ready", flush=True)
    with server.accept()[0] as peer:
        peer.sendall(peer.recv(100).upper())
"""
CLIENT = """
import socket
with socket.create_connection(("172.16.0.2", 8000)) as wire:
    wire.sendall(b"hello")
    assert wire.recv(100) == b"HELLO"
"""


def test_a_connection_of_tcp(pair: Pair) -> None:
    one, _two = pair
    server = subprocess.Popen(
        ["ip", "netns", "exec", "netns2", "python3", "-c", SERVER],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        with lab.capture("netns1/veth1", "netns2/veth1-peer", filter="tcp") as recording:
            one.run(["python3", "-c", CLIENT], check=True, quiet=True)
            server.wait(PATIENCE)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    timeline = recording.timeline()
    near = [event for event in timeline if event.is_frame and event.namespace == "netns1"]
    kinds = [event.detail["frame"] for event in near[:3]]
    assert kinds == ["TCP SYN", "TCP SYN-ACK", "TCP ACK"]
    assert [event.answer_to for event in near[1:3]] == [near[0].number, near[1].number]
    data = next(event for event in near if event.detail["frame"] == "TCP data")
    answer = next(event for event in near if event.answer_to == data.number)
    assert answer.kind == "frame received"
    for event in timeline:
        if event.kind == "frame received":
            assert timeline.event(event.same_as).kind == "frame sent"


def test_a_bridge_between(pair: Pair) -> None:
    one, _two = pair
    sh(
        "ip netns add switch; ip netns exec switch sysctl -qw net.ipv6.conf.all.disable_ipv6=1;"
        "ip -n switch link add br0 type bridge; ip -n switch link set br0 up"
    )
    # The far end moves behind the bridge, and a second wire leads on to netns2.
    sh(
        "ip -n netns2 link set veth1-peer netns switch;"
        "ip -n switch link add port2 type veth peer name veth2 netns netns2;"
        "ip -n switch link set veth1-peer master br0 up; ip -n switch link set port2 master br0 up;"
        "ip -n netns2 link set veth2 up; "
        "ip -n netns2 addr add 172.16.0.2/24 dev veth2"
    )

    def forwards() -> bool:
        ports = ip("-n switch -d link show master br0")
        return all(p["linkinfo"]["info_slave_data"]["state"] == "forwarding" for p in ports)

    wait_for(forwards, PATIENCE)
    flush()
    with lab.capture("netns1", "switch", "netns2") as recording:
        recording.ping(one, "172.16.0.2", quiet=True)
    timeline = recording.timeline()
    chain = [event for event in timeline if event.detail.get("frame") == "ICMP echo request"]
    # The bridge gets what it does not know where to send, too: with its port's own time.
    chain = [event for event in chain if event.link != "br0"]
    assert [(event.namespace, event.link) for event in chain] == [
        ("netns1", "veth1"),
        ("switch", "veth1-peer"),
        ("switch", "port2"),
        ("netns2", "veth2"),
    ]
    assert [event.same_as for event in chain[1:]] == [event.number for event in chain[:-1]]
    question = [event for event in timeline if event.detail.get("frame") == "ARP request"]
    ports = {event.link: event for event in question}
    assert ports["br0"].same_as == ports["veth1-peer"].number == ports["veth1"].number + 1
    took = {step.key: step for step in timeline.steps()}
    assert took["request crosses"].begin == chain[0].number
    assert took["request crosses"].end == chain[-1].number
    assert "The kernel of netns2 answers" in str(timeline.explain())


def test_the_path_of_a_long_recording_is_short(pair: Pair) -> None:
    one, _two = pair
    with lab.capture("netns1/veth1", "netns2/veth1-peer", progress=False) as recording:
        one.run("ping -n -q -c 300 -i 0.002 172.16.0.2", check=True, quiet=True)
    timeline = recording.timeline()
    assert len(timeline) >= 1500
    assert repr(timeline).count("\n") < 80
    assert timeline._repr_html_().count("<tr>") < 80
    assert "are not shown" in repr(timeline)
    story = timeline.explain()
    assert len(repr(story).splitlines()) < 200
    assert "more" in str(story)


@pytest.mark.long
def test_the_delayed_question_of_c28(pair: Pair) -> None:
    """About five seconds after the ping netns2 alone makes sure that netns1 is there."""
    one, _two = pair
    flush()
    with lab.capture("netns1/veth1", "netns2/veth1-peer", progress=False) as recording:
        recording.ping(one, "172.16.0.2", quiet=True)
        state = "-n netns2 neigh show 172.16.0.1"
        wait_for(lambda: ip(state)[0]["state"] == ["REACHABLE"], PATIENCE)
    timeline = recording.timeline()
    mine = [
        event
        for event in timeline
        if event.kind == "neighbour" and event.detail["dst"] == "172.16.0.1"
    ]
    states = [event.detail["state"][0] for event in mine]
    assert states == ["STALE", "DELAY", "PROBE", "REACHABLE"]
    assert [event.clock for event in mine] == [
        Clock.RECEIVED,
        Clock.READ,
        Clock.RECEIVED,
        Clock.RECEIVED,
    ]
    probe = mine[2]
    question = timeline.event(probe.number + 1)
    assert short(question) == "netns2 > ARP request"
    assert question.cause == probe.number
    assert question.detail["mac_destination"] == ip("-n netns1 link show veth1")[0]["address"]
    assert 4 < (question.time - timeline.begin) / 1e9 < 8
    assert short(timeline.event(mine[3].cause)) == "netns2 < ARP reply"
    [confirmed] = [step for step in timeline.steps() if step.key == "confirmed"]
    assert (confirmed.ping, confirmed.begin) == (None, question.number)
    assert "netns2 asks only 172.16.0.1 whether it is still there" in str(timeline.explain())
