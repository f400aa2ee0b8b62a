"""How do tests start kernels, and what may a machine leave on the host?

Watched without being misled by other people's tests.  `host` and `start` are fixtures: a suite's
conftest imports them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

Start = Callable[..., "Kernel"]

# What a learner may leave running: servers in a namespace, a daemon, a process of its own session.
LEAVE_RUNNING = """%%bash
ip netns add netns1
ip link add {link} type veth peer name {link}p
ip link set {link} netns netns1
ip netns exec netns1 ip link set lo up
ip netns exec netns1 python3 -m http.server 80 >/dev/null 2>&1 &
nginx >/dev/null 2>&1 || echo nginx did not start
setsid sleep 1000 >/dev/null 2>&1 &
sleep 1001 >/dev/null 2>&1 &
until ip netns exec netns1 ss -ltn | grep -q :80; do sleep 0.02; done
ss -ltn | grep -q :80 && echo all running
"""


@dataclass(frozen=True)
class Host:
    """The host as one test sees it: its own folders, and a mark on all its processes."""

    mark: str
    sockets: Path
    runtime: Path
    held: list[int] = field(default_factory=list)

    @property
    def link(self) -> str:
        return f"v{self.mark[:8]}"

    @property
    def leave_running(self) -> str:
        """A cell that prints "all running" once servers and daemons run in the background."""
        return LEAVE_RUNNING.format(link=self.link)

    def processes(self) -> list[int]:
        """Every process that carries the mark or lives in a namespace of one that did."""
        return [int(path.name) for path in Path("/proc").iterdir() if self._is_marked(path)]

    def _is_marked(self, path: Path) -> bool:
        if not path.name.isdigit() or path.name == str(os.getpid()):
            return False
        try:
            return f"NSLAB_TEST={self.mark}".encode() in (path / "environ").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return False

    def namespaces(self) -> set[str]:
        """The namespaces of the marked processes that are not our own.

        They are held open until the test ends, or the kernel would give their numbers to
        somebody else's sandbox, which we would then take for a leftover of ours.
        """
        own = _namespaces_of(Path("/proc/self"))
        found = set()
        for pid in self.processes():
            for path in Path(f"/proc/{pid}/ns").iterdir():
                if str(path.readlink()) not in own | found:
                    self.held.append(os.open(path, os.O_RDONLY))
                    found.add(str(Path(f"/proc/self/fd/{self.held[-1]}").readlink()))
        return found

    def traces(self, namespaces: set[str], but: set[int] = frozenset()) -> list[str]:
        """Whatever is left, in words."""
        left = [f"process {pid} {_command(pid)}" for pid in self.processes() if pid not in but]
        for path in Path("/proc").iterdir():
            if path.name.isdigit():
                left += [f"{path.name} in {n}" for n in _namespaces_of(path) & namespaces]
        mounts = Path("/proc/self/mountinfo").read_text()
        left += [
            f"mount {x}" for x in mounts.splitlines() if str(self.sockets) in x or self.mark in x
        ]
        links = subprocess.run(["ip", "-j", "link"], capture_output=True, text=True, check=True)
        left += [x["ifname"] for x in json.loads(links.stdout) if x["ifname"].startswith(self.link)]
        unix = Path("/proc/net/unix").read_text()
        left += [x for x in unix.splitlines() if str(self.sockets) in x]
        left += [str(path) for path in self.sockets.iterdir()]
        left += [str(path) for path in self.runtime.glob("kernel-*")]
        return left

    def expect_no_trace(self, namespaces: set[str], but: set[int] = frozenset()) -> None:
        """Fail unless everything is gone within 4 s."""
        deadline = time.monotonic() + 120
        while left := self.traces(namespaces, but):
            assert time.monotonic() < deadline, left
            time.sleep(0.05)


def _namespaces_of(process: Path) -> set[str]:
    try:
        return {str(path.readlink()) for path in (process / "ns").iterdir()}
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return set()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return "(ended)"


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Folders of this test alone; at its end nothing of the test may be left."""
    folder = Path(tempfile.mkdtemp(prefix="nslt-", dir="/tmp"))
    seen = Host(uuid.uuid4().hex, folder / "s", folder / "r")
    for name in ("s", "r", "c", "i", "d"):
        (folder / name).mkdir(mode=0o700)
    monkeypatch.setenv("NSLAB_TEST", seen.mark)
    monkeypatch.setenv("NSLAB_TMP", str(seen.sockets))
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(seen.runtime))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder / "c"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder / "d"))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "i"))
    monkeypatch.delenv("NSLAB_UIDMAP", raising=False)
    monkeypatch.setenv("NSLAB_BACKEND", "sandbox")  # or another way would be tried after it
    monkeypatch.chdir(folder)
    yield seen
    for pid in seen.processes():
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            os.kill(pid, 9)  # each of them was started by this test
    for descriptor in seen.held:
        os.close(descriptor)
    shutil.rmtree(folder)


@dataclass
class Kernel:
    """A running kernel and what one does with it."""

    manager: KernelManager
    client: BlockingKernelClient

    def run(self, code: str, seconds: float = 120) -> str:
        """Run a cell and return all that it printed, tracebacks included."""
        said: list[str] = []

        def hear(message: dict) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append("\n".join(content["traceback"]))
            elif message["msg_type"] == "execute_result":
                said.append(content["data"]["text/plain"])

        self.client.execute_interactive(code, output_hook=hear, timeout=seconds)
        return "".join(said)


@pytest.fixture
def start(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start kernels; those that still run are shut down at the end."""
    started: list[Kernel] = []

    def start_one(uid_map: str = "", name: str = "nslab", **options: object) -> Kernel:
        if uid_map:
            monkeypatch.setenv("NSLAB_UIDMAP", uid_map)
        number = len(started)
        file = str(host.runtime / f"kernel-{number}.json")
        manager = KernelManager(kernel_name=name, connection_file=file)
        manager.start_kernel(**options)
        client = manager.client()
        kernel = Kernel(manager, client)
        started.append(kernel)
        client.start_channels()
        client.wait_for_ready(timeout=120)
        return kernel

    yield start_one
    for kernel in started:
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel(now=True)
        kernel.manager.context.destroy()
