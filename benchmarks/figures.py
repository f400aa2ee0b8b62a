"""How long does it take to draw a ping's ladder, and to plot a hundred thousand frames?

usage: python benchmarks/figures.py [--rounds N]

It runs inside a sandbox of its own (it starts itself there).  Drawing is compared, in the same
run and in turn, with matplotlib writing empty axes as SVG.  Aim: a ladder in 0.3 s at most.
"""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import matplotlib.figure
import numpy as np
import ping_flood
from in_sandbox import in_sandbox

import nslabkit as lab
from nslabkit.capture import FRAME
from nslabkit.show.lab_recording import LabRecording

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 0.3  # seconds for a ladder
MANY = 100_000  # frames
NETWORK = """
ip netns add netns1; ip netns add netns2
ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
ip -n netns1 link set veth1 up; ip -n netns2 link set veth1-peer up
ip -n netns1 neigh flush all; ip -n netns2 neigh flush all
"""


def recordings() -> tuple[LabRecording, LabRecording]:
    """Record the chapter's first ping, and a flood of `MANY` frames at the taps."""
    subprocess.run(["sh", "-ec", NETWORK], check=True)
    one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
    with lab.capture(one, two, filter="arp or icmp") as first:
        one.run("ping -c 1 -W 5 172.16.0.2", check=True, quiet=True)
    with lab.capture(one, two, filter="icmp") as flood:
        one.run(ping_flood.command(MANY // 4, "172.16.0.2"), check=True, quiet=True)
    for name in ("netns1", "netns2"):
        lab.namespaces.remove(name)
    return first, flood


def many(flood: LabRecording) -> LabRecording:
    """Return exactly `MANY` frames: what a busy machine dropped is filled up by repeating."""
    frames = np.resize(flood.frames, MANY).astype(FRAME)
    frames["time"] = np.sort(frames["time"])
    return LabRecording(flood.interfaces, frames, flood.data)


def empty() -> None:
    """Let matplotlib write a figure with empty axes."""
    figure = matplotlib.figure.Figure(figsize=(8, 6))
    figure.add_subplot()
    figure.savefig(io.StringIO(), format="svg")


def seconds(act: Callable[[], object]) -> float:
    """Return how long it took."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, and return 1 where the aim is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    in_sandbox()
    first, flood = recordings()
    large = many(flood)
    acts: dict[str, Callable[[], object]] = {
        "empty axes of matplotlib": empty,
        "ladder of the first ping": lambda: first.ladder().svg(),
        "scrubber of the first ping": lambda: lab.scrubber(first),
        f"rate of {MANY:,} frames": lambda: lab.figures.rate(large).svg(),
        f"ladder out of {MANY:,} frames": lambda: large.ladder(first=MANY // 4).svg(),
    }
    cold = {name: seconds(act) for name, act in acts.items()}
    warm: dict[str, list[float]] = {name: [] for name in acts}
    for _round in range(rounds):
        for name, act in acts.items():
            warm[name].append(seconds(act))
    medians = {name: statistics.median(times) for name, times in warm.items()}
    base = medians["empty axes of matplotlib"]
    print(f"{len(flood)} frames were recorded in the flood, {flood.dropped} dropped")
    for name, median in medians.items():
        print(
            f"{name:<34}{median:8.3f} s   first time {cold[name]:6.3f} s"
            f"   {median / base:5.1f} × empty"
        )
    ladder = medians["ladder of the first ping"]
    print(f"aim: ladder in {MOST} s: {ladder:.3f} ({'reached' if ladder <= MOST else 'MISSED'})")
    return 0 if ladder <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
