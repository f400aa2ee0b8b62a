"""How does a test run the image as Binder would, and reach into it?

A container without a network has no port.  Whoever wants its JupyterLab enters its network
namespace: `Container.beside` starts a program there that otherwise sees this machine, so a
browser finds the server on the container's own loopback.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NAME = os.environ.get("NSLAB_IMAGE", "localhost/nslabkit")
ADDRESS = "http://127.0.0.1:8888/user/visitor"
TOKEN = "visitor"  # noqa: S105 - binder/emulate.sh gives it, in a container without a network
HOME = "home/learner"
PATIENCE = 120  # seconds
# Waits, in the container's network, until JupyterLab answers.
_WAIT = f"""
import sys, time, urllib.request
deadline = time.monotonic() + {PATIENCE}
while True:
    try:
        urllib.request.urlopen("{ADDRESS}/api", timeout=5).close()
        break
    except OSError as error:
        if time.monotonic() > deadline:
            sys.exit(str(error))
        time.sleep(0.02)
"""


def available(image: str = NAME) -> bool:
    """Whether `image` is there, and an engine that can run it."""
    if os.geteuid() or not shutil.which("podman") or not shutil.which("runc"):
        return False
    found = subprocess.run(
        ["podman", "image", "exists", image], check=False, capture_output=True, timeout=PATIENCE
    )
    return found.returncode == 0


@dataclass(frozen=True)
class Container:
    """A container that runs.

    Parameters
    ----------
    name : str
        What the engine calls it.
    pid : int
        Its first process.
    seconds : float
        From its start to JupyterLab's first answer; 0 where another command was started.
    """

    name: str
    pid: int
    seconds: float = 0.0

    def run(self, *command: str, text: str = "", timeout: float = 600) -> str:
        """Run a command in it as the visitor, and return what it says."""
        words = ["podman", "exec", "--interactive", self.name, *command]
        return _said(words, text=text, timeout=timeout)

    def beside(self, *command: str, timeout: float = 600) -> str:
        """Run a command of this machine in the container's network, and return what it says."""
        words = ["nsenter", f"--net=/proc/{self.pid}/ns/net", *command]
        return _said(words, text=None, timeout=timeout)

    def file(self, path: str) -> Path:
        """Return where this machine's root sees a file of the container."""
        return Path(f"/proc/{self.pid}/root") / path

    def memory(self) -> tuple[float, float]:
        """Return the MiB that it cannot do without, and those that it holds in all.

        Both as its control group counts them.  The first, without the pages of files that were not
        used lately, is what Kubernetes calls the working set; the second has them, too.
        """
        for line in Path(f"/proc/{self.pid}/cgroup").read_text().splitlines():
            _number, names, path = line.split(":", 2)
            if names == "memory":  # version 1
                group = Path("/sys/fs/cgroup/memory" + path)
                used, inactive = "memory.usage_in_bytes", "total_inactive_file"
                break
            if not names:
                group = Path("/sys/fs/cgroup" + path)
                used, inactive = "memory.current", "inactive_file"
        pairs = [line.split() for line in (group / "memory.stat").read_text().splitlines()]
        reclaimable = {key: int(value) for key, value in pairs}[inactive]
        total = int((group / used).read_text())
        return (total - reclaimable) / 1024**2, total / 1024**2


@contextlib.contextmanager
def running(*command: str, image: str = NAME, memory: str = "1g") -> Iterator[Container]:
    """Run `image` by ``binder/emulate.sh``: without a command, what Binder starts for a visitor."""
    name = f"nslab-{uuid.uuid4().hex[:8]}"
    begun = time.monotonic()
    process = subprocess.Popen(
        [
            *("bash", str(ROOT / "binder/emulate.sh"), "--image", image),
            *("--memory", memory, "--name", name, *command),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        container = Container(name, _pid(name, process))
        if not command:
            container.beside(sys.executable, "-c", _WAIT, timeout=PATIENCE + 30)
            container = Container(name, container.pid, time.monotonic() - begun)
        yield container
    finally:
        subprocess.run(
            ["podman", "rm", "--force", "--time", "0", name],
            check=False,
            capture_output=True,
            timeout=PATIENCE,
        )
        process.communicate(timeout=PATIENCE)


def _pid(name: str, process: subprocess.Popen[str]) -> int:
    """Wait until the container runs, and return its first process."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"it ended at once: {process.communicate()[1]}")
        asked = subprocess.run(
            ["podman", "inspect", "--type", "container", name],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if asked.returncode == 0:
            state = json.loads(asked.stdout)[0]["State"]
            if state["Running"]:
                pid: int = state["Pid"]
                return pid
        time.sleep(0.05)
    raise AssertionError(f"{name} does not run after {PATIENCE} s")


def _said(words: list[str], *, text: str | None, timeout: float) -> str:
    done = subprocess.run(
        words, input=text, capture_output=True, text=True, check=False, timeout=timeout
    )
    assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
    return done.stdout
