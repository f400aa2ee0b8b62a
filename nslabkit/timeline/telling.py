"""How are events told, so that each sentence rests on what was seen?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nslabkit.language import translate as _
from nslabkit.timeline.exchanges import Exchange, Trip, exchanges, questions_alone
from nslabkit.timeline.story import Sentence
from nslabkit.timeline.words import EXACT, duration, place_name, sentence

if TYPE_CHECKING:
    from nslabkit.timeline.making import Plan
    from nslabkit.timeline.timeline import Timeline

__all__ = ["Teller"]

_OF_A_KIND = 3  # frames of one conversation and kind that are told one by one


class Teller:
    """Makes sentences; each event is told once."""

    def __init__(self, timeline: Timeline, plan: Plan) -> None:
        self._plan = plan
        self._begin = timeline.begin
        self._told: set[int] = set()
        self._sentences: list[Sentence] = []
        self._onward: dict[int, list[int]] = {}
        for later, earlier in [*plan.same.items(), *plan.relations.forwarded.items()]:
            self._onward.setdefault(earlier, []).append(later)

    def sentences(self) -> list[Sentence]:
        """Return the sentences in the order of their first events."""
        pings = exchanges(self._plan)
        for ping in pings:
            self._tell_ping(ping)
        for trip in questions_alone(self._plan, pings):
            self._tell_question(trip)
        self._tell_rules()
        self._tell_other_observations()
        self._tell_other_frames()
        return sorted(self._sentences, key=lambda one: one.events[0])

    # ------------------------------------------------------------------------------- pings
    def _tell_ping(self, ping: Exchange) -> None:
        echo, plan = ping.echo, self._plan
        detail, on = plan.readings[echo.out].detail, plan.packets[echo.out].interface
        names = {
            "number": detail["seq"],
            "here": place_name(on.namespace),
            "destination": detail["destination"],
        }
        if ping.sent is not None:
            text = _("In {here} ping makes echo request {number} for {destination}.")
            self._say(text.format(**names), self._observed(ping.sent))
        if ping.asked is not None:
            self._tell_question(ping.asked, waiting=echo.out)
        size = plan.packets[echo.out].length
        text = _(
            "Echo request {number} leaves {here} by the link {link}, from {source}, {size} bytes."
        )
        self._say(text.format(link=on.name, source=detail["source"], size=size, **names), echo.out)
        self._tell_echo(ping, {**names, "link": on.name})

    def _tell_echo(self, ping: Exchange, names: dict[str, object]) -> None:
        echo = ping.echo
        if echo.arrived is not None:
            text = _("{time} later it arrives in {there}.")
            self._say(
                text.format(time=self._between(echo.out, echo.arrived), **self._there(echo)),
                *self._way(echo.out, echo.arrived),
            )
        if echo.answered is not None and echo.arrived is not None:
            text = _("The kernel of {there} answers after {time}; no program is asked.")
            said = text.format(time=self._between(echo.arrived, echo.answered), **self._there(echo))
            learnt = self._learnt_from(ping.asked)
            if learnt is not None:
                said += _(" It need not ask where to: it noted the address with the question.")
            self._say(said, echo.answered)
        if echo.back is None:
            self._say(_("No answer to echo request {number} came back.").format(**names), echo.out)
            return
        first = echo.out if ping.asked is None else ping.asked.out
        text = _("The answer is back at {link}, {time} after {what} had left.").format(
            time=self._between(first, echo.back),
            what=_("the request") if ping.asked is None else _("the question for the address"),
            **names,
        )
        if ping.asked is not None:
            text += _(" Asking for the address took {time} of it.").format(
                time=self._between(ping.asked.out, echo.out)
            )
        self._say(text, *self._way(echo.answered, echo.back))
        if ping.sent is not None:
            self._tell_outside(ping, first)

    def _tell_outside(self, ping: Exchange, first: int) -> None:
        """Tell what lies before the first tap and behind the last."""
        sent = self._observed(ping.sent)
        text = _(
            "Before the first tap lie {time}: ping itself, its system call, the look-ups and "
            "whatever ran for the first time. No frame tells more of it, and asking for an "
            "address is no part of it."
        )
        self._say(text.format(time=self._between(sent, first)), sent, first, again=True)
        if ping.printed is not None and ping.echo.back is not None:
            printed = self._observed(ping.printed)
            text = _(
                "ping wakes up and prints its line {time} after the answer had passed the tap."
            )
            self._say(text.format(time=self._between(ping.echo.back, printed)), printed)

    def _learnt_from(self, asked: Trip | None) -> int | None:
        """Return the observation that the answering side noted who asks, if it was seen."""
        if asked is None:
            return None
        found = self._taught_by(asked.arrived)
        return found[0] if found else None

    # --------------------------------------------------------------------------- questions
    def _tell_question(self, trip: Trip, waiting: int | None = None) -> None:
        plan = self._plan
        reading, on = plan.readings[trip.out], plan.packets[trip.out].interface
        mac = str(reading.detail.get("mac_destination", ""))
        to_all = bool(int(mac[:2] or "1", 16) & 1)
        names = {
            "here": place_name(on.namespace),
            "link": on.name,
            "address": str(reading.asks[2]) if reading.asks else "?",
            "protocol": "ARP" if plan.packets[trip.out].kind.startswith("ARP") else "ND",
        }
        reason = plan.reasons.get(trip.out)
        if to_all:
            text = _(
                "{here} asks on {link} who has {address}, and for its MAC address ({protocol})."
            )
            if waiting is not None:
                text = _(
                    "{here} does not know the MAC address of {address}: it asks everybody on "
                    "{link} ({protocol}), and the packet waits."
                )
            self._say(text.format(**names), trip.out)
        else:
            text = _("{here} asks {address} alone whether it is still there ({protocol}).")
            self._say(text.format(**names), trip.out)
            if reason is not None:
                self._tell_observation(reason)
        self._tell_answer(trip, names)

    def _tell_answer(self, trip: Trip, names: dict[str, str]) -> None:
        if trip.answered is None and trip.back is None:
            way = self._way(trip.out, trip.arrived)
            self._say(_("Nobody answers {here}.").format(**names), *way)
            return
        if trip.arrived is not None:
            text = _("The question arrives in {there} {time} later.").format(
                time=self._between(trip.out, trip.arrived), **self._there(trip)
            )
            self._say(text, *self._way(trip.out, trip.arrived))
            for one in self._taught_by(trip.arrived):
                self._tell_observation(one)
        if trip.arrived is not None and trip.answered is not None:
            text = _("{there} answers after {time}, and only to who asked.")
            said = text.format(time=self._between(trip.arrived, trip.answered), **self._there(trip))
            self._say(said, trip.answered)
        if trip.back is not None:
            mac = (self._plan.readings[trip.back].told or ("", "?"))[1]
            text = _("The answer arrives in {here}: {address} is at {mac}.")
            self._say(text.format(mac=mac, **names), *self._way(trip.answered, trip.back))
            for one in self._taught_by(trip.back):
                self._tell_observation(one)

    # ------------------------------------------------------------------------ observations
    def _tell_observation(self, one: int) -> None:
        seen = self._plan.scene.observations[one - len(self._plan.packets)]
        self._say(f"{place_name(seen.namespace)}: {sentence(seen)}", one)

    def _tell_rules(self) -> None:
        """Tell the hooks that a packet passes in one namespace in one sentence."""
        passed: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for number, seen in enumerate(self._plan.scene.observations):
            if seen.kind == "rule" and seen.detail.get("ours"):
                key = (seen.namespace, seen.detail["id"])
                passed.setdefault(key, []).append((self._observed(number), seen.detail["hook"]))
        for (space, _id), found in passed.items():
            text = _("A packet passes in {here}: {hooks}.").format(
                here=place_name(space), hooks=", ".join(hook for _one, hook in found)
            )
            self._say(text, *(one for one, _hook in found))

    def _tell_other_observations(self) -> None:
        for number in range(len(self._plan.scene.observations)):
            self._tell_observation(self._observed(number))

    # ------------------------------------------------------------------------ other frames
    def _tell_other_frames(self) -> None:
        seen: Counter[tuple[str, str, str]] = Counter()
        more: dict[tuple[str, str, str], list[int]] = {}
        for place, packet in enumerate(self._plan.packets):
            if place in self._told or place in self._plan.same:
                continue
            detail = self._plan.readings[place].detail
            key = (packet.kind, str(detail.get("source", "")), str(detail.get("destination", "")))
            seen[key] += 1
            if seen[key] > _OF_A_KIND:
                more.setdefault(key, []).append(place)
                continue
            where = place_name(packet.interface.namespace, packet.interface.name)
            text = _("{where} sends: {what}") if packet.outgoing else _("{where} receives: {what}")
            self._say(text.format(where=where, what=packet.meaning), *self._copies(place))
        for (kind, source, destination), places in more.items():
            text = _("{count} more of these: {kind}, {source} → {destination}.").format(
                count=len(places), kind=kind, source=source, destination=destination
            )
            self._say(text, *(one for place in places for one in self._copies(place)))

    # ------------------------------------------------------------------------------- parts
    def _say(self, text: str, *rests_on: int | None, again: bool = False) -> None:
        """Add a sentence, unless what it rests on was told already."""
        ones = [one for one in dict.fromkeys(rests_on) if one is not None]
        new = [one for one in ones if again or one not in self._told]
        self._told.update(ones)
        if not new:
            return
        numbers = sorted(self._plan.numbers[one] for one in ones)
        exact = [one for one in ones if self._is_exact(one)]
        after = min(map(self._time, exact or ones)) - self._begin
        self._sentences.append(Sentence(text, tuple(numbers), after, exact=bool(exact)))

    def _is_exact(self, one: int) -> bool:
        count = len(self._plan.packets)
        return one < count or self._plan.scene.observations[one - count].clock in EXACT

    def _observed(self, number: int | None) -> int:
        assert number is not None
        return len(self._plan.packets) + number

    def _taught_by(self, place: int | None) -> list[int]:
        """Return the observations, as in the order, that a frame caused."""
        return [
            self._observed(number)
            for number, cause in self._plan.causes.of_observations.items()
            if cause == place and self._plan.scene.observations[number].kind == "neighbour"
        ]

    def _there(self, trip: Trip) -> dict[str, str]:
        assert trip.arrived is not None
        return {"there": place_name(self._plan.packets[trip.arrived].interface.namespace)}

    def _copies(self, place: int) -> list[int]:
        """Return a frame and the same frame at the links that it reached."""
        found, left = [], [place]
        while left:
            one = left.pop()
            found.append(one)
            left += [later for later in self._onward.get(one, ()) if later in self._plan.same]
        return found

    def _way(self, begin: int | None, end: int | None) -> list[int]:
        """Return the frames behind `begin` up to `end`: the same one, link by link."""
        found = []
        while end is not None and end != begin:
            found.append(end)
            end = self._plan.same.get(end, self._plan.relations.forwarded.get(end))
        return found

    def _time(self, one: int) -> int:
        count = len(self._plan.packets)
        if one < count:
            return self._plan.packets[one].time
        return self._plan.scene.observations[one - count].time

    def _between(self, begin: int | None, end: int | None) -> str:
        if begin is None or end is None:
            return "?"
        return duration(self._time(end) - self._time(begin))
