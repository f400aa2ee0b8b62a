"""Ping's own output: what it says about its packets.

``ping -D`` prints, before each answer, the clock when it printed the line.  The round trip that
it prints ends earlier: at the time that the kernel wrote on the answer when it came in
(``SO_TIMESTAMP``; with ``-U`` it would end in ping itself).  It begins when ping read the clock
to send.  So when it sent is printed time less round trip at the latest; where the packet was
recorded, the time that ping wrote into it says exactly when.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.capture.events.observation import Clock, Observation
from nslabkit.net import typed_values
from nslabkit.net.namespace import HOST, NamespaceLike, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.base.commands import Result

_SHORTEST = 0.002  # seconds: ping refuses less to who is not root

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


def run(
    where: NamespaceLike, address: str, *, count: int, interval: float, quiet: bool
) -> tuple[Result, tuple[Observation, ...]]:
    """Run ``ping -n -D -c COUNT -i INTERVAL ADDRESS``; return how it ended, and what it said.

    Raises
    ------
    NotFoundError
        There is no such namespace, or no ping.
    InvalidValueError
        That is no address, or a number is out of range.
    """
    space = resolve(where)
    command = ["ping", "-n", "-D", "-c", str(count), "-i", f"{interval:g}", str(address)]
    tried = " ".join(command)
    typed_values.address(address, tried)
    if not isinstance(count, int) or count < 1 or interval < _SHORTEST:
        raise InvalidValueError(
            tried,
            _("ping sends at least one request, and waits at least 2 ms between two."),
            _("For example: count=3, interval=0.2."),
        )
    result = space.run(command, quiet=quiet)
    name = "" if space == HOST else space.name or space.path
    return result, observations(result.stdout, name)
