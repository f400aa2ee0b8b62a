"""Requests and replies: which frame answers which, and where does a frame travel on?

An answer is looked for at the same link: there its time can be compared with the question's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from nslabkit.frames.packets import Packet
    from nslabkit.timeline.frame_reading import Reading


class Relations(NamedTuple):
    """What frames have to do with earlier ones: each mapping from place to place, from 0.

    Attributes
    ----------
    answers : dict
        A frame and the question, at the same link, that it answers.
    forwarded : dict
        A frame that a router sends, and the one that it had received: the same packet, of a
        smaller time to live, in another frame.
    """

    answers: dict[int, int]
    forwarded: dict[int, int]


def relations(packets: Sequence[Packet], readings: Sequence[Reading]) -> Relations:
    """Return which frames answer, or take on, which others; both lists in the same order."""
    related = Relations({}, {})
    questions: dict[Hashable, int] = {}
    carried: dict[Hashable, int] = {}
    arrived: dict[Hashable, int] = {}
    for place, (packet, reading) in enumerate(zip(packets, readings, strict=True)):
        link, out = packet.interface.number, packet.outgoing
        # A question goes the one way and its answer the other.
        question = None
        if reading.answers is not None:
            question = questions.pop((link, not out, reading.answers), None)
        if reading.quotes is not None:
            question = carried.get((link, not out, reading.quotes))
        if question is not None:
            related.answers[place] = question
        # A datagram of UDP does not say whether it asks: one that answers is taken not to.
        if reading.asks is not None and (question is None or reading.asks[0] != "udp"):
            questions[link, out, reading.asks] = place
        if reading.packet is not None:
            carried[link, out, reading.packet] = place
            _forward(place, packet, reading, arrived, related.forwarded)
    return related


def _forward(
    place: int,
    packet: Packet,
    reading: Reading,
    arrived: dict[Hashable, int],
    into: dict[int, int],
) -> None:
    """Remember what came in, and note what goes out again after a router's step."""
    space, ttl = packet.interface.namespace, reading.ttl or 0
    # Where the router translates addresses only the core of the packet stays the same.
    for key in (reading.packet, reading.core):
        if key is not None and not packet.outgoing:
            arrived[space, key, ttl] = place
        elif key is not None and (space, key, ttl + 1) in arrived:
            into[place] = arrived[space, key, ttl + 1]
            return
