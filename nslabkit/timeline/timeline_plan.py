"""The plan of a timeline: what belongs to what, and in which order.

The events themselves are made when somebody looks at them, so that a long recording costs little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.capture.events.observation import Clock
from nslabkit.timeline.event import Event
from nslabkit.timeline.event_words import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.frames.packets import Packet
    from nslabkit.timeline.answers import Relations
    from nslabkit.timeline.causes import Causes, Scene
    from nslabkit.timeline.frame_reading import Reading


@dataclass(frozen=True)
class TimelinePlan:
    """What is known of a timeline before its events are made; all by place, from 0.

    Attributes
    ----------
    scene : Scene
        Frames, readings and observations.
    same : dict
        A frame and the earlier one that it is, at another link.
    relations : Relations
        Which frame answers, or takes on, which.
    causes : Causes
        Which frame caused which observation, and the other way round.
    sent : dict
        An echo request, and the observation that ping sent it.
    order : list of int
        The events in order: frames, then observations behind the number of frames.
    numbers : dict
        The event's number of each, as in `order`.
    reasons : dict
        What would not be without what, both as in `order`.
    """

    scene: Scene
    same: dict[int, int]
    relations: Relations
    causes: Causes
    sent: dict[int, int]
    order: list[int]
    numbers: dict[int, int]
    reasons: dict[int, int]

    @property
    def begin(self) -> int:
        """The earliest time that is exact, or if there is none the earliest of all."""
        seen = self.scene.observations
        exact = [packet.time for packet in self.packets[:1]]
        exact += [one.time for one in seen if one.clock is Clock.WRITTEN]
        return min(exact or [one.time for one in seen], default=0)

    @property
    def packets(self) -> Sequence[Packet]:
        """The frames."""
        return self.scene.packets

    @property
    def readings(self) -> Sequence[Reading]:
        """What the frames say."""
        return self.scene.readings

    def is_origin(self, place: int) -> bool:
        """Whether a frame is the first of its kind: sent by who made it, not passed on."""
        return (
            self.packets[place].outgoing
            and place not in self.same
            and place not in self.relations.forwarded
        )

    def number(self, place: int | None) -> int | None:
        """Return the number of the event of a frame or, behind the frames, an observation."""
        return None if place is None else self.numbers[place]

    def event(self, index: int) -> Event:
        """Return the event that stands at this place of the timeline."""
        item = self.order[index]
        if item >= len(self.packets):
            return self._observed(index + 1, item)
        packet, reading = self.packets[item], self.readings[item]
        detail: dict[str, Any] = {
            "frame": str(packet.kind),
            "length": packet.length,
            **reading.detail,
        }
        return Event(
            index + 1,
            packet.time,
            Clock.TAP,
            packet.interface.namespace,
            packet.interface.name,
            "frame sent" if packet.outgoing else "frame received",
            packet.meaning,
            packet.number,
            self.number(self.same.get(item)),
            self.number(self.relations.answers.get(item)),
            self.number(self.reasons.get(item)),
            detail,
        )

    def _observed(self, number: int, item: int) -> Event:
        observation = self.scene.observations[item - len(self.packets)]
        cause = self.number(self.reasons.get(item))
        detail = {"change": observation.change, **observation.detail}
        carrier = self.causes.carriers.get(item - len(self.packets))
        if carrier is not None:
            detail["packet_of"] = self.number(carrier)
        return Event(
            number,
            observation.time,
            observation.clock,
            observation.namespace,
            observation.link,
            observation.kind,
            sentence(observation),
            cause=cause,
            detail=detail,
        )
