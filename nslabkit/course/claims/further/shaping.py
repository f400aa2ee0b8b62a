"""Queues of a link that is too narrow: claims B16 to B18."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.base.units import duration
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.further import narrow_network
from nslabkit.course.claims.further.narrow_network import LINK
from nslabkit.net import qdiscs
from nslabkit.show.figures.queue_waits import waits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nslabkit.capture import Recording
    from nslabkit.show.figures.queue_waits import Wait

_LESSON = "13_slow_narrow_lossy"
_RATE = 2_000_000  # bits a second
_SECOND, _MILLI = 10**9, 10**6  # nanoseconds
_MANY = 50  # packets that waited: fewer tell nothing of a rate
_QUEUED = 5 * _MILLI  # who waits longer stood in a queue, and not only behind a busy processor
_FEW = 5  # pings in a queue that are compared with what stood before them
_SLACK, _SPARE = 0.25, 30 * _MILLI  # of a wait, and besides: tokens that were left, slow clocks
_SHORT = 5  # times shorter than the longest wait is what a lane of its own must make it


def _lasted(wait: Wait) -> int:
    return wait.end - wait.begin


def _seen(capture: Recording | None) -> list[Wait]:
    return [] if capture is None else waits(capture, LINK)


def _transfer() -> None:
    narrow_network.send(400_000)  # some seconds' worth


def _narrow() -> Mapping[str, Any]:
    narrow_network.built()
    qdiscs.add_tbf("east", rate=_RATE, burst=5_120, limit=204_800, namespace="router")
    with narrow_network.counted(), narrow_network.recorded() as recording:
        narrow_network.pinged(_transfer)
    return {"capture": recording, "rate": _RATE}


# B16: no more than the rate, and no less


def _at_its_rate(capture: Recording | None = None, rate: int = _RATE) -> Finding:
    """Judge how fast the packets that had to wait left by the link; `rate` in bits a second."""
    queued = sorted(
        (wait for wait in _seen(capture) if _lasted(wait) > _QUEUED), key=lambda wait: wait.end
    )
    if len(queued) < _MANY:
        return not_recorded()
    took = (queued[-1].end - queued[0].end) / _SECOND
    measured = 8 * sum(wait.size for wait in queued[1:]) / took
    return finding(
        [
            (measured <= 1.1 * rate, _("{measured:.2f} Mbit/s left, more than {rate:g}.")),
            (measured >= 0.8 * rate, _("Only {measured:.2f} Mbit/s left, and {rate:g} may.")),
        ],
        _("While packets waited, {measured:.2f} Mbit/s left by the link; {rate:g} are allowed."),
        ((LINK, _told(queued)),),
        measured=measured / 1e6,
        rate=rate / 1e6,
    )


def _told(found: Sequence[Wait]) -> str:
    text = _("{count} packets, {size:,} bytes; the longest wait: {longest}")
    return text.format(
        count=len(found),
        size=sum(wait.size for wait in found),
        longest=duration(max(map(_lasted, found))),
    )


B16 = Claim(
    "B16",
    _LESSON,
    lambda: _(
        "While something waits, a link with `tbf` sends at its rate, no faster and no slower."
    ),
    _narrow,
    _at_its_rate,
)


# B17: a ping waits for what stands before it


def _behind_the_others(capture: Recording | None = None, rate: int = _RATE) -> Finding:
    """Compare each echo request's wait with the bytes that were there before it."""
    found = _seen(capture)
    echoes = [wait for wait in found if wait.echo]
    if not echoes or len(found) < _MANY:
        return not_recorded()
    late = [echo for echo in echoes if _lasted(echo) > _SPARE]
    ahead = [_ahead(echo, found) for echo in late]
    off = [
        abs(_lasted(echo) - needed) - _SLACK * needed - _SPARE
        for echo, needed in zip(late, (8 * size * _SECOND / rate for size in ahead), strict=True)
    ]
    longest = max(map(_lasted, echoes))
    return finding(
        [
            (
                len(late) >= _FEW,
                _("Hardly a ping had to wait: the longest took {longest} in the router."),
            ),
            (
                sum(one <= 0 for one in off) >= 0.8 * len(off),
                _("Pings waited longer, or less long, than the bytes before them need."),
            ),
        ],
        _(
            "A ping waited up to {longest}: as long as the {size:,} bytes before it need at "
            "{rate:g} Mbit/s."
        ),
        ((LINK, _told(echoes)),),
        longest=duration(longest),
        size=max(ahead, default=0),
        rate=rate / 1e6,
    )


def _ahead(echo: Wait, found: Sequence[Wait]) -> int:
    """Return how many bytes stood in the queue when an echo request came."""
    return sum(wait.size for wait in found if wait.begin < echo.begin < wait.end)


B17 = Claim(
    "B17",
    _LESSON,
    lambda: _("A ping in a queue waits as long as the bytes before it take to leave."),
    _narrow,
    _behind_the_others,
)


# B18: a class of its own


def _own_lane() -> Mapping[str, Any]:
    narrow_network.built()
    for command in (
        "qdisc add dev east root handle 1: htb default 20",
        "class add dev east parent 1: classid 1:1 htb rate 2mbit",
        "class add dev east parent 1:1 classid 1:10 htb rate 200kbit ceil 2mbit prio 0",
        "class add dev east parent 1:1 classid 1:20 htb rate 1800kbit ceil 2mbit prio 1",
    ):
        narrow_network.tc(command)
    narrow_network.firewall("forward", "icmp type echo-request meta priority set 1:10")
    with narrow_network.counted(), narrow_network.recorded() as recording:
        narrow_network.pinged(_transfer)
    return {"capture": recording}


def _past_the_others(capture: Recording | None = None) -> Finding:
    """Judge how long pings waited beside others that had to wait long."""
    found = _seen(capture)
    long = [wait for wait in found if not wait.echo and _lasted(wait) >= _SHORT * _QUEUED]
    beside = [
        _lasted(echo)
        for echo in found
        if echo.echo and any(wait.begin < echo.begin < wait.end for wait in long)
    ]
    if len(beside) < _FEW:
        return not_recorded()
    others = [_lasted(wait) for wait in long]
    return finding(
        [
            (
                _SHORT * max(beside) <= max(others),
                _("A ping waited {echo}, and others up to {other}: it has no lane of its own."),
            )
        ],
        _("While others waited up to {other}, no ping waited longer than {echo}."),
        ((LINK, _told(found)),),
        echo=duration(max(beside)),
        other=duration(max(others)),
    )


B18 = Claim(
    "B18",
    _LESSON,
    lambda: _("In a class of `htb` of its own, a ping passes a queue however long."),
    _own_lane,
    _past_the_others,
)
