"""What does it cost to listen beside a recording, and to put a long one in order?

usage: python benchmarks/timeline.py

Runs in a sandbox of its own.  First the log of events: time until it is ready and has begun, the
interval at which it reads the neighbour tables, and its share of a processor while nothing
happens, for 2, 10 and 50 namespaces.  Then a flood of pings, both ends recorded with and without
the log, side by side: CPU seconds of the recording process, as a ratio.  Then that recording's
timeline, its table, its steps and its story.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import ping_flood
from in_sandbox import in_sandbox

import nslabkit as lab
from nslabkit.capture.events import EventLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.show.lab_recording import LabRecording

ROUNDS = 5
IDLE = 2.0  # seconds
PINGS = 25_000  # 100,000 frames at both ends


def took(action: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that an action takes, and what it returns."""
    begun = time.perf_counter()
    answer = action()
    return time.perf_counter() - begun, answer


def listening(count: int) -> None:
    """Print what a log of this many namespaces costs."""
    names = [f"space{number}" for number in range(count)]
    for name in names:
        lab.namespaces.add(name)
        lab.links.up("lo", namespace=name)
    ready, begun, shares, intervals = [], [], [], []
    for _round in range(ROUNDS):
        log = EventLog(names)
        ready.append(took(log.prepare)[0])
        begun.append(took(log.start)[0])
        before = time.process_time()
        time.sleep(IDLE)
        shares.append((time.process_time() - before) / IDLE)
        intervals.append(log.interval)
        log.stop()
    for name in names:
        lab.namespaces.remove(name)
    print(
        f"{count:>3} namespaces: ready {1e3 * statistics.median(ready):6.2f} ms, "
        f"begun {1e6 * statistics.median(begun):5.0f} µs, "
        f"tables read every {1e3 * statistics.median(intervals):5.1f} ms, "
        f"{100 * statistics.median(shares):4.2f} % of a processor"
    )


def flood(*, events: bool) -> tuple[float, LabRecording]:
    """Record a flood; return the CPU seconds of this process, and the recording."""
    before = time.process_time()
    with lab.capture("netns1/veth1", "netns2/veth1-peer", events=events, progress=False) as found:
        subprocess.run(
            ["ip", "netns", "exec", "netns1", *ping_flood.command(PINGS, "172.16.0.2")],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return time.process_time() - before, found


def pair() -> None:
    """Make the chapter's topology."""
    for number in (1, 2):
        lab.namespaces.add(f"netns{number}")
    lab.links.add_veth("veth1", "veth1-peer", namespace="netns1", peer_namespace="netns2")
    for number, link in ((1, "veth1"), (2, "veth1-peer")):
        lab.addresses.add(f"172.16.0.{number}/24", link, namespace=f"netns{number}")
        lab.links.up(link, namespace=f"netns{number}")


def main() -> int:
    """Measure, in a sandbox."""
    in_sandbox()
    for count in (2, 10, 50):
        listening(count)
    pair()
    flood(events=True)  # loads what is loaded once
    spent: dict[bool, list[float]] = {True: [], False: []}
    for _round in range(ROUNDS):
        for events in (True, False):
            cpu, recording = flood(events=events)
            spent[events].append(cpu)
    having, without = (statistics.median(spent[events]) for events in (True, False))
    print(
        f"{len(recording):,} frames recorded: CPU {having:.3f} s with the log, "
        f"{without:.3f} s without, ratio {having / without:.2f}"
    )
    seconds, timeline = took(recording.timeline)
    print(f"timeline of {len(timeline):,} events: {seconds:.2f} s")
    for name, action in (
        ("its table", timeline._repr_html_),
        ("its steps", timeline.steps),
        ("its story", lambda: repr(timeline.explain())),
    ):
        print(f"{name}: {took(action)[0]:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
