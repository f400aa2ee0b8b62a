"""Exchanges: the frames of one ping, from the asker's link there and back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.timeline.timeline_plan import TimelinePlan


@dataclass(frozen=True)
class Trip:
    """A question and its answer, each frame by its place from 0; None where it was not seen.

    Attributes
    ----------
    out : int
        The question leaves the asker's link.
    arrived : int or None
        It is received where it is answered; or, without an answer, at the last link it reached.
    answered : int or None
        The answer leaves the answering link.
    back : int or None
        The answer is received at the asker's link.
    """

    out: int
    arrived: int | None = None
    answered: int | None = None
    back: int | None = None


@dataclass(frozen=True)
class Exchange:
    """One ping.

    Attributes
    ----------
    echo : Trip
        The echo request and its reply.
    asked : Trip or None
        The question for the MAC address, where the request waited for it (or still waits).
    sent : int or None
        The observation that ping sent it, by its place among the observations.
    printed : int or None
        The observation that ping printed the answer.
    """

    echo: Trip
    asked: Trip | None = None
    sent: int | None = None
    printed: int | None = None


class _Ways:
    """Where each frame goes on, and which frames answer it."""

    def __init__(self, plan: TimelinePlan) -> None:
        self._plan = plan
        self._onward: dict[int, list[int]] = defaultdict(list)
        self._answers: dict[int, list[int]] = defaultdict(list)
        for later, earlier in [*plan.same.items(), *plan.relations.forwarded.items()]:
            self._onward[earlier].append(later)
        for answer, question in plan.relations.answers.items():
            self._answers[question].append(answer)

    def trip(self, out: int) -> Trip:
        """Follow a question from its first frame on."""
        arrived, answered = None, None
        for place in self._all_behind(out):
            if not self._plan.packets[place].outgoing:
                arrived = place
            found = [one for one in self._answers[place] if self._plan.is_origin(one)]
            if found and place != out:
                arrived, answered = place, found[0]
                break
        back = next((one for one in self._answers[out] if one != answered), None)
        return Trip(out, arrived, answered, back)

    def _all_behind(self, out: int) -> Iterator[int]:
        left = [out]
        while left:
            place = left.pop(0)
            yield place
            left += sorted(self._onward[place])


def exchanges(plan: TimelinePlan) -> list[Exchange]:
    """Return each ping of the recording, in the order of its requests."""
    ways = _Ways(plan)
    printed = {
        (
            observation.namespace,
            observation.detail.get("source"),
            observation.detail.get("seq"),
        ): number
        for number, observation in enumerate(plan.scene.observations)
        if observation.kind == "ping" and observation.change == "printed"
    }
    pings = []
    for place, packet in enumerate(plan.packets):
        if packet.kind.name == "echo request" and plan.is_origin(place):
            detail = plan.readings[place].detail
            answer = plan.causes.waited.get(place)
            question = plan.relations.answers.get(answer) if answer is not None else None
            key = (packet.interface.namespace, detail.get("destination"), detail.get("seq"))
            pings.append(
                Exchange(
                    ways.trip(place),
                    None if question is None else ways.trip(question),
                    plan.sent.get(place),
                    printed.get(key),
                )
            )
    return pings


def questions_alone(plan: TimelinePlan, known: list[Exchange]) -> list[Trip]:
    """Return the questions for MAC addresses that no ping waited for: probes, mostly."""
    taken = {one.asked.out for one in known if one.asked is not None}
    ways = _Ways(plan)
    return [
        ways.trip(place)
        for place, reading in enumerate(plan.readings)
        if reading.asks is not None
        and reading.asks[0] in {"arp", "nd"}
        and plan.is_origin(place)
        and place not in taken
    ]
