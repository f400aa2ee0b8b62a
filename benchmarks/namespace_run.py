"""What does running a command in a namespace cost, and how soon does a limit of time end it?

Usage: ``python benchmarks/namespace_run.py [ROUNDS]``, in a sandbox of its own.  `Namespace.run`
beside ``ip netns exec`` started by Python's subprocess, medians in milliseconds and their ratio;
how much later than its limit of 0.3 s an endless ping ends; and how long a command takes that
leaves a program in the background.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from in_sandbox import in_sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.net.namespaces import Namespace

LIMIT = 0.3
TRUE = ["ip", "netns", "exec", "netns1", "true"]


def milliseconds(act: Callable[[], object], rounds: int) -> list[float]:
    """Return how long each of some rounds took."""
    taken = []
    for _round in range(rounds):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def in_background(one: Namespace) -> None:
    """Run a command that leaves a program behind, and end that one."""
    os.kill(int(one.run("sleep 60 & echo $!", quiet=True).stdout), signal.SIGKILL)


def measure(rounds: int) -> None:
    """Print what was measured."""
    import nslabkit as lab

    one = lab.namespaces.add("netns1")
    lab.links.up("lo", namespace=one)
    ours, theirs = [], []
    for _round in range(rounds):  # side by side, so that other load meets both
        ours += milliseconds(lambda: one.run("true", quiet=True), 1)
        theirs += milliseconds(lambda: subprocess.run(TRUE, check=True, capture_output=True), 1)
    middle, other = statistics.median(ours), statistics.median(theirs)
    print(f"run('true'): {middle:.1f} ms; ip netns exec: {other:.1f} ms; {middle / other:.2f} x")
    endless = "ping -i 0.1 127.0.0.1"
    late = milliseconds(lambda: one.run(endless, timeout=LIMIT, quiet=True), rounds)
    late = [one - LIMIT * 1000 for one in late]
    print(f"after its limit: median {statistics.median(late):.0f} ms, slowest {max(late):.0f} ms")
    left = milliseconds(lambda: in_background(one), rounds)
    print(f"leaving a program: median {statistics.median(left):.0f} ms, slowest {max(left):.0f} ms")


def main() -> int:
    """Start a sandbox, and measure in it."""
    in_sandbox()
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    return 0


if __name__ == "__main__":
    sys.exit(main())
