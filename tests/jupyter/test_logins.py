"""A login ends with its server: what another account collected from a browser opens nothing."""

from __future__ import annotations

import http.client
import re
import socket
import stat
import urllib.parse
from typing import TYPE_CHECKING

from lab_server import ADDRESS, running, until_ready

if TYPE_CHECKING:
    from pathlib import Path


def asked(port: int, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Return the status, and the cookies that were set, by name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    found = (line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie") or ())
    return answer.status, dict(cookie.split("=", 1) for cookie in found)


def address_in(said: str) -> urllib.parse.SplitResult:
    found = ADDRESS.search(said)
    assert found
    return urllib.parse.urlsplit(found[0])


def test_a_cookie_that_somebody_kept_opens_no_later_server(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept: list[dict[str, str]] = []
    for _ in range(2):
        with running(str(tmp_path / "lessons"), "--port", str(port)) as process:
            address = address_in(until_ready(process))
            _status, cookies = asked(port, f"/lab?{address.query}", {})
            cookies.pop("_xsrf", None)
            [value] = cookies.values()
            for earlier in kept:
                names = {*earlier, *cookies, f"username-127-0-0-1-{port}"}
                for old in earlier.values():
                    replayed = {"Cookie": "; ".join(f"{name}={old}" for name in names)}
                    assert asked(port, "/api/kernels", replayed)[0] == 403
            own = {"Cookie": "; ".join(f"{name}={value}" for name in cookies)}
            assert asked(port, "/api/kernels", own)[0] == 200
            kept.append(cookies)
    assert not kept[0].keys() & kept[1].keys()
    assert not list((tmp_path / "lessons").rglob("*cookie_secret"))


def test_a_socket_that_only_its_owner_can_open(tmp_path: Path) -> None:
    with running(str(tmp_path / "lessons"), "--socket") as process:
        said = until_ready(process)
        path = tmp_path / "lessons/.nslabkit/lab.sock"
        assert re.search(rf"ssh -N -L 8888:{path} \S+@\S+", said)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        address = address_in(said)
        assert address.netloc == "localhost:8888"
        with socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(60)
            talk.connect(str(path))
            request = f"GET /api/status?{address.query} HTTP/1.0\r\nHost: {address.netloc}\r\n\r\n"
            talk.sendall(request.encode())
            assert talk.recv(100).startswith(b"HTTP/1.1 200")
