"""Do connections share the line without loss, however they are cut up and whoever is slow?"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from kernel_shell import wait_for

from nslabkit.machine.uml import mux
from nslabkit.machine.uml.mux import WINDOW, Mux, What, number_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEGABYTE = 1024 * 1024


class Line:
    """A line between an outside end and a guest end that echoes or swallows what it gets."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "outside")
        self.heard: list[tuple[What, bytes]] = []
        self.most = 0  # bytes that were on their way to the guest at once
        ours, theirs = socket.socketpair()
        self.sockets = [ours, theirs]
        server = socket.socket(socket.AF_UNIX)
        server.bind(self.path)
        server.listen(8)
        self.sockets.append(server)
        self.peers: list[socket.socket] = []
        self.outside = Mux(ours.fileno())
        self.outside.listen(server, 3)
        self.guest = Mux(theirs.fileno(), self._connect)
        self.guest.heard = lambda what, data: self.heard.append((what, data))
        self.channels: list[int] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _connect(self, channel: int) -> socket.socket:
        self.channels.append(channel)
        mine, other = socket.socketpair()
        self.peers.append(other)
        return mine

    def _run(self) -> None:
        while not self._ending.is_set():
            self.outside.serve(0.005)
            credit = self.outside._line.credit
            assert credit is not None
            self.most = max(self.most, WINDOW - credit)
            self.guest.serve(0.005)

    def connect(self) -> tuple[socket.socket, socket.socket]:
        """Return a connection: its end outside and its end inside."""
        there = len(self.peers)
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(30)
        client.connect(self.path)
        self.sockets.append(client)
        wait_for(lambda: len(self.peers) > there)
        self.peers[there].settimeout(30)
        return client, self.peers[there]

    def end(self) -> None:
        self._ending.set()
        self._thread.join()
        self.outside.close()
        self.guest.close()
        for one in [*self.sockets, *self.peers]:
            one.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path)
    yield made
    made.end()


def _send(one: socket.socket, data: bytes) -> threading.Thread:
    thread = threading.Thread(target=one.sendall, args=(data,))
    thread.start()
    return thread


def _receive(one: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = one.recv(65536)
        assert piece, len(data)
        data += piece
    return bytes(data)


def _random(length: int, seed: bytes) -> bytes:
    return hashlib.shake_128(seed).digest(length)


def test_a_connection_reaches_its_channel_and_carries_both_ways(line: Line) -> None:
    outside, inside = line.connect()
    outside.sendall(b"to the kernel")
    assert inside.recv(100) == b"to the kernel"
    inside.sendall(b"to Jupyter")
    assert outside.recv(100) == b"to Jupyter"
    assert line.channels == [3]


def test_many_megabytes_both_ways_at_once_and_never_more_than_the_window(line: Line) -> None:
    outside, inside = line.connect()
    down, up = _random(2 * MEGABYTE, b"down"), _random(8 * MEGABYTE, b"up")
    threads = [_send(outside, down), _send(inside, up)]
    assert _receive(outside, len(up)) == up
    assert _receive(inside, len(down)) == down
    for thread in threads:
        thread.join()
    assert 0 < line.most <= WINDOW


def test_connections_are_kept_apart(line: Line) -> None:
    pairs = [line.connect() for _ in range(5)]
    texts = [_random(100_000, bytes([number])) for number in range(5)]
    threads = [_send(pair[0], text) for pair, text in zip(pairs, texts, strict=True)]
    for (_outside, inside), text in zip(pairs, texts, strict=True):
        assert _receive(inside, len(text)) == text
    for thread in threads:
        thread.join()


def test_an_end_is_passed_on_after_all_that_came_before_it(line: Line) -> None:
    outside, inside = line.connect()
    text = _random(200_000, b"last words")
    thread = _send(outside, text)
    thread.join()
    outside.close()
    assert _receive(inside, len(text)) == text
    assert inside.recv(1) == b""
    outside, inside = line.connect()
    inside.close()
    assert outside.recv(1) == b""


def test_who_does_not_read_stops_the_sender_and_not_the_memory(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mux, "_TOO_MUCH", MEGABYTE)
    outside, inside = line.connect()
    text = _random(6 * MEGABYTE, b"slow")
    thread = _send(inside, text)
    wait_for(lambda: line.outside._line.paused)
    held = max(len(stream.out) for stream in line.outside._connections.values())
    assert held < 2 * MEGABYTE
    assert _receive(outside, len(text)) == text
    thread.join()
    wait_for(lambda: not line.outside._line.paused)


def test_a_kernel_that_is_not_there_ends_the_connection(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_channel: int) -> socket.socket:
        raise ConnectionRefusedError

    monkeypatch.setattr(line.guest, "_connect", refuse)
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(30)
    client.connect(line.path)
    line.sockets.append(client)
    assert client.recv(1) == b""


def test_a_signal_and_a_programs_output_are_records_too(line: Line) -> None:
    line.outside.send_number(What.SIGNAL, 2)
    wait_for(lambda: line.heard)
    assert [(what, number_in(data)) for what, data in line.heard] == [(What.SIGNAL, 2)]
    said: list[tuple[What, bytes]] = []
    line.outside.heard = lambda what, data: said.append((what, data))
    read, write = os.pipe()
    line.guest.relay(read, What.OUTPUT)
    os.write(write, b"printed")
    wait_for(lambda: said)
    assert said == [(What.OUTPUT, b"printed")]
    os.close(write)
    wait_for(lambda: line.guest._sources[0].closed)
    os.close(read)


def test_a_record_cut_into_single_bytes_is_understood() -> None:
    here, there = socket.socketpair()
    heard: list[tuple[What, bytes]] = []
    with contextlib.closing(Mux(there.fileno(), lambda _channel: here)) as guest:
        guest.heard = lambda what, data: heard.append((what, data))
        record = mux._HEADER.pack(0, What.SIGNAL, 4) + mux._NUMBER.pack(15)
        for number in range(len(record)):
            here.send(record[number : number + 1])
            guest.serve(1)
        assert [(what, number_in(data)) for what, data in heard] == [(What.SIGNAL, 15)]
        here.close()
        while guest.alive:
            guest.serve(1)
    there.close()
