"""Telling a timeline's events: each sentence rests on what was seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.base.units import duration
from nslabkit.timeline.event_words import place_name, sentence
from nslabkit.timeline.exchanges import Exchange, Trip, exchanges, questions_alone
from nslabkit.timeline.notes import Notes
from nslabkit.timeline.story import Sentence, Story

if TYPE_CHECKING:
    from nslabkit.timeline.timeline_plan import TimelinePlan

_OF_A_KIND = 3  # pings, and frames of one conversation and kind, that are told one by one
_QUESTIONS = 20  # questions for MAC addresses
_EVENTS = 40  # other events of one kind in one namespace


def story(plan: TimelinePlan) -> Story:
    """Return the story of a timeline."""
    return Story(tuple(_Teller(plan).sentences()))


class _Teller(Notes):
    """Makes sentences; each event is told once."""

    def sentences(self) -> list[Sentence]:
        """Return the sentences in the order of their first events."""
        pings = exchanges(self._plan)
        self._tell_pings(pings)
        questions = questions_alone(self._plan, pings)
        for trip in questions[:_QUESTIONS]:
            self._tell_question(trip)
        self._tell_rules()
        self._tell_other_observations()
        self._tell_other_frames()
        return sorted(self._sentences, key=lambda one: one.events[0])

    # ------------------------------------------------------------------------------- pings
    def _tell_pings(self, pings: list[Exchange]) -> None:
        """Tell the first pings and each that had to ask; of the others how many there were."""
        counts: Counter[tuple[str, str]] = Counter()
        others: dict[tuple[str, str], list[Exchange]] = {}
        for ping in pings:
            place = ping.echo.out
            here = self._plan.packets[place].interface.namespace
            key = (here, str(self._plan.readings[place].detail["destination"]))
            counts[key] += 1
            if counts[key] <= _OF_A_KIND or ping.asked is not None:
                self._tell_ping(ping)
            else:
                others.setdefault(key, []).append(ping)
        for (here, destination), rest in others.items():
            self._tell_many(place_name(here), destination, rest)

    def _tell_many(self, here: str, destination: str, pings: list[Exchange]) -> None:
        times = sorted(
            self._time(ping.echo.back) - self._time(ping.echo.out)
            for ping in pings
            if ping.echo.back is not None
        )
        text = _(
            "{count} more echo requests from {here} to {destination}; {answered} were answered."
        )
        said = text.format(
            count=len(pings), here=here, destination=destination, answered=len(times)
        )
        if times:
            said += _(
                " Seen at the link, the reply came {least} to {most} after the request."
            ).format(least=duration(times[0]), most=duration(times[-1]))
        events = [event for ping in pings for event in self._events_of(ping)]
        self._say(said, *events)

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
            self._tell_question(ping.asked)
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
                said += _(
                    " It need not ask where to send it: it noted the address when it was asked."
                )
            self._say(said, echo.answered)
        if echo.back is None:
            text = _("No answer to echo request {number} came back.")
            self._say(text.format(**names), echo.out, again=True)
            return
        first = echo.out if ping.asked is None else ping.asked.out
        text = _("The answer is back at {link}, {time} after {what} left.").format(
            time=self._between(first, echo.back),
            what=_("the request") if ping.asked is None else _("the question for the address"),
            **names,
        )
        if ping.asked is not None:
            text += _(" Of that, {time} went into asking for the address.").format(
                time=self._between(ping.asked.out, echo.out)
            )
        self._say(text, *self._way(echo.answered, echo.back))
        if ping.sent is not None:
            self._tell_outside(ping, first)

    def _tell_outside(self, ping: Exchange, first: int) -> None:
        """Tell what lies before the first tap and behind the last."""
        sent = self._observed(ping.sent)
        text = _(
            "Before the first tap, {time} passed: ping itself, its system call, the "
            "look-ups and whatever ran for the first time. The frames say no more "
            "about it, and asking for an address is not part of it."
        )
        self._say(text.format(time=self._between(sent, first)), sent, first, again=True)
        if ping.printed is not None and ping.echo.back is not None:
            printed = self._observed(ping.printed)
            text = _("ping wakes up and prints its line {time} after the answer passed the tap.")
            self._say(text.format(time=self._between(ping.echo.back, printed)), printed)

    def _learnt_from(self, asked: Trip | None) -> int | None:
        """Return the observation that the answering side noted who asks, if it was seen."""
        if asked is None:
            return None
        found = self._taught_by(asked.arrived)
        return found[0] if found else None

    # --------------------------------------------------------------------------- questions
    def _tell_question(self, trip: Trip) -> None:
        plan = self._plan
        reading, on = plan.readings[trip.out], plan.packets[trip.out].interface
        mac = str(reading.detail.get("mac_destination", ""))
        to_all = bool(int(mac[:2] or "1", 16) & 1)
        names = {
            "here": place_name(on.namespace),
            "link": on.name,
            "address": str(reading.asks[2]) if reading.asks else "?",
            "protocol": "ARP" if plan.packets[trip.out].kind.protocol == "ARP" else "ND",
        }
        reason = plan.reasons.get(trip.out)
        if to_all:
            text = _(
                "{here} asks on {link} who has {address}, and for its MAC address ({protocol})."
            )
            if trip.out in self._awaited and names["protocol"] == "ARP":
                text = _(
                    "{here} does not know the MAC address of {address}: it asks everybody on "
                    "{link} ({protocol}), and the packet waits."
                )
            elif trip.out in self._awaited:
                text = _(
                    "{here} does not know the MAC address of {address}: it asks the group to which "
                    "whoever has it belongs, on {link} ({protocol}), and the packet waits."
                )
            self._say(text.format(**names), trip.out)
        else:
            text = _("{here} asks only {address} whether it is still there ({protocol}).")
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
            for event in self._taught_by(trip.arrived):
                self._tell_observation(event)
        if trip.arrived is not None and trip.answered is not None:
            text = _("{there} answers after {time}, and answers only the asker.")
            said = text.format(time=self._between(trip.arrived, trip.answered), **self._there(trip))
            self._say(said, trip.answered)
        if trip.back is not None:
            mac = (self._plan.readings[trip.back].told or ("", "?"))[1]
            text = _("The answer arrives in {here}: {address} is at {mac}.")
            self._say(text.format(mac=mac, **names), *self._way(trip.answered, trip.back))
            for event in self._taught_by(trip.back):
                self._tell_observation(event)

    # ------------------------------------------------------------------------ observations
    def _tell_observation(self, event: int) -> None:
        observation = self._plan.scene.observations[event - len(self._plan.packets)]
        text = _("{where}: {what}")
        self._say(
            text.format(where=place_name(observation.namespace), what=sentence(observation)), event
        )

    def _tell_rules(self) -> None:
        """Tell the hooks that a packet passes in one namespace in one sentence."""
        passed: dict[tuple[str, object], list[tuple[int, str]]] = {}
        for number, observation in enumerate(self._plan.scene.observations):
            if observation.kind == "rule" and observation.detail.get("ours"):
                # The kernel's id of a packet may be another's later; its frame is its own.
                carrier = self._plan.causes.carriers.get(number)
                packet = ("frame", carrier) if carrier is not None else observation.detail["id"]
                hook = (self._observed(number), observation.detail["hook"])
                passed.setdefault((observation.namespace, packet), []).append(hook)
        for (space, _packet), hooks in passed.items():
            text = _("A packet passes through {here}: {hooks}.").format(
                here=place_name(space), hooks=_(", ").join(hook for _event, hook in hooks)
            )
            self._say(text, *(event for event, _hook in hooks))

    def _tell_other_observations(self) -> None:
        counts: Counter[tuple[str, str]] = Counter()
        more: dict[tuple[str, str], list[int]] = {}
        for number, observation in enumerate(self._plan.scene.observations):
            event = self._observed(number)
            if event in self._told:
                continue
            key = (observation.namespace, observation.kind)
            counts[key] += 1
            if counts[key] <= _EVENTS:
                self._tell_observation(event)
            else:
                more.setdefault(key, []).append(event)
        for (space, kind), events in more.items():
            text = _("{count} more events in {here}: {kind}.")
            self._say(text.format(count=len(events), here=place_name(space), kind=kind), *events)

    # ------------------------------------------------------------------------ other frames
    def _tell_other_frames(self) -> None:
        counts: Counter[tuple[str, str, str]] = Counter()
        more: dict[tuple[str, str, str], list[int]] = {}
        for place, packet in enumerate(self._plan.packets):
            if place in self._told or place in self._plan.same:
                continue
            detail = self._plan.readings[place].detail
            key = (
                str(packet.kind),
                str(detail.get("source", "")),
                str(detail.get("destination", "")),
            )
            counts[key] += 1
            if counts[key] > _OF_A_KIND:
                more.setdefault(key, []).append(place)
                continue
            where = place_name(packet.interface.namespace, packet.interface.name)
            text = _("{where} sends: {what}") if packet.outgoing else _("{where} receives: {what}")
            self._say(text.format(where=where, what=packet.meaning), *self._copies(place))
        for (kind, source, destination), places in more.items():
            text = _("{count} more of these: {kind}, {source} → {destination}.").format(
                count=len(places), kind=kind, source=source, destination=destination
            )
            self._say(text, *(event for place in places for event in self._copies(place)))
