"""Is a network of ``lab.faults`` whole again?  By packets, and by who has seen them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, kindly, missing, right
from nslabkit.course.faults.fault_catalogue import level_of
from nslabkit.course.faults.fault_network import NAMES, layer_is_named, standing
from nslabkit.course.faults.fault_service import PORT
from nslabkit.net import namespaces, neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVER, _ROUTER, _PUBLISHED = "10.2.0.2", "10.1.0.1", 80
_PUBLISHING = 3  # the level from which on the router has the page on a port of its own
_LARGE = 1472  # bytes in a ping: with the headers 1500, the most that a wire is to carry

# Asks for the page, and reads it to its end.
_ASK = """
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)
connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
answer = b""
while more := connection.recv(65536):
    answer += more
sys.exit(None if b" 200 " in answer.split(b"\\r\\n")[0] else "no page")
"""


@kindly
def mended(number: int) -> CheckResult:
    """Check that the fault's layer is named, and that the network of this number works again.

    Parameters
    ----------
    number : int
        As for `lab.faults.build`.
    """
    return judged(number)


def judged(number: int) -> CheckResult:
    """Judge the network of this number, as `mended` does, without a record of it."""
    level = level_of(number)
    absent = [name for name in NAMES if name not in namespaces.names()]
    if absent or standing() != number:
        text = _("there is no network {number} to look at. Type: lab.faults.build({number})")
        return missing(text.format(number=number))
    if not layer_is_named():
        text = _("first name the layer of the fault. Type: lab.faults.layer({number})")
        return missing(text.format(number=number))
    return whole(published=level >= _PUBLISHING)


def whole(*, published: bool) -> CheckResult:
    """Judge the network that stands: what the client asks for must come, by way of the router."""
    for name in NAMES:  # an entry that somebody has only put there for now is no repair
        neighbours.flush(name)
    # What is asked for, and what it must have moved.
    looks: list[tuple[Callable[[], str | None], set[str]]] = [
        (_ping, {"passed on", "pings"}),
        (_large_ping, {"passed on", "pings"}),
        (lambda: _page(_SERVER, PORT), {"passed on", "connections"}),
    ]
    if published:  # by a rule of the router, or by a program that passes connections on
        looks.append((lambda: _page(_ROUTER, _PUBLISHED), {"connections"}))
    for look, moved in looks:
        before = _counted()
        sentence = look()
        if sentence is not None:
            return missing(sentence)
        after = _counted()
        if not all(after[name] > before[name] for name in moved):
            text = _(
                "there is an answer, but not from the server by way of the router: who gives it?"
            )
            return missing(text)
    text = _("the client's ping is answered, and so is port {port}: the network is whole.")
    return right(text.format(port=PORT))


def _ping() -> str | None:
    client = namespaces.namespace("client")
    command = ["ping", "-c", "1", "-W", "3", _SERVER]
    # The first one may join an ARP question that is older than the repair, and fail with it.
    if any(client.run(command, quiet=True).returncode == 0 for _attempt in range(2)):
        return None
    text = _("the client still gets no answer to a ping of {address}.")
    return text.format(address=_SERVER)


def _large_ping() -> str | None:
    command = ["ping", "-c", "1", "-W", "2", "-M", "do", "-s", str(_LARGE), _SERVER]
    client = namespaces.namespace("client")
    # The client may remember how small the way was: until the kernel forgets it, or is told to.
    client.run(["ip", "route", "flush", "cache"], quiet=True)
    if client.run(command, quiet=True).returncode == 0:
        return None
    text = _("a small ping is answered, but one of {size} bytes is not.")
    return text.format(size=_LARGE)


def _page(address: str, port: int) -> str | None:
    command = [sys.executable, "-I", "-S", "-c", _ASK, address, str(port)]
    result = namespaces.namespace("client").run(command, quiet=True)
    if result.returncode == 0:
        return None
    lines = result.stderr.strip().splitlines() or [""]
    text = _("the ping is answered, but no page comes from {address} port {port}: {said}.")
    return text.format(address=address, port=port, said=lines[-1].rpartition("] ")[2])


def _counted() -> dict[str, int]:
    """Return what router and server have counted: packets passed on, pings, connections taken."""
    passed = _counters("router")["IpForwDatagrams"]
    server = _counters("server")
    return {
        "passed on": passed,
        "pings": server["IcmpInEchos"],
        "connections": server["TcpPassiveOpens"],
    }


def _counters(name: str) -> dict[str, int]:
    """Return the counters of a namespace: ``nstat -az``."""
    command = ["nstat", "-az", "-j", "--noupdate"]
    result = namespaces.namespace(name).run(command, quiet=True, check=True)
    counters: dict[str, int] = json.loads(result.stdout)["kernel"]
    return counters
