"""A learner's browser, as far as a hub sees it: signs in, starts a kernel, runs cells."""

from __future__ import annotations

import http.cookiejar
import json
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any

from websocket import WebSocket, create_connection

PATIENCE = 120


class HubVisitor:
    """One browser with its cookies."""

    def __init__(self, link: str) -> None:
        self.link = link
        self.cookies = http.cookiejar.CookieJar()
        self._context = ssl.create_default_context()
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE  # the workshop signed its certificate itself
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies),
            urllib.request.HTTPSHandler(context=self._context),
        )
        self.account = ""
        self._socket: WebSocket | None = None
        self.kernel = ""

    def get(
        self, path: str, data: object = None, method: str | None = None
    ) -> tuple[int, str, str]:
        """Return status, address and text of a page; `data` is a form, or JSON for the API."""
        address = urllib.parse.urljoin(self.link, path)
        headers = {
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Site": "same-origin",
            "Referer": address,
        }
        content = None
        if isinstance(data, dict) and "/api/" not in path and "nslabkit/workshop/" not in path:
            content = urllib.parse.urlencode(data).encode()
        elif data is not None:
            content = json.dumps(data).encode()
            headers["Content-Type"] = "application/json"
        if "/user/" in address and content is not None:
            headers["X-XSRFToken"] = self._cookie("_xsrf", urllib.parse.urlsplit(address).path)
        request = urllib.request.Request(address, content, headers, method=method)  # noqa: S310 - http
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.url, error.read().decode()

    def _cookie(self, name: str, path: str) -> str:
        fitting = [one for one in self.cookies if one.name == name and path.startswith(one.path)]
        fitting.sort(key=lambda one: len(one.path))
        return str(fitting[-1].value) if fitting else ""

    def sign_in(self, name: str, code: str, password: str) -> str:
        """Sign in, and return the text of the page that comes then."""
        page = self.get("hub/login")[2]
        proof = re.findall(r'name="_xsrf" value="([^"]+)"', page)[0]
        form = {"username": name, "otp": code, "password": password, "_xsrf": proof}
        _status, address, page = self.get("hub/login", form)
        deadline = time.monotonic() + PATIENCE
        while "/hub/spawn-pending" in address or re.search(r"/hub/user/[^/]+", address):
            assert time.monotonic() < deadline, page
            time.sleep(0.2)
            _status, address, page = self.get("hub/")
        found = re.search(r"/user/([^/]+)/", address)
        self.account = found[1] if found else ""
        return page

    def api(self, path: str, data: object = None, method: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """Ask the learner's own server."""
        status, _address, text = self.get(f"user/{self.account}/api/{path}", data, method)
        assert status < 300, (status, text)
        return json.loads(text) if text else None

    def open_lesson(self, path: str, kernel: str = "nslab") -> None:
        """Start a notebook's kernel as JupyterLab does, and listen to it."""
        session = {"kernel": {"name": kernel}, "name": path, "path": path, "type": "notebook"}
        self.kernel = self.api("sessions", session)["kernel"]["id"]
        self.listen()

    def listen(self) -> None:
        """Connect to the notebook's kernel, once more if need be."""
        self.close()
        address = urllib.parse.urljoin(
            self.link.replace("http", "ws", 1),
            f"user/{self.account}/api/kernels/{self.kernel}/channels",
        )
        sent = [
            f"{one.name}={one.value}"
            for one in self.cookies
            if urllib.parse.urlsplit(address).path.startswith(one.path)
        ]
        self._socket = create_connection(
            address,
            cookie="; ".join(sent),
            timeout=PATIENCE,
            origin=self.link.rstrip("/"),
            sslopt={"cert_reqs": ssl.CERT_NONE, "check_hostname": False},
        )

    def run(self, code: str) -> str:
        """Run a cell and return what it printed, errors included."""
        assert self._socket is not None
        number = uuid.uuid4().hex
        header = {
            "msg_id": number,
            "msg_type": "execute_request",
            "username": "",
            "session": number,
        }
        header |= {"version": "5.3", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        content |= {"user_expressions": {}, "stop_on_error": True}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._socket.send(json.dumps({**message, "channel": "shell", "buffers": []}))
        said = ""
        while True:
            answer = json.loads(self._socket.recv())
            if answer["parent_header"].get("msg_id") != number:
                continue
            content = answer["content"]
            if answer["msg_type"] == "stream":
                said += content["text"]
            elif answer["msg_type"] == "error":
                said += "\n".join(content["traceback"])
            elif answer["msg_type"] == "execute_result":
                said += content["data"].get("text/plain", "")
            elif answer["msg_type"] == "status" and content["execution_state"] == "idle":
                return said

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
