"""Connections that a judge tries from the host, and the sockets that it finds."""

from __future__ import annotations

import re
import socket
from typing import Literal, TypeAlias

from nslabkit.net import namespaces

Outcome: TypeAlias = Literal["open", "refused", "silent", "unreachable"]
_PATIENCE = 2.0  # seconds; whoever answers does so in some milliseconds
_LONGEST = 1000  # bytes of an answer
# As ss writes a timer: minutes, seconds, and thousandths behind a point ("3.236ms" is 3.236 s).
_TIMER = re.compile(r"timer:\(keepalive,(?:(\d+)min)?(?:(\d+)(?:sec|\.))?(?:(\d+)ms)?,")


def outcome(address: str, port: int) -> Outcome:
    """Return what becomes of a connection to a port within two seconds."""
    try:
        socket.create_connection((address, port), _PATIENCE).close()
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "silent"
    except OSError:
        return "unreachable"
    return "open"


def answer(address: str, port: int, line: bytes) -> bytes | None:
    """Return what a program says to one line, None if nothing comes within two seconds."""
    try:
        with socket.create_connection((address, port), _PATIENCE) as talk:
            talk.sendall(line)
            return talk.makefile("rb").readline(_LONGEST)
    except OSError:
        return None


def keepalives(address: str, port: int) -> dict[str, float | None]:
    """Return when each of the host's connections to a port is asked for a sign of life.

    Own end -> seconds from now; None where the kernel will never ask.  ``ss -Htno``
    """
    found: dict[str, float | None] = {}
    command = ["ss", "-Htno", "state", "established", "dst", address, "dport", "=", f":{port}"]
    said = namespaces.HOST.run(command, check=True, quiet=True).stdout
    for line in said.splitlines():
        own, timer = line.split()[2], _TIMER.search(line)
        found[own] = None
        if timer is not None:
            minutes, seconds, thousandths = (int(part or 0) for part in timer.groups())
            found[own] = 60 * minutes + seconds + thousandths / 1000
    return found
