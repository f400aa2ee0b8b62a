"""Does anything remain after a hundred deaths, whoever dies, whenever, whichever way in it was?

Each time a client of its own starts a kernel, by the provisioner or by the kernelspec's own
command, and a moment later, in the middle of the start or long after, ``kill -9`` hits one of:
the client, the launcher or stand-in, the carrier's launcher, process 1, the kernel, two at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.machine import socket_folder

if TYPE_CHECKING:
    from conftest import Host

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

TIMES = int(os.environ.get("NSLAB_DEATHS", "100"))
KERNELS = Path(__file__).parents[2] / "kernels"
PATIENCE = 120.0  # seconds
# From the client by way of launcher, or stand-in and launcher, and process 1 to the kernel.
NOT_OURS = 1000
DEEPEST = {"provisioner": 3, "command": 4}
# A client that says when the kernel answers, and that tidies up after a kernel that has died, or
# ends one that lives on when it is told to.
CLIENT = """
import select, sys
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="nslab", connection_file=sys.argv[1])
print("starts", flush=True)
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    print("ready", flush=True)
    client.execute("!ip netns add n; (setsid sleep 1000 &); sleep 1000")
    while manager.is_alive() and not select.select([sys.stdin], [], [], 0.05)[0]:
        pass
except RuntimeError:
    pass
client.stop_channels()
manager.shutdown_kernel(now=True)
"""


@pytest.mark.parametrize("way", ["provisioner", "command"])
def test_nothing_is_left_after_a_hundred_deaths(
    host: Host, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = int(os.environ.get("NSLAB_SEED", "") or time.time_ns() % 10**6)
    print(f"NSLAB_SEED={seed}")  # noqa: T201 - a failure can be repeated by it
    chance = random.Random(seed)  # noqa: S311 - no secret
    monkeypatch.setenv("JUPYTER_PATH", str(_specs(way)))
    hit: dict[str, int] = {}
    for number in range(TIMES // 2):
        victims, strictly = _one_death(way, chance, host.runtime / f"kernel-{number}.json")
        for victim in victims:
            hit[victim] = hit.get(victim, 0) + 1
        what = f"{way}, seed {seed}, number {number}: {victims}, strictly: {strictly}"
        print(what, flush=True)  # noqa: T201 - the record
        _expect_nothing(host, what, strictly=strictly)
    print(way, hit)  # noqa: T201 - who was hit, for the record


def _specs(way: str) -> Path:
    folder = Path(way).absolute()
    for name in ("nslab", "nslab-zh"):
        spec = json.loads((KERNELS / name / "kernel.json").read_text())
        spec["argv"][0] = sys.executable
        if way == "command":
            del spec["metadata"]
        (folder / "kernels" / name).mkdir(parents=True)
        (folder / "kernels" / name / "kernel.json").write_text(json.dumps(spec))
    return folder


def _one_death(way: str, chance: random.Random, file: Path) -> tuple[list[str], bool]:
    """Start a client and kill one or two at a random moment.

    Returns
    -------
    tuple
        Who it was, and whether nothing at all may be left: it was one, and the kernel had answered.
    """
    command = [sys.executable, "-c", CLIENT, str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        assert client.stdout.readline() == "starts\n"
        ran = chance.random() < 0.5
        if not ran:  # somewhere in its start
            time.sleep(chance.uniform(0, 1.5))
        else:
            client.stdout.readline()
            time.sleep(chance.uniform(0, 0.3))
        those = [pid for pid in _family(client.pid) if _depth(pid, client.pid) <= DEEPEST[way]]
        victims = chance.sample(those, min(len(those), chance.choice((1, 1, 2))))
        names = [f"{_depth(pid, client.pid)} {_name(pid)}" for pid in victims]
        alone = len(victims) == 1
        held = [_held(pid, client.pid) for pid in victims]  # before the first is killed
        for descriptor in held:
            _kill(descriptor)
        try:
            client.wait(chance.uniform(0, 2))
        except subprocess.TimeoutExpired:
            # Who died may have been a helper, without whom the kernel lives on.  The client kills
            # it now, which may be one more death for who is just tidying up.
            alone = False
        client.stdin.close()
        try:
            client.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            client.kill()
            pytest.fail(f"the client waits for ever after the death of {names}")
    return names, ran and alone


def _family(pid: int) -> list[int]:
    """A process and all that came of it, as far as it can be seen now."""
    found, still = [], [pid]
    while still:
        found.append(still.pop())
        for task in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                still += [int(child) for child in task.read_text().split()]
    return found


def _held(pid: int, ancestor: int) -> int | None:
    """A pidfd of it if it still is one of the family: its number may be another's by now."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    if _depth(pid, ancestor) < NOT_OURS:
        return descriptor
    os.close(descriptor)
    return None


def _kill(descriptor: int | None) -> None:
    if descriptor is not None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        os.close(descriptor)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "(ended)"


def _depth(pid: int, ancestor: int) -> int:
    """How many generations lie between the two; `NOT_OURS` where it is none of the family."""
    depth = 0
    while pid != ancestor:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return NOT_OURS
        if pid <= 1:
            return NOT_OURS
        depth += 1
    return depth


def _expect_nothing(host: Host, what: str, *, strictly: bool) -> None:
    """Fail if anything is left.

    Who dies between making a file and telling somebody else of it, or in one blow with them, may
    leave this file until the next kernel's start.  No process, namespace or mount may stay.
    """
    deadline = time.monotonic() + PATIENCE
    while host.processes() or (strictly and host.traces(set())):
        assert time.monotonic() < deadline, (what, host.traces(set()))
        time.sleep(0.02)
    for folder in host.sockets.iterdir():
        os.utime(folder, (1, 1))  # as if it had happened a while ago
    socket_folder.remove_leftovers()
    for file in host.runtime.glob("kernel-*"):
        file.unlink()  # not noted yet, or of a client that was killed with its stand-in
    assert host.traces(set()) == [], what
