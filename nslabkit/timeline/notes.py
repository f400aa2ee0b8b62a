"""Notes: sentences that rest on events, with each event told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import close_up
from nslabkit.base.units import duration
from nslabkit.timeline.event_words import EXACT, place_name
from nslabkit.timeline.story import Sentence

if TYPE_CHECKING:
    from nslabkit.timeline.exchanges import Exchange, Trip
    from nslabkit.timeline.timeline_plan import TimelinePlan


class Notes:
    """Sentences, and what they rest on.

    Frames are meant by their place from 0, observations by theirs behind the number of frames,
    as in `TimelinePlan.order`.
    """

    def __init__(self, plan: TimelinePlan) -> None:
        self._plan = plan
        self._told: set[int] = set()
        self._sentences: list[Sentence] = []
        answers = plan.relations.answers
        # The questions for whose answers a packet waited.
        self._awaited = {
            answers[answer] for answer in plan.causes.waited.values() if answer in answers
        }
        self._onward: dict[int, list[int]] = {}
        for later, earlier in [*plan.same.items(), *plan.relations.forwarded.items()]:
            self._onward.setdefault(earlier, []).append(later)

    def _say(self, text: str, *rests_on: int | None, again: bool = False) -> None:
        """Add a sentence, unless what it rests on was told already."""
        events = [event for event in dict.fromkeys(rests_on) if event is not None]
        new = [event for event in events if again or event not in self._told]
        self._told.update(events)
        if not new:
            return
        numbers = sorted(self._plan.numbers[event] for event in events)
        exact = [event for event in events if self._is_exact(event)]
        after = min(map(self._time, exact or events)) - self._plan.begin
        self._sentences.append(Sentence(close_up(text), tuple(numbers), after, exact=bool(exact)))

    def _is_exact(self, event: int) -> bool:
        count = len(self._plan.packets)
        return event < count or self._plan.scene.observations[event - count].clock in EXACT

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

    def _time(self, event: int) -> int:
        count = len(self._plan.packets)
        if event < count:
            return self._plan.packets[event].time
        return self._plan.scene.observations[event - count].time

    def _between(self, begin: int | None, end: int | None) -> str:
        if begin is None or end is None:
            return "?"
        return duration(self._time(end) - self._time(begin))

    def _events_of(self, ping: Exchange) -> list[int]:
        """Return all events of a ping, as in the order."""
        events = self._copies(ping.echo.out)
        for answer in (ping.echo.answered, ping.echo.back):
            events += [] if answer is None else self._copies(answer)
        seen = (ping.sent, ping.printed)
        return [*events, *(self._observed(number) for number in seen if number is not None)]
