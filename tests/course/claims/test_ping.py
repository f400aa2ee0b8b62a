"""The claims about one ping: each where it holds, and with its premise broken."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from judged import fails, says_nothing
from kernel_shell import sh

from nslabkit.course import claims
from nslabkit.course.claims import asking, chapter, first_ping, ping_path
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import eventually, is_program, running
from nslabkit.course.claims.taps import REQUEST, arps, echoes, frames, tapped
from nslabkit.course.verdict import Outcome
from nslabkit.frames.protocol_numbers import ECHO_REPLY
from nslabkit.net import namespaces

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.capture import Packet

ONE_PING = ["ping", "-c1", "-W10", "172.16.0.2"]


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("C24", {"trace": "/nowhere/ping.trace", "capture": []}),
        ("C24", {"trace": "", "capture": []}),
        ("C26", {"seen": [], "capture": "/nowhere/veth1.pcap"}),
        ("C26", {"seen": "/nowhere/late.neigh", "capture": []}),
        ("C27", {"near": "/nowhere/veth1.pcap", "far": []}),
        ("C28", {"capture": "/nowhere/veth1.pcap"}),
        ("C28", {"capture": "/etc/passwd"}),
        ("C23", {"flushed": ["icmp_seq=1 time=1 ms"], "kept": []}),
    ],
)
def test_says_kindly_that_the_evidence_is_missing(name: str, missing: dict[str, object]) -> None:
    chapter.addressed()
    (claim,) = claims.claims([name])
    verdict = claim.check(**missing)
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.sentence


def test_a_half_written_frame_is_left_out(tmp_path: Path) -> None:
    chapter.addressed()
    with tapped(netns1="veth1") as files:
        namespaces.namespace("netns1").run(ONE_PING, check=True, quiet=True)
        assert eventually(lambda: bool(echoes(frames(files["netns1"]), ECHO_REPLY)))
        content, whole = files["netns1"].read_bytes(), frames(files["netns1"])
    cut = tmp_path / files["netns1"].name  # the link is named by the file
    cut.write_bytes(content[:-1])
    assert frames(cut) == whole[:-1]


def test_c23_fails_where_flushing_leaves_the_entry() -> None:
    chapter.addressed()
    for name, end in chapter.ENDS.items():
        other = {"netns1": "netns2", "netns2": "netns1"}[name]
        mac = ip(f"-n {other} -br link show {chapter.ENDS[other]}").split()[2]
        ip(
            f"-n {name} neigh replace {chapter.ADDRESSES[other]} lladdr {mac} dev {end} "
            "nud permanent"
        )
    # The experiment itself, on a network where an entry is never forgotten.
    seen = first_ping.rounds(25)
    fails(claims.C23.check(**seen))


def test_c23_fails_where_the_second_is_as_slow() -> None:
    chapter.addressed()
    seen = first_ping.rounds(15)
    only_firsts = [text.split("\n64 bytes")[1] for text in seen["flushed"]]
    alike = [f"{line}\n{line.replace('icmp_seq=1 ', 'icmp_seq=2 ')}" for line in only_firsts]
    fails(claims.C23.check(flushed=alike, kept=seen["kept"]), "not slower")


def test_c24_fails_for_a_program_without_an_icmp_socket() -> None:
    seen = dict(ping_path._traced())
    verdict = claims.C24.check(
        trace="socket(AF_INET, SOCK_STREAM, 0) = 3\n", capture=seen["capture"]
    )
    assert verdict.outcome is Outcome.FAILS
    assert "no socket" in verdict.sentence


def test_c24_fails_where_another_ping_is_on_the_link() -> None:
    first = dict(ping_path._traced())
    with tapped(netns1="veth1") as files:
        namespaces.namespace("netns1").run(ONE_PING, quiet=True)
        assert eventually(lambda: bool(echoes(frames(files["netns1"]))))
        other = frames(files["netns1"])
    fails(claims.C24.check(trace=first["trace"], capture=other), "No frame")


def test_c24_holds_with_an_unprivileged_ping_socket() -> None:
    """Where ping_group_range allows it, ping takes a datagram socket; the kernel fills the id."""
    chapter.addressed()
    group = os.getgid()
    namespaces.namespace("netns1").run(
        f'sysctl -qw "net.ipv4.ping_group_range={group} {group}"', check=True, quiet=True
    )
    seen = ping_path.traced()
    verdict = claims.C24.check(**seen)
    assert verdict, verdict
    assert "SOCK_DGRAM" in verdict.sentence


def test_c26_fails_where_the_neighbour_is_known() -> None:
    chapter.addressed()
    mac = ip("-n netns2 -br link show veth1-peer").split()[2]
    ip(f"-n netns1 neigh replace 172.16.0.2 lladdr {mac} dev veth1 nud permanent")
    recording = _one_ping()
    fails(
        claims.C26.check(seen=ip("-n netns1 neigh"), capture=recording, address="172.16.0.2"),
        "INCOMPLETE",
    )


def test_c26_fails_where_nobody_answers() -> None:
    seen = dict(asking._answered_late())
    verdict = claims.C26.check(**seen, address="172.16.0.77")
    assert verdict.outcome is Outcome.FAILS
    deaf = [frame for frame in seen["capture"] if frame.kind != "ARP reply"]
    fails(claims.C26.check(seen=seen["seen"], capture=deaf))


def test_c27_knows_a_namespace_by_each_of_its_names() -> None:
    seen = dict(asking._both_ends())
    sh("touch /run/netns/also; mount --bind /run/netns/netns2 /run/netns/also")
    assert claims.C27.check(**seen)


def test_c27_fails_on_another_wire() -> None:
    chapter.addressed()
    ip("-n netns2 link add other type veth peer name other-peer")
    ip("-n netns2 link set other up")
    ip("-n netns2 link set other-peer up")
    with tapped(netns1="veth1", netns2="other") as files:
        namespaces.namespace("netns1").run(ONE_PING, check=True, quiet=True)
        assert eventually(lambda: bool(echoes(frames(files["netns1"]), ECHO_REPLY)))
        near, far = frames(files["netns1"]), frames(files["netns2"])
    fails(claims.C27.check(near=near, far=far))


def test_c27_fails_where_the_wire_leads_elsewhere() -> None:
    seen = dict(asking._both_ends())
    ip("-n netns2 link set veth1-peer name renamed")
    fails(claims.C27.check(**seen), "renamed")


def test_c28_fails_where_the_other_stack_does_not_answer_arp() -> None:
    chapter.addressed()
    namespaces.namespace("netns2").run(
        "sysctl -qw net.ipv4.conf.veth1-peer.arp_ignore=8", check=True, quiet=True
    )
    with tapped(netns1="veth1") as files:
        namespaces.namespace("netns1").run(ONE_PING, quiet=True)
        recording = frames(files["netns1"])
    assert arps(recording, REQUEST)
    fails(claims.C28.check(capture=recording), "Nobody answered")


def test_c28_fails_where_the_echo_is_ignored() -> None:
    chapter.addressed()
    namespaces.namespace("netns2").run(
        "sysctl -qw net.ipv4.icmp_echo_ignore_all=1", check=True, quiet=True
    )
    fails(claims.C28.check(capture=_one_ping(answered=False)), "not answered")


def test_c28_fails_where_a_program_could_have_answered() -> None:
    seen = dict(asking._to_the_end())
    sleeper = ["ip", "netns", "exec", "netns2", "sleep", "60"]
    with running(sleeper, is_program("sleep")) as pid:
        fails(claims.C28.check(**seen), str(pid))


def test_c28_fails_while_netns2_has_not_asked_back() -> None:
    chapter.addressed()
    fails(claims.C28.check(capture=_one_ping()), "asked back")


def test_c28_says_nothing_of_a_ping_that_needed_no_arp() -> None:
    chapter.addressed()
    namespaces.namespace("netns1").run(ONE_PING, check=True, quiet=True)
    says_nothing(claims.C28.check(capture=_one_ping()))


def _one_ping(*, answered: bool = True) -> list[Packet]:
    """Return what passed veth1 during one ping."""
    kind = ECHO_REPLY if answered else 8
    with tapped(netns1="veth1") as files:
        namespaces.namespace("netns1").run(ONE_PING, check=answered, quiet=True)
        assert eventually(lambda: bool(echoes(frames(files["netns1"]), kind)))
        return frames(files["netns1"])
