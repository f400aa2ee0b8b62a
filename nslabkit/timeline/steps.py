"""The steps of a ping, and how long each takes.

The steps are those of the chapter's claims C24 to C28.  Between two taps the times are the
kernel's.  Before the first tap and behind the last lies what no frame tells of: ping, its system
calls, the look-ups, the wake-up of a process that waits, and paths that are cold the first time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.base.units import duration
from nslabkit.timeline.event_words import place_name
from nslabkit.timeline.exchanges import Exchange, Trip, exchanges, questions_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.timeline.timeline_plan import TimelinePlan


@dataclass(frozen=True)
class Step:
    """One step of a ping, from one event to another.

    Attributes
    ----------
    ping : int or None
        The sequence number of the ping; None for what belongs to none.
    claim : str
        The chapter's claim that speaks of it, ``"C24"`` to ``"C28"``.
    key : str
        What it is, for a program: ``"handed over"``, ``"route"``, ``"address unknown"``,
        ``"question crosses"``, ``"question answered"``, ``"answer crosses"``,
        ``"waiting packet goes"``, ``"request crosses"``, ``"request answered"``,
        ``"reply crosses"``, ``"ping wakes"`` or ``"confirmed"``.
    text : str
        What happens in it, in the reader's language.
    begin, end : int or None
        The numbers of the events between which it lies; None where one of them was not seen.
    nanoseconds : int or None
        How long it took; None for a step without a time of its own, or where the clock was set
        meanwhile.
    inside : bool
        Whether both ends are times of the kernel at a tap.
    """

    ping: int | None
    claim: str
    key: str
    text: str
    begin: int | None
    end: int | None
    nanoseconds: int | None
    inside: bool

    @property
    def json(self) -> dict[str, Any]:
        """The same for a script."""
        return {
            "ping": self.ping,
            "claim": self.claim,
            "key": self.key,
            "text": self.text,
            "begin": self.begin,
            "end": self.end,
            "nanoseconds": self.nanoseconds,
            "inside": self.inside,
        }


def steps(plan: TimelinePlan) -> Table[Step]:
    """Return the steps of each ping, then the confirmations that no ping waited for."""
    pings = exchanges(plan)
    maker = _Maker(plan)
    rows = [step for ping in pings for step in maker.of_ping(ping)]
    for trip in questions_alone(plan, pings):
        rows += maker.of_confirmation(trip)
    return Table(
        _("Steps of {count} pings").format(count=len(pings)),
        rows,
        {
            _("ping"): lambda row: "" if row.ping is None else str(row.ping),
            _("claim"): lambda row: row.claim,
            _("step"): lambda row: row.text,
            _("events"): _between,
            _("time"): _time,
            _("measured"): _measured,
        },
        [row.json for row in rows],
    )


def _between(step: Step) -> str:
    return "–".join(str(one) for one in dict.fromkeys((step.begin, step.end)) if one is not None)


def _time(step: Step) -> str:
    return "" if step.nanoseconds is None else duration(step.nanoseconds)


def _measured(step: Step) -> str:
    if step.nanoseconds is None:
        return ""
    return _("between the taps") if step.inside else _("outside the taps")


class _Maker:
    def __init__(self, plan: TimelinePlan) -> None:
        self._plan = plan
        self._stepped = [
            plan.numbers[len(plan.packets) + number]
            for number, one in enumerate(plan.scene.observations)
            if one.kind == "clock"
        ]

    def of_ping(self, ping: Exchange) -> Iterator[Step]:
        detail = self._plan.readings[ping.echo.out].detail
        number = int(detail["seq"])
        first = ping.echo.out if ping.asked is None else ping.asked.out
        packet = self._plan.packets[ping.echo.out]
        names = {
            "link": packet.interface.name,
            "source": detail["source"],
            "destination": detail["destination"],
            "there": self._space(ping.echo.arrived),
        }
        sent = self._observed(ping.sent)
        yield self._step(
            number,
            ("C24", "handed over"),
            _("ping hands its packet to the stack; the stack takes it to the link {link}"),
            names,
            (sent, first),
        )
        yield self._step(
            number,
            ("C25", "route"),
            _("the route names the link {link} and the source address {source}"),
            names,
            (ping.echo.out, ping.echo.out),
        )
        if ping.asked is not None:
            yield from self._of_asking(number, ping, ping.asked)
        yield from self._of_echo(number, ping, names)

    def _of_asking(self, number: int, ping: Exchange, asked: Trip) -> Iterator[Step]:
        names = {
            "address": str(self._plan.readings[asked.out].asks[2]),  # type: ignore[index]  # asked
            "there": self._space(asked.arrived),
        }
        texts = (
            (
                ("C26", "address unknown"),
                _(
                    "the MAC address of {address} is not known: everybody is asked, the packet "
                    "waits"
                ),
                (asked.out, asked.out),
            ),
            (
                ("C27", "question crosses"),
                _("the question crosses the wire"),
                (asked.out, asked.arrived),
            ),
            (
                ("C28", "question answered"),
                _("{there} notes who asked, and answers"),
                (asked.arrived, asked.answered),
            ),
            (
                ("C28", "answer crosses"),
                _("the answer crosses the wire"),
                (asked.answered, asked.back),
            ),
            (
                ("C28", "waiting packet goes"),
                _("the address is noted and the waiting packet leaves"),
                (asked.back, ping.echo.out),
            ),
        )
        for what, text, ends in texts:
            yield self._step(number, what, text, names, ends)

    def _of_echo(self, number: int, ping: Exchange, names: dict[str, str]) -> Iterator[Step]:
        echo = ping.echo
        texts = [
            ("request crosses", _("the echo request crosses the wire"), (echo.out, echo.arrived)),
            (
                "request answered",
                _("the kernel of {there} answers; no program does"),
                (echo.arrived, echo.answered),
            ),
            ("reply crosses", _("the echo reply crosses the wire"), (echo.answered, echo.back)),
        ]
        if ping.printed is not None:
            text = _("ping wakes up and prints the answer; its time had already ended at the tap")
            texts.append(("ping wakes", text, (echo.back, self._observed(ping.printed))))
        for key, text, ends in texts:
            if ends[0] is not None:
                yield self._step(number, ("C28", key), text, names, ends)

    def of_confirmation(self, trip: Trip) -> Iterator[Step]:
        """Yield one step for a question to a single address: is it still there?"""
        reading = self._plan.readings[trip.out]
        mac = str(reading.detail.get("mac_destination", ""))
        if int(mac[:2] or "1", 16) & 1:  # to a group, so nobody was known
            return
        names = {
            "here": self._space(trip.out),
            "address": str(reading.asks[2]) if reading.asks else "",
        }
        yield self._step(
            None,
            ("C28", "confirmed"),
            _("{here} asks only {address} whether it is still there, and gets its answer"),
            names,
            (trip.out, trip.back),
        )

    def _observed(self, number: int | None) -> int | None:
        return None if number is None else len(self._plan.packets) + number

    def _space(self, place: int | None) -> str:
        return "?" if place is None else place_name(self._plan.packets[place].interface.namespace)

    def _step(
        self,
        ping: int | None,
        what: tuple[str, str],
        text: str,
        names: dict[str, str],
        ends: tuple[int | None, int | None],
    ) -> Step:
        claim, key = what
        begin, end = ends
        count = len(self._plan.packets)
        inside = all(one is not None and one < count for one in ends)
        first, last = (self._plan.number(one) for one in ends)
        took = None
        if begin is not None and end is not None and begin != end:
            took = self._took(begin, end)
        return Step(ping, claim, key, text.format(**names), first, last, took, inside)

    def _took(self, begin: int, end: int) -> int | None:
        first, last = self._plan.numbers[begin], self._plan.numbers[end]
        if any(first < step < last for step in self._stepped):
            return None
        return self._time(end) - self._time(begin)

    def _time(self, one: int) -> int:
        count = len(self._plan.packets)
        if one < count:
            return self._plan.packets[one].time
        return self._plan.scene.observations[one - count].time
