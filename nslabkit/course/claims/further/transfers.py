"""What an experiment sends over a wire, and what is left of it in counters and frames."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.course.tasks.frame_answers import folded
from nslabkit.net import namespaces

if TYPE_CHECKING:
    from nslabkit.capture import Packet
    from nslabkit.net.links import Link

_PATIENCE = 5.0  # seconds
_MUCH = 1_000_000  # bytes: more than any one frame can hold
_UDP = 17  # protocol number


@dataclass(frozen=True)
class Datagram:
    """A UDP datagram as it was seen on a wire.

    Attributes
    ----------
    ports : tuple of int
        Source and destination port.
    data : bytes
        What the program sent.
    checksum, computed : int
        What its header says, and what RFC 768 makes of addresses, header and data.
    """

    ports: tuple[int, int]
    data: bytes
    checksum: int
    computed: int


def dropped(link: Link, direction: str) -> int:
    """Return how many frames an end has dropped, ``"rx"`` or ``"tx"``: ``ip -s link``."""
    command = ["ip", "-s", "-j", "link", "show", link.name]
    said = link.namespace.run(command, check=True, quiet=True).stdout
    return int(json.loads(said)[0]["stats64"][direction]["dropped"])


def send_bytes(near: str, far: str, address: str, size: int = _MUCH) -> None:
    """Send bytes by TCP from one namespace to another, and read them there."""
    one, two = namespaces.namespace(near), namespaces.namespace(far)
    with two.socket(socket.SOCK_STREAM) as server, one.socket(socket.SOCK_STREAM) as client:
        server.bind((address, 0))
        server.listen()
        for each in (server, client):
            each.settimeout(_PATIENCE)
        client.connect(server.getsockname())
        connection, _client = server.accept()
        with connection:
            connection.settimeout(_PATIENCE)
            sending = threading.Thread(target=_send_all, args=(client, size))
            sending.start()
            left = size
            while left > 0:
                left -= len(connection.recv(left))
            sending.join()


def _send_all(client: socket.socket, size: int) -> None:
    with contextlib.suppress(OSError):  # too slow: who reads notices
        client.sendall(bytes(size))


def send_datagrams(near: str, far: str, address: str, *data: bytes) -> None:
    """Send datagrams from one socket to another, and read them there."""
    one, two = namespaces.namespace(near), namespaces.namespace(far)
    with one.socket() as sender, two.socket() as receiver:
        receiver.bind((address, 0))
        receiver.settimeout(_PATIENCE)
        for each in data:
            sender.sendto(each, receiver.getsockname())
            receiver.recv(len(each))


def datagram(packet: Packet) -> Datagram | None:
    """Return the UDP datagram in a frame, None where there is none."""
    ip, udp = (packet.dissection.header(name) for name in ("IPv4", "UDP"))
    if ip is None or udp is None or packet.dissection.malformed:
        return None
    start = 14 + ip["header length"]
    whole = packet.data[start : start + udp["length"]]
    addresses = packet.data[26:34]
    said = int.from_bytes(whole[6:8])
    pseudo = addresses + _UDP.to_bytes(2) + len(whole).to_bytes(2)
    total = folded(pseudo + whole[:6] + whole[8:])
    ports = int.from_bytes(whole[0:2]), int.from_bytes(whole[2:4])
    return Datagram(ports, whole[8:], said, 0xFFFF - total)
