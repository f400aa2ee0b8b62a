"""The claims about a veth pair from close up, with a premise broken."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from judged import fails, says_nothing

import nslabkit as lab
from nslabkit.course import claims
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.further import transfers
from nslabkit.course.verdict import Outcome
from nslabkit.net import links, namespaces, offloads

if TYPE_CHECKING:
    from nslabkit.show.lab_recording import LabRecording


_NO_CHECKSUM = 11  # SO_NO_CHECK


def test_b01_fails_where_a_queue_waits_before_the_wire() -> None:
    chapter.addressed()
    assert claims.B01.check()
    shaped = "tc qdisc add dev veth1 root tbf rate 64kbit burst 2000 limit 100000"
    namespaces.namespace("netns1").run(shaped, check=True, quiet=True)
    verdict = claims.B01.check()
    assert verdict.outcome is Outcome.FAILS
    assert "tbf" in verdict.evidence[0].value


def transferred() -> LabRecording:
    with lab.capture("netns1", "netns2", filter="tcp") as recording:
        transfers.send_bytes("netns1", "netns2", "172.16.0.2")
    return recording


def test_b03_fails_where_the_kernel_cuts() -> None:
    chapter.addressed()
    assert claims.B03.check(recording=transferred())
    offloads.switch("tso", "veth1", on=False, namespace="netns1")
    verdict = claims.B03.check(recording=transferred())
    assert verdict.outcome is Outcome.FAILS
    assert verdict.evidence[0].value == "1514"


def test_b03_says_nothing_of_one_end() -> None:
    chapter.addressed()
    with lab.capture("netns1/veth1", filter="tcp") as recording:
        transfers.send_bytes("netns1", "netns2", "172.16.0.2")
    says_nothing(claims.B03.check(recording=recording))


def words(*data: bytes, checksum: bool = True) -> LabRecording:
    one = namespaces.namespace("netns1")
    chapter.one_ping(one, "172.16.0.2")
    with lab.capture("netns1", "netns2", filter="udp") as recording, one.socket() as sender:
        sender.setsockopt(socket.SOL_SOCKET, _NO_CHECKSUM, not checksum)
        for each in data:
            sender.sendto(each, ("172.16.0.2", 9))
    return recording


def test_b04_fails_where_the_kernel_computes() -> None:
    chapter.addressed()
    assert claims.B04.check(recording=words(b"hello", b"jello"))
    offloads.switch("tx", "veth1", on=False, namespace="netns1")
    verdict = claims.B04.check(recording=words(b"hello", b"jello"))
    assert verdict.outcome is Outcome.FAILS
    assert verdict.evidence[0].value == verdict.evidence[-1].value  # the oracle: RFC 768


def test_b04_says_nothing_of_datagrams_without_a_checksum() -> None:
    chapter.addressed()
    recording = words(b"hello", b"jello", checksum=False)
    says_nothing(claims.B04.check(recording=recording))


def test_b04_says_nothing_of_equal_data() -> None:
    chapter.addressed()
    says_nothing(claims.B04.check(recording=words(b"hello", b"hello")))


@pytest.mark.parametrize("same_mac", [False, True])
def test_b05_fails_for_another_wire(*, same_mac: bool) -> None:
    chapter.addressed()
    before = links.peer("veth1", "netns1")
    ip("netns add netns3")
    ip("-n netns1 link del veth1")
    ip("link add veth1 netns netns1 type veth peer name veth1-peer netns netns3")
    if same_mac:
        ip(f"-n netns3 link set veth1-peer address {before.json['address']}")
    fails(claims.B05.check(before=before), "another wire")


def test_b05_holds_where_both_ends_come_together() -> None:
    chapter.addressed()
    before = links.peer("veth1", "netns1")
    ip("-n netns2 link set veth1-peer netns netns1")
    assert claims.B05.check(before=before)


def test_b05_says_nothing_before_the_move() -> None:
    chapter.addressed()
    before = links.peer("veth1", "netns1")
    says_nothing(claims.B05.check(before=before))
