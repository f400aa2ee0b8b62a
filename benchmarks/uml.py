"""How much slower is a Linux kernel of its own than a sandbox, side by side?

Each notebook kernel is started in turn, both ways, and does the same; medians, and their ratio.
Needs the kernel (``nslabkit kernel build-uml`` or NSLAB_UML_KERNEL).

    .venv/bin/python benchmarks/uml.py [ROUNDS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.manager import KernelManager

from nslabkit.machine.uml.kernel_file import find

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient

WAYS = ("sandbox", "uml")
CELLS = {
    "1+1": "1 + 1",
    "!true": "!true",
    "first answered ping": "!ping -c 1 127.0.0.1",
    "import matplotlib": "import matplotlib.pyplot",
    "import scapy": "import scapy.all",
}
TIMES = 5  # how often the short cells run in each round


def timed(client: BlockingKernelClient, code: str) -> float:
    """Return the seconds that a cell takes."""
    begun = time.monotonic()
    client.execute_interactive(code, output_hook=lambda _message: None, timeout=120)
    return time.monotonic() - begun


def memory(manager: KernelManager) -> float:
    """Return the MiB that a kernel's machine takes in all: the shares of its processes (Pss)."""
    launcher = manager.provisioner.pid
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = {int(pid): int(parent) for pid, parent in map(str.split, listed.stdout.splitlines())}
    family = {launcher}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    total = 0
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it ended, or it is a root's inside
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def round_of(way: str) -> dict[str, float]:
    """Start one kernel, do everything once, and return seconds (and MiB)."""
    os.environ["NSLAB_BACKEND"] = way
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        manager = KernelManager(kernel_name="nslab", connection_file=f"{folder}/kernel.json")
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=120)
        found["kernel ready"] = time.monotonic() - begun
        for name, code in CELLS.items():
            times = 1 if name.startswith("import") else TIMES
            found[name] = statistics.median(timed(client, code) for _ in range(times))
        found["memory, MiB"] = memory(manager)
        begun = time.monotonic()
        manager.restart_kernel()
        client.wait_for_ready(timeout=120)
        found["restart"] = time.monotonic() - begun
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return found


def main() -> int:
    """Print the table."""
    if find() is None:
        print("left out: there is no Linux kernel of its own here: nslabkit kernel build-uml")
        return 0
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    seen = {way: [round_of(way) for _ in range(rounds)] for way in WAYS}
    print(f"{'medians of ' + str(rounds):22} {'sandbox':>10} {'uml':>10} {'ratio':>7}")
    for name in seen["uml"][0]:
        sandbox, uml = (statistics.median(one[name] for one in seen[way]) for way in WAYS)
        print(f"{name:22} {sandbox:10.3f} {uml:10.3f} {uml / sandbox:7.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
