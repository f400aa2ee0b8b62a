"""Are the numbers of TCP counted from the connection's start, as tshark counts them?"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from made_by_hand import ONE, TWO, out, recording, tcp
from wires import tshark

import nslabkit as lab

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.capture import Packet

SYN, ACK, FIN, RST = 0x02, 0x10, 0x01, 0x04
HERE, THERE = ("172.16.0.1", 40000), ("172.16.0.2", 80)
# A server of one line, and whoever calls it: twelve bytes there, more than one segment back.
SERVER = """
import socket
door = socket.create_server(("172.16.0.2", 8000))
print(flush=True)
with door.accept()[0] as caller:
    caller.recv(100)
    caller.sendall(bytes(100_000))
"""
CALLER = """
import socket
with socket.create_connection(("172.16.0.2", 8000)) as server:
    server.sendall(b"how are you?")
    while server.recv(10_000):
        pass
"""


def numbers(packet: Packet) -> list[str]:
    stream = packet.stream
    assert stream is not None
    # Without the flag ACK, tshark shows the field all the same: 0.
    return list(map(str, (stream.sequence, stream.acknowledgement or 0, stream.data)))


@pytest.mark.usefixtures("clean_machine")
def test_tshark_counts_the_same(pair: tuple[lab.Namespace, lab.Namespace], tmp_path: Path) -> None:
    one, two = pair
    command = ["ip", "netns", "exec", "netns2", "python3", "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()  # it listens
        with lab.capture("netns1/veth1", filter="tcp") as taken:
            one.run(["python3", "-c", CALLER], check=True, quiet=True)
            one.run(["python3", "-c", CALLER], quiet=True)  # refused: the server has ended
    assert two.run("ss -Hltn", quiet=True).stdout == ""
    taken.save(tmp_path / "tcp.pcapng")
    said = tshark(tmp_path / "tcp.pcapng", "tcp.seq", "tcp.ack", "tcp.len")
    refusals = [packet.number for packet in taken.packets if packet.kind == "TCP RST"]
    assert len(said) == len(taken.packets) > 10
    assert refusals
    for packet, expected in zip(taken.packets, said, strict=True):
        assert packet.stream is not None
        assert packet.stream.relative
        if packet.number not in refusals:  # tshark begins at 1 where it has seen no SYN
            assert numbers(packet) == expected, packet.summary
    assert "seq 0, " in taken.packets[0].summary
    assert "(absolute)" not in repr(taken)


def test_without_the_start_they_are_absolute() -> None:
    taken = recording(
        out(0, ONE, tcp(HERE, THERE, (5000, 9000), ACK, b"abc")),
        out(1, ONE, tcp(HERE, THERE, (5003, 9000), ACK | FIN)),
    )
    first, last = (packet.stream for packet in taken.packets)
    assert first is not None
    assert (first.sequence, first.end, first.acknowledgement) == (5000, 5003, 9000)
    assert not first.relative
    assert last is not None
    assert last.words == "seq 5003, ack 9000"
    assert "seq 5000:5003, ack 9000 (absolute), 3 bytes" in taken.packets[0].summary


def test_an_answer_tells_where_both_begin() -> None:
    taken = recording(
        out(0, TWO, tcp(THERE, HERE, (7000, 5001), SYN | ACK)),
        out(1, ONE, tcp(HERE, THERE, (5001, 7001), ACK, b"abc")),
    )
    words = [packet.stream.words for packet in taken.packets if packet.stream]
    assert words == ["seq 0, ack 1", "seq 1:4, ack 1"]


def test_a_port_that_is_used_again_counts_from_its_own_start() -> None:
    taken = recording(
        out(0, ONE, tcp(HERE, THERE, (5000, 0), SYN)),
        out(1, TWO, tcp(THERE, HERE, (0, 5001), RST | ACK)),
        out(2, ONE, tcp(HERE, THERE, (0xFFFFFFFF, 0), SYN)),
        out(3, TWO, tcp(THERE, HERE, (90, 0), SYN | ACK)),
        out(4, ONE, tcp(HERE, THERE, (0, 91), ACK, b"abc")),
    )
    words = [packet.stream.words for packet in taken.packets if packet.stream]
    assert words == ["seq 0", "ack 1", "seq 0", "seq 0, ack 1", "seq 1:4, ack 1"]


def test_what_is_no_segment_has_none() -> None:
    taken = recording(out(0, ONE, tcp(HERE, THERE, (1, 1), ACK)[:40]))
    assert taken.packets[0].stream is None
