"""Names of ports that others hold: the message says so, and not that every port is in use."""

from __future__ import annotations

import contextlib
import socket

import pytest

from nslabkit.base.errors import NotSupportedError
from nslabkit.jupyter import port_choice


def test_squatted_names_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        first = probe.getsockname()[1]
    monkeypatch.setattr(port_choice, "FIRST_PORT", min(first, 65000))
    with contextlib.ExitStack() as held:
        for port in range(port_choice.FIRST_PORT, port_choice.FIRST_PORT + 200):
            squatted = held.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            with contextlib.suppress(OSError):  # somebody's server has just chosen that one
                squatted.bind(f"\0nslabkit-port-{port}")
        refused = pytest.raises(NotSupportedError, match="taken by name")
        with refused, port_choice.free_port("127.0.0.1"):
            pass
