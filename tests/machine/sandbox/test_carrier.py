"""Does the carrier bring every byte to the other side, and wait for who reads slowly?"""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from nslabkit.machine.carrier import PORTS, Channels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLENTY = 64 * 1024 * 1024


class Ends:
    """Five kernel's sockets, the carrier between, and what connects to it."""

    def __init__(self, folder: Path) -> None:
        connection = {"transport": "tcp", "ip": "127.0.0.1", **dict.fromkeys(PORTS, 0), "key": "k"}
        self.channels = Channels(connection, str(folder / "k"))
        self.kernel = socket.socket(socket.AF_UNIX)
        self.kernel.bind(str(folder / "k-1"))
        self.kernel.listen()

    def connect(self) -> tuple[socket.socket, socket.socket]:
        """Return the client's end of a connection to the first channel, and the kernel's."""
        port = self.channels.outside[PORTS[0]]
        client = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.channels.accept(self.channels.descriptors[0])
        kernel, _address = self.kernel.accept()
        kernel.settimeout(30)
        return client, kernel


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    made = Ends(tmp_path)
    yield made
    made.channels.close()
    made.kernel.close()


def _all(end: socket.socket) -> bytes:
    return b"".join(iter(lambda: end.recv(1 << 20), b""))


def test_each_direction_ends_for_itself(ends: Ends) -> None:
    client, kernel = ends.connect()
    with client, kernel:
        client.sendall(b"question")
        client.shutdown(socket.SHUT_WR)
        assert _all(kernel) == b"question"
        kernel.sendall(b"answer" * 100_000)
        kernel.shutdown(socket.SHUT_WR)
        assert _all(client) == b"answer" * 100_000


def test_the_end_of_one_is_the_end_of_the_other(ends: Ends) -> None:
    client, kernel = ends.connect()
    with client:
        kernel.close()
        assert _all(client) == b""
    client, kernel = ends.connect()
    with kernel:
        client.close()
        assert _all(kernel) == b""


def test_nothing_is_kept_for_who_does_not_read(ends: Ends) -> None:
    client, kernel = ends.connect()
    with client, kernel:
        sent = 0
        kernel.settimeout(1)
        piece = bytes(1 << 16)
        try:
            while sent < PLENTY:
                sent += kernel.send(piece)
        except TimeoutError:
            pass
        assert sent < PLENTY, "it took all that nobody has read"
        kernel.shutdown(socket.SHUT_WR)
        assert len(_all(client)) == sent


def test_one_who_does_not_read_holds_nobody_else_up(ends: Ends) -> None:
    slow, its_kernel = ends.connect()
    quick, other_kernel = ends.connect()
    with slow, its_kernel, quick, other_kernel:
        blocked = threading.Thread(target=_send_until_closed, args=(its_kernel,))
        blocked.start()
        for _time in range(100):
            quick.sendall(b"ping")
            assert other_kernel.recv(4) == b"ping"
            other_kernel.sendall(b"pong")
            assert quick.recv(4) == b"pong"
        assert blocked.is_alive()
        slow.close()
        blocked.join(30)
        assert not blocked.is_alive()


def _send_until_closed(end: socket.socket) -> None:
    try:
        while True:
            end.sendall(bytes(1 << 20))
    except OSError:
        return


def test_it_does_not_compute_while_nobody_says_anything(ends: Ends) -> None:
    client, kernel = ends.connect()
    with client, kernel:
        before = time.process_time()
        kernel.settimeout(2)
        with pytest.raises(TimeoutError):
            kernel.recv(1)
        assert time.process_time() - before < 0.2


def test_a_client_of_a_kernel_that_never_comes_is_let_go(ends: Ends, tmp_path: Path) -> None:
    (tmp_path / "k-1").unlink()
    port = ends.channels.outside[PORTS[0]]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        ends.channels.accept(ends.channels.descriptors[0])
        assert _all(client) == b""
