"""Are the firewall's hooks and rules noted as nft's own monitor sees them, and undone after?"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from kernel_shell import sh, wait_for

import nslabkit as lab
from nslabkit.capture.events import firewall_trace
from nslabkit.capture.events.firewall_trace import TABLE

if TYPE_CHECKING:
    from nslabkit.timeline import Event, Timeline

PATIENCE = 120.0
HOOKS = ["output", "postrouting", "prerouting", "input"]
MINE = """
table inet mine {
    chain first { type filter hook prerouting priority -310; meta nftrace set 1; }
    chain guard { type filter hook input priority 0; policy accept; icmp type echo-request drop; }
}
"""

Pair = tuple[lab.Namespace, lab.Namespace]


def rules(timeline: Timeline, namespace: str) -> list[Event]:
    return [event for event in timeline if event.kind == "rule" and event.namespace == namespace]


def test_each_hook_stands_where_the_packet_was(pair: Pair) -> None:
    one, _two = pair
    sh("ip -n netns1 neigh flush all; ip -n netns2 neigh flush all")
    with lab.capture("netns1/veth1", "netns2/veth1-peer", trace=True) as recording:
        recording.ping(one, "172.16.0.2", quiet=True)
        assert TABLE in sh("ip netns exec netns1 nft list tables")
    timeline = recording.timeline()
    assert [event.detail["hook"] for event in rules(timeline, "netns1")] == HOOKS
    assert [event.detail["hook"] for event in rules(timeline, "netns2")] == [*HOOKS[2:], *HOOKS[:2]]
    frames = {
        (event.namespace, event.kind, event.detail["frame"]): event
        for event in timeline
        if event.is_frame
    }
    # The request passed netns1's hooks before its neighbour was asked for, and then waited.
    asked = frames["netns1", "frame sent", "ARP request"]
    request = frames["netns1", "frame sent", "ICMP echo request"]
    for event in rules(timeline, "netns1")[:2]:
        assert event.number < asked.number < request.number
        assert event.detail["packet_of"] == request.number
    came = frames["netns2", "frame received", "ICMP echo request"]
    answered = frames["netns2", "frame sent", "ICMP echo reply"]
    near, far = rules(timeline, "netns2")[:2], rules(timeline, "netns2")[2:]
    assert all(came.number < event.number < answered.number for event in near + far)
    assert {event.detail["packet_of"] for event in near} == {came.number}
    assert {event.detail["packet_of"] for event in far} == {answered.number}
    assert "A packet passes through netns2: prerouting, input." in str(timeline.explain())
    # What was added is said, and gone.
    assert any(TABLE in note and "netns1, netns2" in note for note in recording.notes)
    for name in ("netns1", "netns2"):
        assert sh(f"ip netns exec {name} nft list ruleset") == ""


def test_a_rule_of_the_learners_traces_by_itself(pair: Pair) -> None:
    """Beside ``nft monitor trace``, which names the same chains and verdicts."""
    one, two = pair
    sh("ip netns exec netns1 ping -c 1 172.16.0.2")
    two.run(["nft", MINE], check=True, quiet=True)
    before = sh("ip netns exec netns2 nft list ruleset")
    monitor = subprocess.Popen(
        ["ip", "netns", "exec", "netns2", "nft", "monitor", "trace"], stdout=subprocess.PIPE
    )
    assert monitor.stdout is not None
    os.set_blocking(monitor.stdout.fileno(), False)
    said = b""

    def has_said(times: int) -> bool:
        nonlocal said
        said += monitor.stdout.read() or b""
        return said.count(b"verdict drop") >= times

    def listens() -> bool:
        sh("ip netns exec netns1 ping -c 1 -W 0.05 172.16.0.2 || true")
        return has_said(1)

    try:
        wait_for(listens, PATIENCE)
        with lab.capture("netns1", "netns2", trace=True) as recording:
            said = b""
            one.run("ping -n -c 1 -W 0.3 172.16.0.2", quiet=True)
            wait_for(lambda: has_said(1), PATIENCE)
    finally:
        monitor.terminate()
        monitor.wait()
        monitor.stdout.close()
    assert sh("ip netns exec netns2 nft list ruleset") == before
    timeline = recording.timeline()
    found = [
        (event.detail["chain"], event.detail["type"], event.detail["verdict"])
        for event in rules(timeline, "netns2")
    ]
    lines = re.findall(r"inet mine (\w+) (?:unknown )?(rule .*verdict|policy) (\w+)", said.decode())
    expected = [(chain, kind.split()[0], verdict) for chain, kind, verdict in lines]
    assert found == expected
    assert found[-1] == ("guard", "rule", "drop")
    drop = rules(timeline, "netns2")[-1]
    assert drop.detail["hook"] == "input"
    assert "drop" in drop.text
    came = timeline.event(drop.cause)
    assert (came.kind, came.detail["frame"]) == ("frame received", "ICMP echo request")
    # Only where no rule of the learner's traces was a table added.
    [note] = [note for note in recording.notes if TABLE in note]
    assert "netns1" in note
    assert "netns2" not in note
    assert "No answer to echo request 1 came back." in str(timeline.explain())


def test_a_namespace_that_goes_takes_the_table_along(pair: Pair) -> None:
    _one, _two = pair
    with lab.capture("netns1", "netns2", trace=True):
        sh("ip netns del netns1")
    assert sh("ip netns exec netns2 nft list ruleset") == ""


def test_without_nft_the_missing_package_is_named(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nslabkit.base.commands._SBIN", ())
    monkeypatch.setenv("PATH", "/nowhere")
    with (
        pytest.raises(lab.NotSupportedError, match="nftables"),
        lab.capture(*pair, trace=True),
    ):
        pass
    monkeypatch.undo()
    assert sh("ip netns exec netns2 nft list ruleset") == ""


def test_what_nft_refuses_is_explained(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firewall_trace, "_table", lambda: "table inet broken {")
    with pytest.raises(lab.CommandError) as caught, lab.capture(*pair, trace=True):
        pass
    assert "nft did not accept" in caught.value.reason
    assert "syntax error" in caught.value.said


def test_two_packets_are_told_apart(pair: Pair) -> None:
    one, _two = pair
    with lab.capture("netns1/veth1", "netns2/veth1-peer", trace=True) as recording:
        recording.ping(one, "172.16.0.2", count=4, interval=0.01, quiet=True)
    told = [line for line in str(recording.timeline().explain()).splitlines() if "passes" in line]
    expected = ["output, postrouting", "prerouting, input"]
    assert len(told) == 4 * 2 * 2
    assert {line.partition(": ")[2].rstrip(".") for line in told} == set(expected)
