"""Transfers and pings from ``client`` to ``server``, as a judge tries them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, replace

from nslabkit.course.claims.further import narrow_network
from nslabkit.course.claims.further.narrow_network import ADDRESS
from nslabkit.course.tasks import evidence
from nslabkit.net import namespaces

_CLIENT, _SERVER = "client", "server"
# Sends, and prints how many bytes the server counted and how many seconds that took.
_SEND = """
import socket, sys, time
begin = time.monotonic()
with socket.create_connection((sys.argv[1], 9000), timeout=float(sys.argv[3])) as stream:
    stream.sendall(bytes(int(sys.argv[2])))
    stream.shutdown(socket.SHUT_WR)
    print(int(stream.recv(20)), time.monotonic() - begin)
"""
_RECEIVED = re.compile(r"(\d+) received")
_SLOWEST = re.compile(r"= [\d.]+/[\d.]+/([\d.]+)/")  # rtt min/avg/max/mdev


@dataclass(frozen=True)
class Transfer:
    """What became of a transfer, and of pings beside it.

    Attributes
    ----------
    arrived : int
        Bytes that the server counted.
    seconds : float
        How long it took.
    slowest : float or None
        Milliseconds of the slowest ping beside it; None where none was answered, or sent.
    """

    arrived: int
    seconds: float
    slowest: float | None = None

    @property
    def rate(self) -> float:
        """Megabits a second."""
        return 8 * self.arrived / self.seconds / 1e6


def transfer(size: int, patience: float, address: str = ADDRESS) -> Transfer | None:
    """Send bytes to the server; None if it is not done in time."""
    command = ["ip", "netns", "exec", _CLIENT, sys.executable, "-c", _SEND]
    command += [address, str(size), str(patience)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as sending:
        try:
            said = sending.communicate(timeout=patience)[0].split()
        except subprocess.TimeoutExpired:
            sending.kill()
            return None
    return Transfer(int(said[0]), float(said[1])) if len(said) == 2 else None  # noqa: PLR2004 - as printed


def pinged_transfer(size: int, patience: float) -> Transfer | None:
    """Send bytes to the server, and ping it ten times a second for as long as that takes."""
    done, said = narrow_network.pinged(lambda: transfer(size, patience))
    slowest = _SLOWEST.search(said)
    if done is None or slowest is None:
        return done
    return replace(done, slowest=float(slowest[1]))


def answered(count: int, interval: float, address: str) -> int:
    """Return how many pings of the client are answered."""
    command = ["ping", "-q", "-n", "-c", str(count), "-i", str(interval), "-W", "1", address]
    said = namespaces.namespace(_CLIENT).run(command, quiet=True).stdout
    received = _RECEIVED.search(said)
    return int(received[1]) if received else 0


def lost() -> int:
    """Return how many segments were sent again, or came from the server and never arrived.

    A lost acknowledgement is hardly ever sent again.  ``nstat -az TcpRetransSegs TcpOutSegs
    TcpInSegs``: OutSegs leaves out what is sent again (RFC 4022).
    """
    client, server = (evidence.counters(name, "Tcp") for name in (_CLIENT, _SERVER))
    again = client["RetransSegs"] + server["RetransSegs"]
    return again + server["OutSegs"] + server["RetransSegs"] - client["InSegs"]
