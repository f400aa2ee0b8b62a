"""The first ping: is it slower, and how much of that is ARP?  Claim C23."""

from __future__ import annotations

import re
import statistics
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ADDRESSES, ENDS, finding, ip
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.ping_path import INSIDE
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ROUNDS = 25
_FEWEST = 15  # rounds; with fewer, chance alone may look like a difference
_MOSTLY = 0.75  # of the pairings; for sets that do not differ that is three deviations from 0.5
_MILLI = 1000  # microseconds
_TIME = re.compile(r"icmp_seq=(\d+) .*time=([\d.]+) ms")


def _both_ways() -> Mapping[str, Any]:
    chapter.addressed()
    return rounds(_ROUNDS)


def rounds(count: int) -> dict[str, list[str]]:
    """Ping in rounds of two, in turn with the neighbour entries flushed and kept.

    Both kinds alternate, so that what else the machine does meets both alike, and before both
    runs ``ip``, which only looks where nothing is to be flushed.  The two pings of a round follow
    each other after 2 ms: the processor does not fall asleep between them.

    Parameters
    ----------
    count : int
        How many rounds of each kind.

    Returns
    -------
    dict
        ``flushed`` and ``kept``: what each ping printed.
    """
    asker = namespaces.namespace("netns1")
    command = ["ping", "-n", "-c", "2", "-i", "0.002", "-W", "1", ADDRESSES["netns2"]]
    flushed: list[str] = []
    kept: list[str] = []
    for _round in range(count):
        for action, outputs in (("flush", flushed), ("show", kept)):
            for name, end in ENDS.items():
                ip(f"-n {name} neigh {action} dev {end}")
            outputs.append(asker.run(command, check=True, quiet=True).stdout)
    return {"flushed": flushed, "kept": kept}


def _first_is_slower(
    flushed: Iterable[str] | None = None, kept: Iterable[str] | None = None
) -> Finding:
    """Judge what ping printed in many rounds of two, with the entry flushed before and kept.

    One set of times counts as slower than another if a time of the one, paired with each of the
    other, is the longer one in three pairings of four: single slow ones are always there.
    """
    if flushed is None or kept is None:
        return not_recorded()
    without, second, again = _times(flushed, 1), _times(flushed, 2), _times(kept, 1)
    kept_second = _times(kept, 2)
    if min(map(len, (without, second, again, kept_second))) < _FEWEST:
        text = _("These are too few rounds to compare: make at least {count}.")
        return Finding(Outcome.UNKNOWN, text.format(count=_FEWEST))
    middles = [statistics.median(part) for part in (without, second, again, kept_second)]
    rest = _("The other {rest:.0f} µs remain when the entry is kept: they are not ARP.")
    if not _slower(again, kept_second):
        rest = _("With the entry kept, the first is no slower than the second.")
    text = _(
        "The first ping took {first:.0f} µs, the second {second:.0f} µs (medians). "
        "{entry:.0f} µs disappear when the neighbour entry is kept."
    )
    rows = [
        (_("first ping, entry flushed"), without),
        (_("first ping, entry kept"), again),
        (_("second ping, entry flushed before the first"), second),
        (_("second ping, entry kept"), kept_second),
    ]
    return finding(
        [
            (_slower(without, second), _("The first ping was not slower than the second.")),
            (
                _slower(without, again),
                _("Flushing the neighbour entry made no difference: was it really gone?"),
            ),
        ],
        _("{sentence} {more}").format(sentence=text, more=rest),
        [(label, _spread(times)) for label, times in rows],
        first=middles[0],
        second=middles[1],
        entry=middles[0] - middles[2],
        rest=middles[2] - middles[1],
    )


def _times(outputs: Iterable[str], number: int) -> list[float]:
    """Return the times of the pings with this number, in microseconds."""
    return [
        float(time) * _MILLI
        for seq, time in _TIME.findall("\n".join(outputs))
        if int(seq) == number
    ]


def _slower(some: list[float], others: list[float]) -> bool:
    longer = sum(one > other for one in some for other in others)
    return longer >= _MOSTLY * len(some) * len(others)


def _spread(times: list[float]) -> str:
    low, middle, high = statistics.quantiles(times, n=4)
    text = _("median {middle:.0f} µs, half of them in {low:.0f}–{high:.0f} µs, {count} pings")
    return text.format(middle=middle, low=low, high=high, count=len(times))


C23 = Claim(
    "C23",
    INSIDE,
    lambda: _("The first round trip (0.309 ms) is slower than the second (0.079 ms)."),
    _both_ways,
    _first_is_slower,
    place="4.5",
)
