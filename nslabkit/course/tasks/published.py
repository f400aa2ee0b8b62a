"""A server's page as somebody in another namespace gets it, and whose server that is."""

from __future__ import annotations

import re
import subprocess
import sys
import time

from nslabkit.net import namespaces
from nslabkit.show.lab_recording import capture

_PATIENCE = 2.0  # seconds for a page, and for a connection
# No proxy that the user's environment names: it knows nothing of this address.
_FETCH = """
import sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
with opener.open(sys.argv[1], timeout=float(sys.argv[2])) as answer:
    sys.stdout.buffer.write(answer.read(10000))
"""
# Asks, says so, and holds the connection until the one who asked has looked.  Before it is asked, a
# proxy passes nothing on.
_HOLD = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3])) as held:
    held.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    print("connected", flush=True)
    sys.stdin.read()
"""


def page(url: str, namespace: str | None) -> str | None:
    """Return the text of a page without its marks, as a namespace gets it; None if none comes."""
    command = [sys.executable, "-c", _FETCH, url, str(_PATIENCE)]
    found = namespaces.namespace(namespace).run(command, quiet=True)
    return re.sub(r"<[^>]*>", "", found.stdout).strip() if found.returncode == 0 else None


def listens(namespace: str, port: int) -> bool:
    """Return whether a program listens on a TCP port of a namespace: ``ss -ltn``."""
    return bool(_sockets(namespace, port, "-l"))


def ends_in(
    namespace: str, port: int | None, *, address: str, published: int, near: str | None
) -> bool:
    """Return whether a connection to an address leads to a port of a namespace.

    Parameters
    ----------
    namespace : str
        Where the server is to be.
    port : int or None
        Its port there; None: whichever.
    address : str
        What somebody connects to.
    published : int
        The port they connect to.
    near : str or None
        The namespace that they are in; None is the host.
    """
    before = _sockets(namespace, port)
    command = [sys.executable, "-c", _HOLD, address, str(published), str(_PATIENCE)]
    inside = command if near is None else ["ip", "netns", "exec", near, *command]
    calls = "tcp[tcpflags] & (tcp-syn | tcp-ack) = tcp-syn"
    calls += "" if port is None else f" and dst port {port}"
    with (
        capture(namespace, filter=calls, progress=False) as heard,
        subprocess.Popen(
            inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as held,
    ):
        assert held.stdin is not None
        assert held.stdout is not None
        if not held.stdout.readline():  # no connection
            return False
        found = _more(namespace, port, before)
        held.stdin.close()
    # That of a proxy may have come and gone between two looks.
    return found or not all(packet.outgoing for packet in heard.packets)


def _more(namespace: str, port: int | None, before: set[tuple[str, str]]) -> bool:
    """Return whether a new connection comes to a port: who passes it on needs a while."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if _sockets(namespace, port) - before:
            return True
        time.sleep(0.05)
    return False


def _sockets(namespace: str, port: int | None, kind: str = "") -> set[tuple[str, str]]:
    """Return both ends of the TCP sockets of a port: ``ss -Htn sport = :PORT``."""
    command = ["ss", f"-Htn{kind.strip('-')}", *(["sport", "=", f":{port}"] if port else [])]
    said = namespaces.namespace(namespace).run(command, quiet=True).stdout
    ends = [tuple(line.split()[3:5]) for line in said.splitlines()]
    return {(near, far) for near, far in ends}
