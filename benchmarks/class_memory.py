"""How much memory do several participants' servers need on one machine?

For 1, 3 and 6 accounts at once: each runs JupyterLab as an ordinary user, with one open notebook
kernel in its sandbox, in which a lesson's first steps are done.  Needs root, to make the accounts
and to read other users' /proc/PID/smaps_rollup (proc_pid_smaps(5)); the accounts and their
homes are removed at the end.

    sudo .venv/bin/python benchmarks/class_memory.py [NUMBER...]
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import websocket

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = (1, 3, 6)
PATIENCE = 90.0
FIRST_STEPS = """
import subprocess, ipywidgets, pyroute2, matplotlib.figure
for command in ("ip netns add netns1", "ip netns add netns2",
                "ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2",
                "ip -n netns1 addr add 172.16.0.1/24 dev veth1",
                "ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer",
                "ip -n netns1 link set veth1 up", "ip -n netns2 link set veth1-peer up",
                "ip netns exec netns1 ping -c 1 172.16.0.2"):
    subprocess.run(command.split(), check=True, capture_output=True)
print("answered")
"""


@dataclass
class Seat:
    """One participant's server."""

    account: str
    process: subprocess.Popen[bytes]
    port: int
    token: str

    def ask(self, path: str, body: object = None) -> object:
        """Ask the server's API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - http, as above
            return json.load(answer)

    def open_notebook(self) -> None:
        """Start a sandbox kernel and do a lesson's first steps in it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.ask("api/status")
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        kernel = self.ask("api/kernels", {"name": "nslab"})
        assert isinstance(kernel, dict)
        address = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel['id']}/channels"
        socket = websocket.create_connection(f"{address}?token={self.token}", timeout=PATIENCE)
        header = {"msg_id": "1", "msg_type": "execute_request", "session": "s", "username": ""}
        content = {"code": FIRST_STEPS, "silent": False, "store_history": True}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        socket.send(json.dumps({**message, "channel": "shell", "buffers": []}))
        while True:
            said = json.loads(socket.recv())
            if said["msg_type"] == "error":
                raise RuntimeError(said["content"]["evalue"])
            if said["content"].get("text") == "answered\n":
                return

    def processes(self) -> list[int]:
        """Return the server and all its descendants."""
        parents = {}
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if folder.name.isdigit():
                    stat = (folder / "stat").read_text().rpartition(")")[2].split()
                    parents[int(folder.name)] = int(stat[1])
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def memory(self) -> tuple[float, float]:
        """Return PSS and private memory of all its processes, in MiB."""
        texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.processes()]
        return (
            sum(_kib(text, r"Pss") for text in texts) / 1024,
            sum(_kib(text, r"Private_\w+") for text in texts) / 1024,
        )


def _kib(text: str, name: str) -> int:
    return sum(int(number) for number in re.findall(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE))


@contextlib.contextmanager
def account() -> Iterator[str]:
    """Make an account; remove it and its home afterwards."""
    name = f"nslm{secrets.token_hex(3)}"
    subprocess.run(["useradd", "-m", name], check=True)
    try:
        yield name
    finally:
        subprocess.run(["userdel", "-r", name], check=True, capture_output=True)


@contextlib.contextmanager
def seat(port: int) -> Iterator[Seat]:
    """Run a participant's server; end it and all of its kernels afterwards."""
    token = secrets.token_hex(16)
    with account() as name:
        home = Path("~" + name).expanduser()
        environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "JUPYTER_TOKEN": token,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        jupyter = [str(Path(sys.executable).with_name("jupyter-lab")), "--no-browser"]
        options = [f"--port={port}", "--port-retries=0", f"--notebook-dir={home}"]
        process = subprocess.Popen(
            jupyter + options,
            user=name,
            group=name,
            extra_groups=[],
            env=environment,
            cwd=home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield Seat(name, process, port, token)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _wait_for_end_of(name)


def _wait_for_end_of(name: str) -> None:
    uid = Path("~" + name).expanduser().stat().st_uid
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        owners = set()
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if folder.name.isdigit():
                    owners.add(folder.stat().st_uid)
        if uid not in owners:
            return
        time.sleep(0.1)


def available() -> float:
    """Return MemAvailable in MiB (proc_meminfo(5))."""
    return _kib(Path("/proc/meminfo").read_text(), "MemAvailable") / 1024


def main() -> None:
    """Measure and print one line per number of participants."""
    if os.geteuid() != 0 or shutil.which("useradd") is None:
        print("left out: it needs root and useradd, as it makes accounts and removes them")
        return
    numbers = [int(word) for word in sys.argv[1:]] or NUMBERS
    print("servers  PSS each (MiB)          PSS all  private all  MemAvailable fell by")
    for number in numbers:
        before = available()
        with contextlib.ExitStack() as stack:
            seats = [stack.enter_context(seat(18800 + place)) for place in range(number)]
            for each in seats:
                each.open_notebook()
            seen = [each.memory() for each in seats]
            fell = before - available()
        each_pss = " ".join(f"{pss:.0f}" for pss, _private in seen)
        pss, private = (sum(column) for column in zip(*seen, strict=True))
        print(f"{number:7}  {each_pss:22}  {pss:7.0f}  {private:11.0f}  {fell:20.0f}", flush=True)


if __name__ == "__main__":
    main()
