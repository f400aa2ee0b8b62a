"""Talk with a server over one wire, for the claims about TCP: host here, ``server`` there."""

from __future__ import annotations

import contextlib
import socket
import sys
from typing import TYPE_CHECKING

from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import eventually, running
from nslabkit.net import namespaces
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.capture.recorder import Capture
    from nslabkit.show.lab_recording import LabRecording

NAME, ADDRESS, PORT = "server", "10.12.0.2", 8000
_MINE = "10.12.0.1"
_PATIENCE = 10.0  # seconds for an answer; far more than it takes
_DEAF = "add table ip deaf; add chain ip deaf c { type filter hook input priority 0; policy drop; }"
# Answers each line until one says bye, or the caller ends.
_SERVER = f"""
from socketserver import StreamRequestHandler, ThreadingTCPServer

class Talk(StreamRequestHandler):
    def handle(self):
        while (line := self.rfile.readline()) not in (b"", b"bye\\n"):
            self.wfile.write(b"you said " + line)

ThreadingTCPServer.allow_reuse_address = True
ThreadingTCPServer(("", {PORT}), Talk).serve_forever()
"""


def built() -> None:
    """Lay a wire from the host to ``server``, with an address at either end."""
    ip(f"netns add {NAME}")
    ip(f"link add wire type veth peer name eth0 netns {NAME}")
    ip(f"addr add {_MINE}/24 dev wire")
    ip("link set wire up")
    ip(f"-n {NAME} addr add {ADDRESS}/24 dev eth0")
    ip(f"-n {NAME} link set eth0 up")


@contextlib.contextmanager
def served() -> Iterator[None]:
    """Let a program in ``server`` answer on its port while the block runs."""
    command = ["ip", "netns", "exec", NAME, sys.executable, "-c", _SERVER]
    with running(command, lambda _pid: bool(sockets(NAME, f"sport = :{PORT}"))):
        yield


@contextlib.contextmanager
def connected() -> Iterator[socket.socket]:
    """Give a connection of the host to the server."""
    with socket.create_connection((ADDRESS, PORT), _PATIENCE) as talk:
        yield talk


def stopped_listening(*, again: bool = False) -> None:
    """Let the kernel in ``server`` drop all that arrives; with `again` receive it again."""
    text = "delete table ip deaf" if again else _DEAF
    namespaces.namespace(NAME).run(["nft", text], check=True, quiet=True)


def recorded(filter: str = "tcp") -> Capture[LabRecording]:  # noqa: A002 - as lab.capture has it
    """Record both ends of the wire, in a ``with`` statement."""
    return capture("wire", f"{NAME}/eth0", filter=filter, progress=False, events=False)


def sockets(namespace: str | None, condition: str) -> list[str]:
    """Return the states of the sockets that fulfil a condition: ``ss -Hant CONDITION``."""
    command = ["ss", "-Hant", *condition.split()]
    said = namespaces.namespace(namespace).run(command, check=True, quiet=True).stdout
    return [line.split()[0] for line in said.splitlines() if line.strip()]


def gone(namespace: str | None, condition: str) -> bool:
    """Wait until no socket fulfils a condition; return whether it came to that."""
    return eventually(lambda: not sockets(namespace, condition))
