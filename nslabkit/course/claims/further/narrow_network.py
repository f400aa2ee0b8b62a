"""A client, a router and a server, for the claims about what a wire may lack."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, TypeVar

from nslabkit.course.claims.chapter import ip, sysctl
from nslabkit.course.claims.companions import running
from nslabkit.course.claims.further.talking import sockets
from nslabkit.net import namespaces
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nslabkit.capture.recorder import Capture
    from nslabkit.show.lab_recording import LabRecording

_Sent = TypeVar("_Sent")
ADDRESS, LINK = "10.2.0.1", "router/east"
_PATIENCE = 60.0  # seconds for what a lossy wire delays
_SERVER = """
from socketserver import StreamRequestHandler, ThreadingTCPServer

class Count(StreamRequestHandler):
    def handle(self):
        arrived = sum(iter(lambda: len(self.request.recv(9999)), 0))
        self.wfile.write(b"%d" % arrived)

ThreadingTCPServer.allow_reuse_address = True
ThreadingTCPServer(("", 9000), Count).serve_forever()
"""
_CLIENT = """
import socket, sys
with socket.create_connection(("10.2.0.1", 9000), timeout=float(sys.argv[2])) as stream:
    stream.sendall(bytes(int(sys.argv[1])))
    stream.shutdown(socket.SHUT_WR)
    print(int(stream.recv(20)))
"""


def built() -> None:
    """Lay a wire from the client to the router and one from there to the server, with routes."""
    for name in ("client", "router", "server"):
        ip(f"netns add {name}")
    for number, (name, link) in enumerate((("client", "west"), ("server", "east")), start=1):
        ip(f"link add eth0 netns {name} type veth peer name {link} netns router")
        ip(f"-n {name} addr add 10.{number}.0.1/24 dev eth0")
        ip(f"-n router addr add 10.{number}.0.254/24 dev {link}")
        # Each packet in a frame of its own, as on a cable.
        ip(f"-n {name} link set eth0 up gso_max_segs 1")
        ip(f"-n router link set {link} up")
        ip(f"-n {name} route add default via 10.{number}.0.254")
    sysctl(namespaces.namespace("router"), "net.ipv4.ip_forward=1")
    client = namespaces.namespace("client")
    sysctl(client, "net.ipv4.tcp_congestion_control=reno")  # which every kernel has


def tc(command: str) -> None:
    """Run ``tc COMMAND`` in the router."""
    namespaces.namespace("router").run(["tc", *command.split()], check=True, quiet=True)


def firewall(hook: str, rule: str) -> None:
    """Give the router a rule of its own table, named like the hook: ``forward``, ``output``."""
    text = (
        f"add table ip {hook}; add chain ip {hook} c {{ type filter hook {hook} priority 0; }}; "
        f"add rule ip {hook} c {rule}"
    )
    namespaces.namespace("router").run(["nft", text], check=True, quiet=True)


@contextlib.contextmanager
def counted() -> Iterator[None]:
    """Let a program in ``server`` count what it gets while the block runs."""
    command = ["ip", "netns", "exec", "server", sys.executable, "-c", _SERVER]
    with running(command, lambda _pid: bool(sockets("server", "sport = :9000"))):
        yield


def send(size: int, patience: float = _PATIENCE) -> int | None:
    """Send so many bytes to the server; return how many it counted, None if it never said so."""
    command = [sys.executable, "-c", _CLIENT, str(size), str(patience)]
    done = namespaces.namespace("client").run(command, quiet=True)
    return int(done.stdout) if done.returncode == 0 else None


def pinged(send: Callable[[], _Sent]) -> tuple[_Sent, str]:
    """Ping ten times a second for as long as `send` takes; return what that and what ping said."""
    command = ["ip", "netns", "exec", "client", "ping", "-q", "-n", "-i", "0.1", ADDRESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ping:
        try:
            sent = send()
        finally:
            ping.send_signal(signal.SIGINT)  # it ends, and says how it went
        return sent, ping.communicate()[0]


def recorded(*more: str) -> Capture[LabRecording]:
    """Record both links of the router, and more, in a ``with`` statement."""
    return capture(*more, "router/west", LINK, filter="ip", progress=False, events=False)
