"""Names of ports that others hold: the message says so, and not that every port is in use."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import NotSupportedError
from nslabkit.jupyter import server

if TYPE_CHECKING:
    from pathlib import Path


def test_squatted_names_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        first = probe.getsockname()[1]
    monkeypatch.setattr(server, "_FIRST_PORT", min(first, 65000))
    with contextlib.ExitStack() as held:
        for port in range(server._FIRST_PORT, server._FIRST_PORT + 200):
            squatted = held.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            with contextlib.suppress(OSError):  # somebody's server has just chosen that one
                squatted.bind(f"\0nslabkit-port-{port}")
        options = server.Options(tmp_path, tmp_path / "lesson", "en")
        with pytest.raises(NotSupportedError, match="taken by name"), server._port(options):
            pass
