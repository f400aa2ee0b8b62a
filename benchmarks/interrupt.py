"""How soon does an interrupt take effect, beside the ordinary kernel's?

Usage: ``python benchmarks/interrupt.py [ROUNDS]``.  For a Python loop, a ``!`` command and a
``%%bash`` cell that never end: seconds from asking for the interrupt until the kernel is idle,
medians and the longest.  Exit status 1 if one of the sandbox kernel's took longer than 0.5 s.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Any

from jupyter_client.manager import start_new_kernel

LIMIT = 0.5
KERNELS = ("python3", "nslab")
ENDLESS = {
    "Python loop": "import time\nprint('go', flush=True)\nwhile True: time.sleep(0.01)",
    "!ping": "!ping 127.0.0.1",
    "%%bash": "%%bash\necho go\nwhile true; do sleep 0.1; done",
}


def until(client: Any, kind: str, state: str | None = None) -> None:  # noqa: ANN401 - untyped there
    """Read what the kernel publishes until a message of this kind comes."""
    while True:
        message = client.get_iopub_msg(timeout=30)
        if message["msg_type"] == kind and (
            state is None or message["content"]["execution_state"] == state
        ):
            return


def measure(name: str, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each round for each kind of cell."""
    manager, client = start_new_kernel(kernel_name=name, stderr=subprocess.DEVNULL)
    taken: dict[str, list[float]] = {kind: [] for kind in ENDLESS}
    try:
        for _round in range(rounds):
            for kind, code in ENDLESS.items():
                client.execute(code)
                until(client, "stream")
                asked = time.perf_counter()
                manager.interrupt_kernel()
                until(client, "status", "idle")
                taken[kind].append(time.perf_counter() - asked)
                client.execute_interactive("0", output_hook=lambda _message: None)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return taken


def main() -> int:
    """Measure, print a table, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    found = {name: measure(name, rounds) for name in KERNELS}
    print(f"seconds, {rounds} rounds    " + "".join(f"{name:>20}" for name in KERNELS))
    for kind in ENDLESS:
        cells = "".join(
            f"{statistics.median(found[name][kind]):>12.3f} ({max(found[name][kind]):.3f})"
            for name in KERNELS
        )
        print(f"{kind:<22}{cells}   median (longest)")
    longest = max(max(times) for times in found["nslab"].values())
    print(f"aim: within {LIMIT} s: {longest:.3f} ({'reached' if longest <= LIMIT else 'MISSED'})")
    return 0 if longest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
