"""An event: one line of a timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nslabkit.capture.events.observation import Clock


@dataclass(frozen=True)
class Event:
    """One thing that happened, in one namespace, on one link where it has one.

    Attributes
    ----------
    number : int
        Its place in the timeline, counted from 1.  The order is that of cause: a frame is placed
        by the kernel's own time; what carries no such time comes after what caused it and
        before what it caused.
    time : int
        Nanoseconds since the epoch, by `clock`.
    clock : Clock
        What the time means: only `Clock.TAP` is the kernel's time of the event itself.
    namespace : str
        The namespace's name; ``""`` for the host.
    link : str or None
        The link.
    kind : str
        ``"frame sent"``, ``"frame received"``, ``"neighbour"``, ``"route"``, ``"link"``,
        ``"address"``, ``"rule"``, ``"ping"``, ``"lost"``, ``"clock"`` or ``"namespace"``.
    text : str
        What happened, in the reader's language.
    packet : int or None
        Of a frame: its number in the recording's ``packets``.
    same_as : int or None
        Of a frame: the number of the earlier event that is the same frame, at the other end of
        the wire or at another port of the bridge.
    answer_to : int or None
        Of a frame: the number of the event that it answers, seen at the same link.
    cause : int or None
        The number of the event without which this one would not have happened.
    detail : dict
        What is known of it, for a program: of a frame what `Reading` read, of the rest what its
        `Observation` has (a neighbour's ``dst``, ``lladdr`` and ``state``).
    """

    number: int
    time: int
    clock: Clock
    namespace: str
    link: str | None
    kind: str
    text: str
    packet: int | None = None
    same_as: int | None = None
    answer_to: int | None = None
    cause: int | None = None
    detail: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_frame(self) -> bool:
        """Whether it is a frame at a tap."""
        return self.packet is not None

    @property
    def json(self) -> dict[str, Any]:
        """The same for a script; kind and clock are always in English."""
        return {
            "number": self.number,
            "time": self.time,
            "clock": self.clock.value,
            "namespace": self.namespace,
            "link": self.link,
            "kind": self.kind,
            "text": self.text,
            "packet": self.packet,
            "same_as": self.same_as,
            "answer_to": self.answer_to,
            "cause": self.cause,
            "detail": self.detail,
        }
