"""What does ping itself say of its packets?

``ping -D`` prints, before each answer, the clock when it printed the line.  The round trip that
it prints ends earlier: at the time that the kernel wrote on the answer when it came in
(``SO_TIMESTAMP``; with ``-U`` it would end in ping itself).  It begins when ping read the clock
to send.  So when it sent is printed time less round trip at the latest; where the packet was
recorded, the time that ping wrote into it says exactly when.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nslabkit.events.observation import Clock, Observation

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["observations", "printed_round_trips"]

_LINE = re.compile(
    r"^\[(?P<seconds>\d+)\.(?P<micro>\d+)\] \d+ bytes from (?P<source>\S+?):? .*?"
    r"icmp_seq=(?P<seq>\d+) .*?time=(?P<time>[\d.]+) ms",
    re.MULTILINE,
)
_MICRO, _SECOND, _MILLI = 1_000, 1_000_000_000, 1_000_000  # nanoseconds


def observations(output: str, namespace: str = "") -> tuple[Observation, ...]:
    """Return what the output of ``ping -D`` tells: for each answer when it was sent and printed.

    Parameters
    ----------
    output : str
        What ``ping -D`` wrote.  Lines without a time in brackets tell nothing and are left out.
    namespace : str
        Where ping ran; ``""`` for the host.
    """
    return tuple(_each(output, namespace))


def _each(output: str, namespace: str) -> Iterator[Observation]:
    for match in _LINE.finditer(output):
        printed = int(match["seconds"]) * _SECOND + int(match["micro"].ljust(6, "0")) * _MICRO
        trip = round(float(match["time"]) * _MILLI)
        detail = {"seq": int(match["seq"]), "source": match["source"], "round_trip": trip}
        yield Observation(printed - trip, Clock.DERIVED, namespace, None, "ping", "sent", detail)
        yield Observation(printed, Clock.PRINTED, namespace, None, "ping", "printed", detail)


def printed_round_trips(output: str) -> dict[int, int]:
    """Return the round trips that ``ping -D`` printed, in nanoseconds, by sequence number."""
    return {
        one.detail["seq"]: one.detail["round_trip"]
        for one in _each(output, "")
        if one.change == "printed"
    }
