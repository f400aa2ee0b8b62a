"""How much longer does a sandbox kernel take to answer than the ordinary one?

Usage: ``python benchmarks/kernel_start.py [ROUNDS]``.  Starts both kernels in turn, so that both
meet the same machine, and compares medians from the start to the first answer, in seconds.
Exit status 1 if the sandbox kernel takes more than 1.15 times as long.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from jupyter_client.manager import start_new_kernel

LIMIT = 1.15
KERNELS = ("python3", "nslab")


def measure(name: str) -> dict[str, float]:
    """Return how long start, restart and shutdown of the kernel `name` took, in seconds."""
    begin = time.perf_counter()
    manager, client = start_new_kernel(kernel_name=name, stderr=subprocess.DEVNULL)
    client.execute_interactive("6 * 7", output_hook=lambda _message: None)
    started = time.perf_counter()
    manager.restart_kernel()
    client.wait_for_ready()
    client.execute_interactive("6 * 7", output_hook=lambda _message: None)
    restarted = time.perf_counter()
    client.stop_channels()
    manager.shutdown_kernel()
    ended = time.perf_counter()
    return {"start": started - begin, "restart": restarted - started, "shutdown": ended - restarted}


def main() -> int:
    """Measure, print a table, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in KERNELS}
    for number in range(rounds + 1):
        for name in KERNELS if number % 2 else reversed(KERNELS):
            result = measure(name)
            if number:  # the first round only fills the caches
                taken[name].append(result)
    print(f"medians of {rounds}, s  {KERNELS[0]:>8}  {KERNELS[1]:>8}     ratio")
    ratios = {}
    for step in ("start", "restart", "shutdown"):
        plain, ours = (statistics.median(r[step] for r in taken[name]) for name in KERNELS)
        ratios[step] = ours / plain
        print(f"{step:<16}  {plain:>8.3f}  {ours:>8.3f}  {ratios[step]:>8.2f}")
    print(f"start may take {LIMIT} times as long")
    return 0 if ratios["start"] <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
