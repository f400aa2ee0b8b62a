"""The class page: the table in a browser, for a projector.

One page from this package, served on 127.0.0.1 with Python's own server; the page asks for the
rows every few seconds.  Participants have accounts on the same machine and can reach the port,
so nothing is answered without the token.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hmac
import json
import secrets
import socket
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from nslabkit.base.errors import InvalidValueError, NslabError
from nslabkit.base.language import for_html
from nslabkit.base.language import translate as _
from nslabkit.base.palette import css
from nslabkit.classroom.class_terminal import summary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nslabkit.classroom.attention import Line

_PAGE = Path(__file__).with_name("class_page.html")
_ADDRESS = "127.0.0.1"
_SLOWEST = 10.0  # seconds from the connection to the end of the answer
_MOST = 32  # connections at once; a look takes a few milliseconds


class ClassServer(ThreadingHTTPServer):
    """The page's server; it has a lifetime to hold: its socket.

    Parameters
    ----------
    look : callable
        Returns the lines and the notes of this moment.
    port : int
        TCP port; 0 for any free one.
    every : float
        Seconds between two looks of the page.

    Raises
    ------
    InvalidValueError
        The port is taken, or not for this account.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        look: Callable[[], tuple[Sequence[Line], Sequence[str]]],
        port: int = 0,
        every: float = 2.0,
    ) -> None:
        self.look = look
        self.every = every
        self.token = secrets.token_urlsafe(24)
        self._begun: dict[socket.socket, float] = {}  # connections, the oldest first
        try:
            super().__init__((_ADDRESS, port), _Answer)
        except OSError as error:
            raise InvalidValueError(
                f"nslabkit class --web --port {port}",
                _("The port is taken, or this account may not use it."),
                _("Leave out --port: a free one is chosen."),
                errno=error.errno,
            ) from error

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as there
        """Answer in a thread of its own; with too many at once, the oldest connection ends."""
        self._begun[request] = time.monotonic()
        for oldest in list(self._begun)[:-_MOST]:
            self._hang_up(oldest)
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """End the connections whose time is over; the server calls this twice a second."""
        over = time.monotonic() - _SLOWEST
        for connection, begun in list(self._begun.items()):
            if begun < over:
                self._hang_up(connection)

    def _hang_up(self, connection: socket.socket) -> None:
        self._begun.pop(connection, None)
        with contextlib.suppress(OSError):  # it has ended just now
            connection.shutdown(socket.SHUT_RDWR)  # its thread reads or writes no more

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as above
        """Close a connection that was answered."""
        self._begun.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """Stay silent about who hung up or was too slow; a fault of ours is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """What to open in the browser."""
        return f"http://{_ADDRESS}:{self.server_port}/?token={self.token}"

    def rows(self) -> dict[str, Any]:
        """Return what the page shows."""
        return shown(*self.look())


def page(nonce: str, every: float, lost: str, *, table: str = "") -> bytes:
    """Return the page with its words in the current language.

    Parameters
    ----------
    nonce : str
        What allows the page's own script and style to run, and nothing else.
    every : float
        Seconds between two looks.
    lost : str
        What it says when its server does not answer.
    table : str
        Address of the table for a spreadsheet; empty where there is none.
    """
    words = {**_texts(every), "lost": lost, "csv": table}
    text = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    whole = _PAGE.read_text(encoding="utf-8").replace("@@TEXTS@@", text)
    whole = whole.replace("@@PALETTE@@", css(":root", ':root[data-theme="dark"]'))
    return whole.replace("@@LANG@@", for_html()).replace("@@NONCE@@", nonce).encode()


def shown(lines: Sequence[Line], notes: Sequence[str]) -> dict[str, Any]:
    """Return what the page asks for every few seconds, for these lines and notes."""
    return {
        "lines": [
            {**dataclasses.asdict(line), "state": line.state.value, "mark": line.mark}
            for line in lines
        ],
        "notes": list(notes),
        "count": summary(lines),
        "time": _("as of {time}").format(time=time.strftime("%H:%M:%S")),
    }


def headers(nonce: str) -> dict[str, str]:
    """Return the headers of every answer: the page runs and loads nothing but its own."""
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            "connect-src 'self'; "
            "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _texts(every: float) -> dict[str, Any]:
    return {
        "title": _("Who is stuck?"),
        "caption": _("Participants; click a heading to sort by its column."),
        "only": _("only those who are stuck"),
        "none": _("Nobody here."),
        "light": _("light background"),
        "dark": _("dark background"),
        "names": _("hide names"),
        "download": _("table for a spreadsheet"),
        "every": every,
        "heads": {
            "participant": _("participant"),
            "lesson": _("lesson"),
            "check": _("last check"),
            "minutes": _("minutes since"),
            "tries": _("tries since"),
            "state": _("state"),
        },
    }


class _Answer(BaseHTTPRequestHandler):
    server: ClassServer
    server_version = "nslabkit"
    sys_version = ""
    timeout = _SLOWEST

    def do_GET(self) -> None:
        """Answer with the page or the rows, to those who know the token."""
        try:
            asked = urlsplit(self.path)
        except ValueError:  # such as http://[
            self._send(HTTPStatus.BAD_REQUEST, b"", "text/plain")
            return
        token = parse_qs(asked.query).get("token", [""])[0]
        if not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self._send(
                HTTPStatus.FORBIDDEN,
                _("Open the whole address that nslabkit class printed.").encode(),
                "text/plain",
            )
        elif asked.path == "/":
            nonce = secrets.token_urlsafe(16)
            lost = _("The page's server does not answer: is nslabkit class still running?")
            self._send(HTTPStatus.OK, page(nonce, self.server.every, lost), "text/html", nonce)
        elif asked.path == "/rows":
            self._send_rows()
        else:
            self._send(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def _send_rows(self) -> None:
        try:
            status, value = HTTPStatus.OK, self.server.rows()
        except NslabError as error:  # the folder was removed, or closed to us
            status, value = HTTPStatus.SERVICE_UNAVAILABLE, {"trouble": str(error)}
        content = json.dumps(value, ensure_ascii=False).encode()
        self._send(status, content, "application/json")

    def _send(self, status: HTTPStatus, content: bytes, kind: str, nonce: str = "none") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers(nonce).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Stay silent: the terminal belongs to the instructor."""
