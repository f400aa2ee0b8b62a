from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from nslabkit.base.errors import InvalidValueError, NotFoundError
from nslabkit.classroom import class_page
from nslabkit.classroom.attention import Line, State
from nslabkit.classroom.class_page import ClassServer

if TYPE_CHECKING:
    from collections.abc import Iterator

EVIL = "</script><script>alert(1)</script>"
STUCK = Line("anna", "01_one_wire", EVIL, 9, 3, State.STUCK, "stuck for 9 min")


def look() -> tuple[list[Line], list[str]]:
    return [STUCK], ["x.json belongs to bob: left out."]


@pytest.fixture
def server() -> Iterator[ClassServer]:
    with ClassServer(look) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield served
        served.shutdown()
        thread.join()


def ask(server: ClassServer, path: str, method: str = "GET") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=120)
    connection.request(method, path)
    answer = connection.getresponse()
    answer.body = answer.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return answer


def test_the_page_and_its_rows(server: ClassServer) -> None:
    asked = urlsplit(server.address)
    page = ask(server, f"/?{asked.query}")
    assert page.status == 200
    assert "@@" not in page.body
    assert "http://" not in page.body.replace(server.address, "")
    assert "https://" not in page.body
    rows = json.loads(ask(server, f"/rows?{asked.query}").body)
    assert rows["lines"][0]["state"] == "stuck"
    assert rows["lines"][0]["check"] == EVIL
    assert rows["notes"] == ["x.json belongs to bob: left out."]
    assert rows["count"].startswith("1 participants: 1 stuck")


@pytest.mark.parametrize("path", ["/", "/rows", "/?token=", "/rows?token=x", "/?token=%ff"])
def test_without_the_token_nothing_is_told(server: ClassServer, path: str) -> None:
    answer = ask(server, path)
    assert answer.status == 403
    assert "anna" not in answer.body
    assert server.token not in answer.body + str(answer.headers)


def test_nothing_else_is_served(server: ClassServer) -> None:
    assert ask(server, f"/../../etc/passwd?token={server.token}").status == 404
    assert ask(server, f"/?token={server.token}", "POST").status == 501


def test_only_this_machine_is_listened_to(server: ClassServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_only_the_pages_own_script_may_run(server: ClassServer) -> None:
    answer = ask(server, f"/?token={server.token}")
    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert "default-src 'none'" in policy
    assert nonce
    assert nonce != server.token
    assert answer.body.count(f'nonce="{nonce}"') == 2


def test_a_taken_port_is_an_error_in_four_parts(server: ClassServer) -> None:
    with pytest.raises(InvalidValueError, match="The port is taken"):
        ClassServer(look, server.server_port)


def test_a_folder_that_went_away_is_told_to_the_page(
    server: ClassServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> tuple[list[Line], list[str]]:
        raise NotFoundError("ls x", "There is no such folder.", "Make it.")

    monkeypatch.setattr(server, "look", gone)
    answer = ask(server, f"/rows?token={server.token}")
    assert answer.status == 503
    assert "There is no such folder." in json.loads(answer.body)["trouble"]


def test_the_pages_words_follow_the_language(
    server: ClassServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    page = class_page.page("n", server.every, "lost").decode()
    assert '<html lang="zh-CN">' in page
    assert "谁卡住了？" in page


def connected(server: ClassServer, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.server_port), timeout=10)
    connection.sendall(sent)
    return connection


def answering() -> int:
    return sum("process_request_thread" in thread.name for thread in threading.enumerate())


@pytest.mark.parametrize("target", ["http://[", "http://[::1", "//[", "/\x01", "*"])
def test_a_nonsensical_target_is_answered_in_silence(
    server: ClassServer, capfd: pytest.CaptureFixture[str], target: str
) -> None:
    with connected(server, f"GET {target} HTTP/1.0\r\n\r\n".encode()) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.0 40")
    assert capfd.readouterr().err == ""


def test_a_reset_is_silent(server: ClassServer, capfd: pytest.CaptureFixture[str]) -> None:
    whole = f"GET /?token={server.token} HTTP/1.0\r\n\r\n".encode()
    for sent in (b"", b"GET / HTTP/1.0\r\n", whole):
        connection = connected(server, sent)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    assert ask(server, "/").status == 403
    deadline = time.monotonic() + 10
    while answering():
        assert time.monotonic() < deadline
    assert capfd.readouterr().err == ""


def test_half_open_requests_neither_pile_up_nor_last(
    server: ClassServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [connected(server, b"GET / HT") for _ in range(100)]
    assert ask(server, f"/?token={server.token}").status == 200
    monkeypatch.setattr(class_page, "_SLOWEST", 0.0)
    deadline = time.monotonic() + 10
    while answering():
        for connection in held[-3:]:  # a byte now and then wins no time
            with contextlib.suppress(OSError):
                connection.sendall(b"x")
        assert time.monotonic() < deadline
    for connection in held:
        connection.close()


def test_at_most_some_connections_are_open_at_once(server: ClassServer) -> None:
    held = [connected(server, b"GET / HT") for _ in range(100)]
    assert ask(server, f"/?token={server.token}").status == 200
    deadline = time.monotonic() + 5
    while answering() > 32:
        assert time.monotonic() < deadline
    for connection in held:
        connection.close()
