"""Does a real Jupyter Server start sandboxes, explain failures, and leave nothing when killed?"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from nslabkit.machine.running import sandboxes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Host

    Serve = Callable[..., "Server"]

TOKEN = "lessons"  # noqa: S105 - of a server that lives for one test


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    url: str

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}api/{path}", data, method=method)  # noqa: S310 - our own server
        request.add_header("Authorization", f"token {TOKEN}")
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - our own server
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def open_notebook(self, name: str = "lesson.ipynb") -> tuple[int, Any]:
        kernel = {"name": "nslab"}
        body = {"path": name, "name": name, "type": "notebook", "kernel": kernel}
        return self.request("POST", "sessions", body)


@pytest.fixture
def serve(host: Host) -> Iterator[Serve]:
    """Start Jupyter Servers on 127.0.0.1; those that still run are ended."""
    started: list[Server] = []

    def start_one(prefix: tuple[str, ...] = ()) -> Server:
        options = [
            "--port=0",
            "--ip=127.0.0.1",
            "--no-browser",
            f"--IdentityProvider.token={TOKEN}",
        ]
        options.append("--allow-root")  # who the server is depends on who runs the tests
        # A server that outlives an aborted test run would keep its sandboxes.
        command = [*prefix, "setpriv", "--pdeathsig", "KILL", sys.executable]
        command += ["-m", "jupyter_server", *options]
        with Path("server.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        server = Server(process, _address(process, host.runtime))
        started.append(server)
        return server

    yield start_one
    for server in started:
        server.process.kill()
        server.process.wait()


def _address(process: subprocess.Popen[bytes], runtime: Path) -> str:
    """Wait for the file in which the server says where it is."""
    deadline = time.monotonic() + 120
    while True:
        for path in runtime.glob("jpserver-*.json"):
            try:
                url = json.loads(path.read_text())["url"]
                urllib.request.urlopen(f"{url}api", timeout=5).close()  # noqa: S310 - our own server
            except (ValueError, OSError):
                continue
            return str(url)
        assert process.poll() is None, Path("server.log").read_text()
        assert time.monotonic() < deadline, Path("server.log").read_text()
        time.sleep(0.02)


def _client(host: Host, kernel_id: str) -> BlockingKernelClient:
    client = BlockingKernelClient(connection_file=str(host.runtime / f"kernel-{kernel_id}.json"))
    client.load_connection_file()
    client.start_channels()
    # Not wait_for_ready: without a manager it takes one late heartbeat for the kernel's death.
    deadline = time.monotonic() + 120
    while True:
        client.kernel_info()
        try:
            client.get_shell_msg(timeout=1)
            client.get_iopub_msg(timeout=0.5)
        except Empty:
            assert time.monotonic() < deadline
        else:
            return client


def _leave_running(host: Host, kernel_id: str) -> None:
    client = _client(host, kernel_id)
    said: list[str] = []
    client.execute_interactive(
        host.leave_running,
        timeout=120,
        output_hook=lambda message: said.append(message["content"].get("text", "")),
    )
    client.stop_channels()
    client.context.destroy()
    assert "all running" in "".join(said)


def test_start_restart_interrupt_and_shutdown(serve: Serve, host: Host) -> None:
    server = serve()
    status, session = server.open_notebook()
    assert status == 201, session
    kernel = session["kernel"]["id"]
    (found,) = [s for s in sandboxes() if s.pid in host.processes()]
    assert found.name == "lesson.ipynb"
    _leave_running(host, kernel)
    namespaces = host.namespaces()
    assert server.request("POST", f"kernels/{kernel}/interrupt")[0] == 204
    assert server.request("POST", f"kernels/{kernel}/restart")[0] == 200
    _leave_running(host, kernel)
    namespaces |= host.namespaces()
    assert server.request("DELETE", f"sessions/{session['id']}")[0] == 204
    host.expect_no_trace(namespaces, but={server.process.pid})


def test_no_trace_after_kill_9_of_the_server(serve: Serve, host: Host) -> None:
    _kill_server(serve, host)


@pytest.mark.long
def test_no_trace_twenty_times_after_kill_9_of_the_server(serve: Serve, host: Host) -> None:
    for _ in range(20):
        _kill_server(serve, host)


def _kill_server(serve: Serve, host: Host) -> None:
    server = serve()
    for name in ("one.ipynb", "two.ipynb"):
        status, session = server.open_notebook(name)
        assert status == 201, session
        _leave_running(host, session["kernel"]["id"])
    namespaces = host.namespaces()
    assert len(list(host.runtime.glob("kernel-*"))) == 2
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    host.expect_no_trace(namespaces)


def test_ctrl_c_of_the_server_leaves_nothing(serve: Serve, host: Host) -> None:
    server = serve()
    _leave_running(host, server.open_notebook()[1]["kernel"]["id"])
    namespaces = host.namespaces()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(timeout=120)
    host.expect_no_trace(namespaces)


def test_the_browser_gets_our_explanation(serve: Serve, host: Host) -> None:
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    server = serve(("unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh"))
    status, answer = server.open_notebook()
    assert status == 500
    assert "user.max_user_namespaces is 0" in answer["message"]
    assert "sudo sysctl -w user.max_user_namespaces=15000" in answer["message"]
    assert "The administrator" in answer["message"]
    assert host.traces(set(), but=set(host.processes())) == []
    assert not list(host.runtime.glob("kernel-*"))
