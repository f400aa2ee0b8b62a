"""How is the hub asked?"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

from nslabkit.workshop import hub_client
from nslabkit.workshop.workshop_state import Places, Workshop, WorkshopSettings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_hub_is_asked_directly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with HTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        settings = WorkshopSettings("en", "host", "", 80, https=False, hub_port=server.server_port)
        assert hub_client.answers(Workshop(Places(tmp_path), settings))
