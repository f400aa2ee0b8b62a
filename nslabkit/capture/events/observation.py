"""An observation: what happened besides the frames, when, and by which clock."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from nslabkit.base.language import translate as _


class Clock(enum.Enum):
    """From which clock, and from which point of the way, a time is.

    All of them read the same clock of the machine (CLOCK_REALTIME); they differ in what they
    were read for.  Only `TAP` is the kernel's own time of the event itself.
    """

    TAP = "kernel, at the tap"
    WRITTEN = "written in the packet by ping"
    PRINTED = "printed by ping -D"
    DERIVED = "derived from ping"
    RECEIVED = "received at"
    READ = "read from the table at"

    @property
    def words(self) -> str:
        """The clock in the reader's language."""
        return {
            Clock.TAP: _("kernel, at the tap"),
            Clock.WRITTEN: _("written into the packet by ping"),
            Clock.PRINTED: _("printed by ping -D"),
            Clock.DERIVED: _("derived from ping"),
            Clock.RECEIVED: _("received at"),
            Clock.READ: _("read from the table at"),
        }[self]


@dataclass(frozen=True)
class Observation:
    """One thing that was heard from the kernel, read from its tables, or printed by ping.

    Attributes
    ----------
    time : int
        Nanoseconds since the epoch, by `clock`.
    clock : Clock
        What the time means.  A notice of the kernel carries no time of its own: `RECEIVED` is
        when it was received here, some 0.1 ms or more after what it tells of.
    namespace : str
        The namespace's name; ``""`` for the host.
    link : str or None
        The link that it is about, where it is about one.
    kind : str
        ``"neighbour"``, ``"route"``, ``"link"``, ``"address"``, ``"rule"`` (of the firewall),
        ``"ping"``, ``"lost"`` (notices were lost here) or ``"namespace"``.
    change : str
        ``"new"`` (made or changed), ``"gone"``, ``"read"`` (it was so when the table was read),
        ``"passed"`` (a packet passed a rule or a hook), ``"sent"``, ``"printed"`` or ``"lost"``.
    detail : dict
        What is known of it, under names as ``ip -j`` has them: of a neighbour ``dst``,
        ``lladdr`` and ``state`` (a list of words).
    """

    time: int
    clock: Clock
    namespace: str
    link: str | None
    kind: str
    change: str
    detail: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def json(self) -> dict[str, Any]:
        """The same for a script; the clock is always in English."""
        return {
            "time": self.time,
            "clock": self.clock.value,
            "namespace": self.namespace,
            "link": self.link,
            "kind": self.kind,
            "change": self.change,
            **self.detail,
        }
