"""How much longer does a sandbox kernel take to answer than the ordinary one, by both ways in?

Usage: ``python benchmarks/kernel_start.py [ROUNDS]``.  Starts the ordinary kernel, the sandbox
kernel by its provisioner and the sandbox kernel by the kernelspec's own command (over TCP, as a
client that ignores provisioners does) in turn, so that all meet the same machine, and compares
medians from the start to the first answer, in seconds.  Exit status 1 if a sandbox kernel takes
more than 1.15 times as long as the ordinary one.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from jupyter_client.manager import KernelManager

LIMIT = 1.15
WAYS = ("ordinary", "provisioner", "command")


def manager_for(way: str) -> KernelManager:
    """Return a manager that starts a kernel in this way."""
    manager = KernelManager(kernel_name="python3" if way == "ordinary" else "nslab")
    if way == "command":
        manager.kernel_spec.metadata.clear()
    return manager


def measure(way: str) -> dict[str, float]:
    """Return how long start, restart and shutdown of a kernel took, in seconds."""
    begin = time.perf_counter()
    manager = manager_for(way)
    manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    client.execute_interactive("6 * 7", output_hook=lambda _message: None)
    started = time.perf_counter()
    manager.restart_kernel()
    client.wait_for_ready(timeout=60)
    client.execute_interactive("6 * 7", output_hook=lambda _message: None)
    restarted = time.perf_counter()
    client.stop_channels()
    manager.shutdown_kernel()
    ended = time.perf_counter()
    return {"start": started - begin, "restart": restarted - started, "shutdown": ended - restarted}


def main() -> int:
    """Measure, print a table, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    taken: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for number in range(rounds + 1):
        for way in WAYS if number % 2 else reversed(WAYS):
            result = measure(way)
            if number:  # the first round only fills the caches
                taken[way].append(result)
    heads = "".join(f"{way:>14}" for way in WAYS)
    print(f"medians of {rounds}, s {heads}        ratios")
    slowest = 0.0
    for step in ("start", "restart", "shutdown"):
        medians = [statistics.median(result[step] for result in taken[way]) for way in WAYS]
        ratios = [median / medians[0] for median in medians[1:]]
        figures = "".join(f"{median:>14.3f}" for median in medians)
        print(f"{step:<17} {figures}   " + "".join(f"{ratio:>7.2f}" for ratio in ratios))
        slowest = max(slowest, *ratios) if step == "start" else slowest
    print(f"a start may take {LIMIT} times as long")
    return 0 if slowest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
