"""Echo round trips, timed by the frames at the asker's own link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from nslabkit.frames.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.capture import Packet

# What asks for the MAC address, and which protocol's ping waits for it.
_LOOKS = {Kind("ARP", "request"): "ICMP", Kind("ICMPv6", "neighbour solicitation"): "ICMPv6"}
_TO_MANY = 1  # the bit of a MAC address's first byte that says "to a group" (IEEE 802)


@dataclass(frozen=True)
class Echo:
    """One ping at the link of the one who asks.

    Attributes
    ----------
    link : int
        The number of that link in the recording.
    sequence : int
        The ping's number, as ping counts.
    looked : int or None
        When the question for the MAC address left for which this ping had to wait, in ns since
        the epoch.  None where it did not wait: a question to one alone only confirms.
    asked : int
        When the request left.
    answered : int or None
        When the reply arrived; None where none did.
    """

    link: int
    sequence: int
    looked: int | None
    asked: int
    answered: int | None

    @property
    def waited(self) -> int:
        """How long it waited for the MAC address, in ns."""
        return 0 if self.looked is None else self.asked - self.looked

    @property
    def trip(self) -> int | None:
        """From the request's leaving to the reply's arrival, in ns."""
        return None if self.answered is None else self.answered - self.asked


class _Key(NamedTuple):
    """By what a request and its reply belong together (RFC 792)."""

    family: str
    ends: frozenset[str]
    id: int | str
    sequence: int | str


def echoes(packets: Iterable[Packet]) -> tuple[Echo, ...]:
    """Return the pings of a recording, in the order in which they left.

    A ping counts where it left first: by a bridge or a router it leaves again.
    """
    pings: dict[_Key, Echo] = {}
    looking: dict[tuple[int, str], int] = {}
    for packet in packets:
        link = packet.interface.number
        if family := _LOOKS.get(packet.kind):
            if packet.outgoing and packet.data[0] & _TO_MANY:
                looking.setdefault((link, family), packet.time)
        elif packet.kind.name == "echo request":
            if packet.outgoing:
                key = _key(packet)
                looked = looking.pop((link, key.family), None)
                number = int(key.sequence)
                pings.setdefault(key, Echo(link, number, looked, packet.time, None))
        elif packet.kind.name == "echo reply":
            key = _key(packet)
            ping = pings.get(key)
            if ping and ping.link == link and not packet.outgoing and ping.answered is None:
                pings[key] = replace(ping, answered=packet.time)
    return tuple(pings.values())


def _key(packet: Packet) -> _Key:
    values, family = packet.dissection.values, packet.kind.protocol
    ends = frozenset((packet.source, packet.destination))
    return _Key(family, ends, values.get((family, "id"), 0), values.get((family, "sequence"), 0))
