"""The carrier of a kernel's five channels: from where the client connects into the machine.

TCP does not cross network namespaces, unix sockets with a path do.  So the kernel inside listens
on unix sockets, and out here somebody listens where the client will connect and copies bytes, both
ways, untouched: what is said on the channels, handshakes included, is the two ends' affair.

Each direction of a connection is a thread that waits in ``recv`` and ``sendall``: who reads
slowly holds up its own direction only, and nothing is kept beyond one piece.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import Any

PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
_BACKLOG = 64
_MOST = 512  # threads; a client needs two for each channel
_PIECE = 64 * 1024
_PATIENCE = 5.0  # seconds from a socket's name being there until somebody listens on it
_POLL = 0.002  # seconds between two tries


class Channels:
    """The sockets that stand for a kernel's own, out here.

    The class has a lifetime to hold: the bound sockets.

    Parameters
    ----------
    connection : dict
        What the connection file says; ports that are 0 get a number.
    address : str
        Path of the kernel's own sockets, to which ``-1`` to ``-5`` is appended.

    Raises
    ------
    OSError
        One cannot be bound; its `filename` is the address.
    """

    def __init__(self, connection: dict[str, Any], address: str) -> None:
        self.outside = dict(connection)
        self.inside = {**connection, "transport": "ipc", "ip": address}
        self._servers: dict[int, tuple[socket.socket, str]] = {}
        self._paths: list[str] = []  # of our own sockets, where the client wants unix sockets
        for number, name in enumerate(PORTS, start=1):
            self.inside[name] = number
            try:
                server = self._listen(connection, int(connection[name]))
            except OSError as error:
                self.close()
                error.filename = f"{connection['ip']}:{connection[name]}"
                raise
            if connection["transport"] == "tcp":
                self.outside[name] = server.getsockname()[1]
            self._servers[server.fileno()] = (server, f"{address}-{number}")

    def _listen(self, connection: dict[str, Any], port: int) -> socket.socket:
        if connection["transport"] == "ipc":
            path = f"{connection['ip']}-{port}"
            if os.path.exists(path):
                os.unlink(path)  # of the kernel that ran before a restart
            server = socket.socket(socket.AF_UNIX)
            where: Any = path
            self._paths.append(path)
        else:
            family, where = _resolved(connection["ip"], port)
            server = socket.socket(family)
            # After a restart the last connections still linger; ZeroMQ does the same.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(where)
            server.listen(_BACKLOG)
        except OSError:
            server.close()
            raise
        return server

    @property
    def descriptors(self) -> list[int]:
        """Where somebody may be waiting to be let in."""
        return list(self._servers)

    def kernel_listens(self) -> bool:
        """Return whether all of the kernel's own sockets are there."""
        return all(os.path.exists(path) for _server, path in self._servers.values())

    def accept(self, descriptor: int) -> None:
        """Let in who waits there."""
        server, path = self._servers[descriptor]
        try:
            client, _address = server.accept()
        except OSError:
            return  # it went away while it waited
        if threading.active_count() > _MOST:
            client.close()
            return
        if client.family != socket.AF_UNIX:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _in_thread(_carry, client, path)

    def close(self) -> None:
        """Let nobody in any more."""
        for server, _path in self._servers.values():
            server.close()
        self._servers.clear()
        for path in self._paths:
            if os.path.exists(path):
                os.unlink(path)


def _resolved(host: str, port: int) -> tuple[int, Any]:
    """Return family and address to bind; ZeroMQ writes ``*`` for all interfaces."""
    if host in ("*", "0.0.0.0"):  # noqa: S104 - the client asked for it
        return socket.AF_INET, ("0.0.0.0", port)  # noqa: S104 - the same
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return found[0][0], found[0][4]


def _in_thread(function: Any, *values: Any) -> threading.Thread:  # noqa: ANN401 - any function of any values
    thread = threading.Thread(target=function, args=values, daemon=True)
    thread.start()
    return thread


def _carry(client: socket.socket, path: str) -> None:
    """Carry one connection until both ends have said all."""
    with client:
        kernel = _connected(path)
        if kernel is None:
            return
        with kernel:
            back = _in_thread(_copy, kernel, client)
            _copy(client, kernel)
            back.join()


def _connected(path: str) -> socket.socket | None:
    """Connect to the kernel's socket, which may be bound but not listened on yet."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        kernel = socket.socket(socket.AF_UNIX)
        try:
            kernel.connect(path)
        except OSError:
            kernel.close()
            if time.monotonic() > deadline:
                return None  # the kernel has ended, or never came so far
            time.sleep(_POLL)
        else:
            return kernel


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """Copy one direction; hand its end on, and end both where one of them is lost."""
    try:
        while piece := source.recv(_PIECE):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed already
