"""The claims about slow, narrow and lossy wires, with a premise broken."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from judged import fails, keeping, says_nothing

import nslabkit as lab
from nslabkit.course import claims
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.further import lost_packets, narrow_network, shaping
from nslabkit.course.verdict import Outcome
from nslabkit.net.lab import Lab
from nslabkit.show.lab_recording import LabRecording

if TYPE_CHECKING:
    from nslabkit.capture import Packet

FAST = 4_000_000  # bits a second: twice what the narrow wire lets through


@pytest.fixture(scope="module")
def seen() -> dict[str, LabRecording]:
    """What the experiments recorded; made once, as they take seconds."""
    found = {}
    for name, experiment in (
        ("narrow", shaping._narrow),
        ("lane", shaping._own_lane),
        ("hole", lost_packets._black_hole),
        ("loss", lost_packets._one_in_ten),
    ):
        with Lab():
            found[name] = experiment()["capture"]
    return found


@pytest.fixture(scope="module")
def whole() -> LabRecording:
    """Return a transfer over a wire without faults."""
    with Lab():
        narrow_network.built()
        with narrow_network.counted(), narrow_network.recorded("client/eth0") as recording:
            assert narrow_network.send(100) == 100
            assert narrow_network.send(100_000) == 100_000
    return recording


@pytest.mark.parametrize("name", ["B16", "B17", "B18"])
def test_a_recording_of_another_link_shows_nothing(name: str, whole: LabRecording) -> None:
    (claim,) = claims.claims([name])
    elsewhere = LabRecording(whole.interfaces[:1])
    verdict = claim.check(capture=elsewhere)
    assert verdict.outcome is Outcome.UNKNOWN
    assert "router/east" in str(verdict.evidence)


def test_b16_says_nothing_where_nobody_waits(whole: LabRecording) -> None:
    says_nothing(claims.B16.check(capture=whole))


def test_b16_fails_at_another_rate(seen: dict[str, LabRecording]) -> None:
    fails(claims.B16.check(capture=seen["narrow"], rate=FAST), "Only")
    fails(claims.B16.check(capture=seen["narrow"], rate=FAST // 4), "more than 1")


def test_b17_fails_where_pings_have_a_lane(seen: dict[str, LabRecording]) -> None:
    fails(claims.B17.check(capture=seen["lane"]), "Hardly a ping")


def test_b17_fails_at_another_rate(seen: dict[str, LabRecording]) -> None:
    fails(claims.B17.check(capture=seen["narrow"], rate=FAST), "less long")


def test_b17_says_nothing_without_pings(seen: dict[str, LabRecording]) -> None:
    mute = keeping(seen["narrow"], lambda packet: packet.kind.protocol != "ICMP")
    says_nothing(claims.B17.check(capture=mute))


def test_b18_fails_in_the_common_queue(seen: dict[str, LabRecording]) -> None:
    fails(claims.B18.check(capture=seen["narrow"]), "no lane")


def test_b18_says_nothing_where_no_ping_came_while_others_waited(
    seen: dict[str, LabRecording],
) -> None:
    taken = seen["narrow"]
    first = next(packet for packet in taken.packets if packet.kind == "ICMP echo request")

    def early(packet: Packet) -> bool:
        return packet.kind.protocol != "ICMP" or packet.time < first.time + 50_000_000

    says_nothing(claims.B18.check(capture=keeping(taken, early)))


def test_b18_says_nothing_where_nobody_waits(whole: LabRecording) -> None:
    says_nothing(claims.B18.check(capture=whole))


def test_b19_fails_where_all_arrives(whole: LabRecording) -> None:
    fails(claims.B19.check(capture=whole), "in vain")


def test_b19_fails_where_the_client_is_told() -> None:
    narrow_network.built()
    ip("-n router link set east mtu 1400")
    with narrow_network.counted(), narrow_network.recorded("client/eth0") as recording:
        narrow_network.send(100)
        assert narrow_network.send(20_000) == 20_000
    # It was told, and has sent everything again in shorter packets: nothing was in vain.
    fails(claims.B19.check(capture=recording))
    early = recording.packets[-1].time
    told = next(p for p in recording.packets if p.kind == "ICMP destination unreachable")
    assert told.time < early


def test_b19_fails_where_the_message_came_and_did_not_help(seen: dict[str, LabRecording]) -> None:
    hole = seen["hole"]
    narrow_network.built()
    ip("-n router link set east mtu 1400")
    with narrow_network.counted(), narrow_network.recorded("client/eth0") as other:
        narrow_network.send(20_000)
    message = next(
        packet
        for packet in other.packets
        if packet.kind == "ICMP destination unreachable" and packet.interface.where == "client/eth0"
    )
    frame = other.frames[message.number - 1 : message.number].copy()
    frame["offset"] = len(hole.data)
    names = [one.where for one in hole.interfaces]
    frame["interface"] = names.index("client/eth0")
    both = LabRecording(
        hole.interfaces,
        np.concatenate([hole.frames, frame]),
        bytes(hole.data) + message.data,
    )
    fails(claims.B19.check(capture=both), "was told")


def test_b19_fails_where_small_does_not_get_through_either(seen: dict[str, LabRecording]) -> None:
    def unanswered(packet: Packet) -> bool:
        stream = packet.stream
        return packet.source != narrow_network.ADDRESS or stream is None or stream.opens

    fails(claims.B19.check(capture=keeping(seen["hole"], unanswered)), "Nothing at all")


# Opens a connection, lets the router drop everything from then on, and sends in vain.
_CUT_OFF = """
import socket, subprocess
router = "ip netns exec router nft insert rule ip forward c "
with socket.create_connection(("10.2.0.1", 9000), timeout=2) as stream:
    subprocess.run((router + "drop").split(), check=True)
    stream.sendall(bytes(20_000))
    stream.shutdown(socket.SHUT_WR)
    stream.recv(20)
"""


def test_b19_fails_where_the_way_is_cut_after_the_handshake() -> None:
    narrow_network.built()
    narrow_network.firewall("forward", "accept")
    client = lab.namespaces.namespace("client")
    with narrow_network.counted(), narrow_network.recorded("client/eth0") as recording:
        narrow_network.send(100)
        client.run([sys.executable, "-c", _CUT_OFF], quiet=True)
        client.run(f"ping -c 1 -W 1 {narrow_network.ADDRESS}", quiet=True)
    fails(claims.B19.check(capture=recording), "is the way closed")


def test_b20_fails_where_nothing_is_lost(whole: LabRecording) -> None:
    fails(claims.B20.check(capture=whole), "lost nothing")


def test_b20_fails_where_bytes_are_missing(seen: dict[str, LabRecording]) -> None:
    taken = seen["loss"]
    half = taken.packets[len(taken) // 2].number
    cut = keeping(
        taken, lambda packet: packet.number < half or packet.source != narrow_network.ADDRESS
    )
    fails(claims.B20.check(capture=cut), "never were acknowledged")


def test_b20_fails_where_nothing_is_sent_again(seen: dict[str, LabRecording]) -> None:
    known: set[bytes] = set()

    def first(packet: Packet) -> bool:
        if packet.interface.where != "client/eth0" or not packet.outgoing:
            return True
        segment = packet.data[38:42] + packet.data[66:]
        new = segment not in known or packet.stream is None or not packet.stream.data
        known.add(segment)
        return new

    fails(claims.B20.check(capture=keeping(seen["loss"], first)), "Nothing was sent again")
