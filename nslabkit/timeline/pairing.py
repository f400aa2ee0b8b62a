"""Pairing: which frames are one and the same, seen at both ends of a wire?

A frame is sent at one link and received, byte for byte the same, at another.  Which links are
the two ends of a wire is told by the frames themselves: by the links between which most of them
go.  What a bridge passes on is the same frame once more, at another of its ports.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nslabkit.frames.packets import Packet

_BURST = 1_000_000  # ns: equal frames closer than this are taken one after the other


@dataclass(frozen=True)
class _Seen:
    """A frame, by its place in the recording, as far as pairing needs it."""

    place: int
    time: int
    link: int
    namespace: str
    loops: bool
    outgoing: bool


def in_order(packets: Iterable[Packet]) -> list[Packet]:
    """Return the frames with those of one and the same time in the order of their way.

    A bridge gets a frame from its port, and with it the time at which that was received.
    """
    found = list(packets)
    if not any(one.time == two.time for one, two in pairwise(found)):
        return found
    wires = _wires(_groups(found).values())
    runs = [list(run) for _time, run in groupby(found, key=lambda packet: packet.time)]
    for run in runs:
        run.sort(key=lambda packet: packet.interface.number not in wires)
    return [packet for run in runs for packet in run]


def same_frames(packets: Iterable[Packet]) -> dict[int, int]:
    """Return for frames, by their place from 0, the place of the earlier frame that they are.

    Parameters
    ----------
    packets : iterable of Packet
        As `in_order` returns them.
    """
    groups = _groups(packets)
    wires = _wires(groups.values())
    found: dict[int, int] = {}
    for group in groups.values():
        if len(group) > 1:
            found |= _pair(group, wires)
    return found


def _groups(packets: Iterable[Packet]) -> dict[tuple[bytes, int], list[_Seen]]:
    groups: dict[tuple[bytes, int], list[_Seen]] = defaultdict(list)
    for place, packet in enumerate(packets):
        on = packet.interface
        seen = _Seen(place, packet.time, on.number, on.namespace, on.name == "lo", packet.outgoing)
        groups[packet.data, packet.length].append(seen)
    return groups


def _wires(groups: Iterable[Sequence[_Seen]]) -> dict[int, int]:
    """Return each link's other end, as the frames tell; lo is its own.

    A bridge gets each frame with its port: so the last that may have sent it counts most, and a
    link with one partner before one with many.
    """
    votes: Counter[tuple[int, int]] = Counter()
    partners: dict[int, set[int]] = defaultdict(set)
    wires = {}
    for group in groups:
        sent: dict[int, None] = {}  # the links that have sent it, the last one last
        for frame in group:
            if frame.loops:
                wires[frame.link] = frame.link
            elif frame.outgoing:
                sent.pop(frame.link, None)
                sent[frame.link] = None
            else:
                senders = [link for link in sent if link != frame.link]
                for weight, link in enumerate(senders, 1):
                    # The more links may have sent it, the less it tells; in whole numbers.
                    votes[min(link, frame.link), max(link, frame.link)] += (
                        60 * weight // len(senders)
                    )
                    partners[link].add(frame.link)
                    partners[frame.link].add(link)
    ranked = sorted(
        votes, key=lambda pair: (-votes[pair], sum(len(partners[end]) for end in pair), -pair[1])
    )
    for near, far in ranked:
        if near not in wires and far not in wires:
            wires[near], wires[far] = far, near
    return wires


def _pair(group: Sequence[_Seen], wires: dict[int, int]) -> dict[int, int]:
    """Pair equal frames: sent and received on a wire in turn, and passed on inside a bridge."""
    earlier: dict[int, int] = {}
    flying: dict[int, list[_Seen]] = defaultdict(list)  # link -> sent there, not yet received
    latest: dict[str, dict[int, _Seen]] = defaultdict(dict)  # namespace -> link -> came last
    for frame in group:
        if not frame.outgoing:
            sender = _sender(flying.get(wires.get(frame.link, -1), []))
            if sender is not None:
                earlier[frame.place] = sender.place
        near = latest[frame.namespace]
        before = [other.place for other in near.values() if _passes_on(other, frame, wires)]
        if frame.outgoing:
            flying[frame.link].append(frame)
        if frame.place not in earlier and before and not frame.loops:
            earlier[frame.place] = max(before)
        else:  # it came from outside, or was made here: a bridge may pass it on
            near[frame.link] = frame
    return earlier


def _sender(flying: list[_Seen]) -> _Seen | None:
    """Take the first frame of the last burst off the list: a wire keeps the order of equal ones.

    One that was sent long before the others did not arrive: no later one may be taken for it.
    """
    if not flying:
        return None
    first = len(flying) - 1
    while first > 0 and flying[first].time - flying[first - 1].time < _BURST:
        first -= 1
    sender = flying[first]
    del flying[: first + 1]
    return sender


def _passes_on(earlier: _Seen, later: _Seen, wires: dict[int, int]) -> bool:
    """Whether a bridge may have passed `earlier` on as `later`: in the same namespace."""
    if earlier.link == later.link or wires.get(earlier.link) == later.link:
        return False
    return later.outgoing or not earlier.outgoing
