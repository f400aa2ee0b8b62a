"""The server's program in a network of ``lab.faults``: one page on TCP port 8080.

Its text comes to it by standard input, so that its command line tells nothing about it.
"""

from __future__ import annotations

import shlex
import sys

from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

PORT = 8080
# It binds before it lets go of its starter, so whoever has started it may connect at once.  The
# page is longer than the smallest packets and shorter than the largest: it goes in one packet.
_PROGRAM = """
import os, socket
listening = socket.create_server(({address!r}, {port}))
if os.fork():
    os._exit(0)
os.setsid()
nothing = os.open(os.devnull, os.O_RDWR)
for descriptor in (0, 1, 2):
    os.dup2(nothing, descriptor)
page = b"hello from the server" + b"." * 1200 + b"\\n"
held = []
while True:
    connection, _ = listening.accept()
    if not {answers}:
        held.append(connection)
        continue
    connection.settimeout(2)
    try:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n" + page)
    except OSError:
        pass
    connection.close()
"""
_STARTS = {
    "everywhere": ("0.0.0.0", True),  # noqa: S104 - in a namespace that only a lesson reaches
    "loopback": ("127.0.0.1", True),
    "taken": ("0.0.0.0", False),  # noqa: S104 - the same
}


def start_service(way: str) -> None:
    """Start the server's program in one of the ways that a fault names."""
    address, answers = _STARTS[way]
    program = _PROGRAM.format(address=address, port=PORT, answers=answers)
    python = shlex.join([sys.executable, "-I", "-S", "-"])
    command = f"ip netns exec server {python} <<'END'\n{program}\nEND"
    HOST.run(command, check=True, quiet=True)


def serve() -> None:
    """Start the server's program again, as it should run: it listens at every address.

    Raises
    ------
    CommandError
        It could not listen, since a program does so already; or it could not be started.
    NotFoundError
        There is no network of ``lab.faults``.
    """
    namespaces.namespace("server").inode  # noqa: B018 - asks whether it is there
    start_service("everywhere")
