"""How long does a neighbour's cell take while a notebook beside it misbehaves?

Usage: ``python benchmarks/neighbour.py [CELLS]``.

Two kernels of the same user: one runs each abuse
in turn, the other answers cells; medians and 95th percentiles of a cell's round trip, in
milliseconds, and the ratio to the quiet time just before, so that a busy machine cancels out.
Each abuse is bounded by itself too, and ends with its kernel.  Exit status 1 if a median takes
more than 3 times as long.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from jupyter_client.manager import start_new_kernel

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient

LIMIT = 3.0
_FORKS = """
import os, time
end = time.monotonic() + 15
while time.monotonic() < end:
    try:
        if os.fork() == 0:
            while time.monotonic() < end:
                pass
            os._exit(0)
    except BlockingIOError:
        time.sleep(0.01)
"""
ABUSES = {
    "fork bomb": f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_FORKS!r}])",
    "memory hog": """
import time
end, held = time.monotonic() + 15, []
while time.monotonic() < end:
    try:
        held.append(b"x" * (64 << 20))
        if len(held) > 48:
            held.clear()
    except MemoryError:
        held.clear()
""",
    "10,000 namespaces": "!timeout 15 sh -c 'for n in $(seq 10000); do ip netns add n$n; done' "
    ">/dev/null 2>&1",
    "full /run": "!timeout 15 sh -c 'while :; do head -c 1G /dev/zero > /run/full; done' "
    "2>/dev/null",
    "ping -f": "!timeout 15 ping -f 127.0.0.1 > /dev/null",
}


def round_trips(client: BlockingKernelClient, cells: int) -> list[float]:
    """Return the milliseconds that each of so many cells took."""
    taken = []
    for _cell in range(cells):
        begin = time.perf_counter()
        client.execute_interactive("6 * 7", output_hook=lambda _message: None, timeout=60)
        taken.append((time.perf_counter() - begin) * 1000)
    return taken


def while_abused(neighbour: BlockingKernelClient, code: str, cells: int) -> tuple[list[float], ...]:
    """Return the round trips before and while another notebook runs `code`."""
    manager, client = start_new_kernel(kernel_name="nslab", stderr=subprocess.DEVNULL)
    try:
        quiet = round_trips(neighbour, cells)
        client.execute(code)
        time.sleep(2)  # until it is in full swing; it goes on for 13 s
        return quiet, round_trips(neighbour, cells)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> int:
    """Measure, print a table, judge."""
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    manager, neighbour = start_new_kernel(kernel_name="nslab", stderr=subprocess.DEVNULL)
    worst = 0.0
    print(f"{'ms, median (95 %)':<20}  {'quiet':>14}  {'abused':>14}  ratio")
    try:
        round_trips(neighbour, cells)
        for name, code in ABUSES.items():
            before, during = while_abused(neighbour, code, cells)
            ratio = statistics.median(during) / statistics.median(before)
            worst = max(worst, ratio)
            print(f"{name:<20}  {_told(before):>14}  {_told(during):>14}  {ratio:5.2f}", flush=True)
    finally:
        neighbour.stop_channels()
        manager.shutdown_kernel(now=True)
    print(f"a cell may take {LIMIT:.0f} times as long")
    return 0 if worst <= LIMIT else 1


def _told(taken: list[float]) -> str:
    return f"{statistics.median(taken):.1f} ({statistics.quantiles(taken, n=20)[-1]:.1f})"


if __name__ == "__main__":
    sys.exit(main())
