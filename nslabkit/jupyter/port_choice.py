"""The port of a server that takes seconds to start, while a whole class starts its own."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from nslabkit.base.errors import NotSupportedError
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_PORT = 8888


@contextlib.contextmanager
def free_port(ip: str, wanted: int | None = None) -> Iterator[int]:
    """Give the port that is `wanted`, or the first one from 8888 on that nobody uses.

    Seconds pass until the server listens there, in which a whole class may start: who has chosen
    a port first says so by the name of an abstract socket, which ends with its process.
    """
    if wanted is not None:
        yield wanted
        return
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    promised = 0  # free, but chosen by another that does not listen yet, or says so only
    for port in range(FIRST_PORT, FIRST_PORT + 200):
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as chosen,
            socket.socket(family, socket.SOCK_STREAM) as probe,
        ):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ip, port))
            except OSError:
                continue
            try:
                chosen.bind(f"\0nslabkit-port-{port}")
            except OSError:
                promised += 1
                continue
            probe.close()
            yield port
            return
    if promised:
        raise NotSupportedError(
            f"nslabkit lab --ip {ip}",
            _(
                "{number} free ports from {first} on are taken by name: programs on this machine "
                "hold the sockets @nslabkit-port-…, as `nslabkit lab` does while it starts."
            ).format(number=promised, first=FIRST_PORT),
            _(
                "Try again in a moment, or name a port: nslabkit lab --port 9999. "
                "`ss -xlp src @nslabkit-port-8888` shows who holds one."
            ),
        )
    raise NotSupportedError(
        f"nslabkit lab --ip {ip}",
        _("No port from {first} up is free at this address.").format(first=FIRST_PORT),
        _("Name a port: nslabkit lab --port 9999"),
    )
