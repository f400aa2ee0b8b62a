"""The measurement of first pings, with the neighbour entry flushed and kept.

Rounds of two pings, in turn with the neighbour entries flushed and kept, so that whatever else
the machine does meets both alike.  A recording runs beside them: what ping prints and what passed
the link are compared ping by ping.
"""

from __future__ import annotations

import ipaddress
import re
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.net import addresses, neighbours
from nslabkit.net.namespaces import namespace
from nslabkit.show.figures.echoes import echoes
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.net.namespaces import Namespace, NamespaceLike

_TIME = re.compile(r"icmp_seq=(\d+) .*time=([\d.]+) ms")
_MICRO = 1000  # nanoseconds
_PINGS = 2  # in a round


@dataclass(frozen=True)
class Round:
    """Two pings, one right after the other.

    Attributes
    ----------
    flushed : bool
        Whether the neighbour entries were forgotten before.
    printed : tuple of float
        What ping printed for each, in µs.
    frames : tuple of float
        From the request's leaving to the reply's arrival at the asker's link, in µs.
    output : str
        All that ping printed.
    waited : float
        From the ARP request's leaving to the first echo request's, in µs; 0 without one.
    """

    flushed: bool
    printed: tuple[float, ...]
    frames: tuple[float, ...]
    output: str
    waited: float


def measure(asker: NamespaceLike, answerer: NamespaceLike, count: int) -> tuple[Round, ...]:
    """Ping `answerer` from `asker` in `count` rounds of each kind, and return them.

    Raises
    ------
    NotFoundError
        A namespace or a common network of theirs is not there.
    CommandError
        A ping was not answered.
    """
    near, far = namespace(asker), namespace(answerer)
    link, address = _way(near, far)
    command = ["ping", "-n", "-c", str(_PINGS), "-i", "0.002", "-W", "1", address]
    said: list[tuple[bool, str]] = []
    where = f"{near.name}/{link}" if near.name else link
    with capture(where, filter="arp or icmp") as recording:
        for _number in range(count):
            for flushed in (True, False):
                for end in (near, far):
                    # Where nothing is to be forgotten, the table is read: the same work before.
                    (neighbours.flush if flushed else neighbours.neighbours)(end)
                said.append((flushed, near.run(command, check=True, quiet=True).stdout))
    pings = echoes(recording.packets)
    rounds = [pings[start : start + _PINGS] for start in range(0, len(pings), _PINGS)]
    return tuple(
        Round(
            flushed,
            tuple(printed_times(text).values()),
            tuple(ping.trip / _MICRO for ping in both if ping.trip is not None),
            text,
            both[0].waited / _MICRO,
        )
        for (flushed, text), both in zip(said, rounds, strict=True)
        # Of a round in which an answer was missed, nothing can be compared.
        if len(printed_times(text)) == _PINGS and all(ping.trip is not None for ping in both)
    )


def printed_times(text: str) -> dict[int, float]:
    """Return the times that ping printed, in µs, by their sequence number."""
    return {int(number): float(time) * 1000 for number, time in _TIME.findall(text)}


def _way(near: Namespace, far: Namespace) -> tuple[str, str]:
    """Return by which link the other namespace is reached, and at which IPv4 address."""
    theirs = [ipaddress.ip_interface(one.address) for one in addresses.addresses(far)]
    for mine in addresses.addresses(near):
        network = ipaddress.ip_interface(mine.address).network
        for one in theirs:
            if one.version == 4 and not one.is_loopback and one.ip in network:  # noqa: PLR2004
                return mine.link, str(one.ip)
    raise NotFoundError(
        f"lab.figures.measure_round_trips({near.name!r}, {far.name!r})",
        _("The two have no addresses in a common network, so there is no wire to measure."),
        _("Give both ends of the wire an address: `ip addr add 172.16.0.1/24 dev veth1`."),
    )


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the first quartile, the median and the third quartile.

    Raises
    ------
    InvalidValueError
        There are fewer than two values.
    """
    if len(values) < 2:  # noqa: PLR2004 - what the statistics need
        raise InvalidValueError(
            "lab.figures.measure_round_trips(count=1)",
            _("A single value has no spread."),
            _("Measure at least two rounds; twenty is better."),
        )
    low, middle, high = statistics.quantiles(values, n=4)
    return low, middle, high
