"""Causes: which frame taught a neighbour, which entry let a packet go?

The rules are the kernel's (``net/ipv4/arp.c``, ``net/ipv6/ndisc.c``, ``net/core/neighbour.c``):
an answer makes an entry REACHABLE; a question makes one STALE that was not there; what is asked
for in PROBE goes out right after the change; what waited for an address goes when it is known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.capture.events.observation import Observation
    from nslabkit.frames.packets import Packet
    from nslabkit.timeline.frame_reading import Reading

_LATE = 1_000_000_000  # ns: a notice that comes later than this after a frame is not due to it
_WAITED = 10_000_000  # ns: what waited in an entry's queue goes at once when the answer is there
_UNTAUGHT = {"", "INCOMPLETE", "FAILED"}
_IPV4_MULTICAST, _IPV6_MULTICAST = "01:00:5e", "33:33"

Entry = tuple[str, "str | None", str]  # namespace, link, address


class Scene(NamedTuple):
    """What there is to put in order.

    Attributes
    ----------
    packets : sequence of Packet
        In the order of the recording.
    times : list of int
        Their times, never going back: steps of the clock are taken out.
    readings : sequence of Reading
        What they say.
    answers : dict
        Which frame answers which, by place.
    observations : sequence of Observation
        In the order in which they came.
    moments : list of int
        Their times, as `times`.
    """

    packets: Sequence[Packet]
    times: list[int]
    readings: Sequence[Reading]
    answers: dict[int, int]
    observations: Sequence[Observation]
    moments: list[int]


class Causes(NamedTuple):
    """What caused what, as far as it is known; frames and observations by place, from 0.

    Attributes
    ----------
    of_observations : dict
        An observation and the frame that caused it.
    by_observations : dict
        An observation and the frame that it caused.
    waited : dict
        A frame that waited for an address, and the frame that told the address.
    carriers : dict
        An observation of a packet (it passed a rule or a hook), and the frame that carried it.
    """

    of_observations: dict[int, int]
    by_observations: dict[int, int]
    waited: dict[int, int]
    carriers: dict[int, int]


def causes(scene: Scene) -> Causes:
    """Return what caused what."""
    caused = Causes({}, {}, _waited(scene), {})
    headers = _by_header(scene)
    neighbours = _Neighbours(scene, caused)
    for number, observation in enumerate(scene.observations):
        if observation.kind == "rule":
            _of_a_rule(scene, number, headers, caused)
        # What was read between two notices tells nothing here: the notice before it may have
        # come in behind it.
        elif observation.kind == "neighbour" and observation.detail.get("reason") != "change":
            neighbours.follow(number)
    return caused


class _Neighbours:
    """Follows the entries of the neighbour tables, notice by notice."""

    def __init__(self, scene: Scene, found: Causes) -> None:
        self._scene, self._found = scene, found
        self._teaching, self._asking = _talk_of_neighbours(scene)
        self._taught: dict[Entry, int] = {}  # entry -> the frame that taught it last
        self._states: dict[Entry, tuple[str, str | None]] = {}

    def follow(self, number: int) -> None:
        """Note what caused a change of an entry, and what it caused."""
        observation = self._scene.observations[number]
        entry = (observation.namespace, observation.link, str(observation.detail.get("dst", "")))
        state = (
            "" if observation.change == "gone" else ",".join(observation.detail.get("state", ()))
        )
        before, mac_before = self._states.get(entry, ("", None))
        mac = observation.detail.get("lladdr")
        self._states[entry] = state, mac
        if observation.change != "new":
            return
        end = bisect_right(self._scene.times, self._scene.moments[number])
        begin = bisect_left(self._scene.times, self._scene.moments[number] - _LATE)
        learnt = state == "STALE" and (before in _UNTAUGHT or mac != mac_before)
        if state == "PROBE":
            asking = self._asking[entry]
            _first(asking, begin, end, number, self._found.by_observations)
        elif learnt or state == "REACHABLE":
            begin = max(begin, self._taught.get(entry, -1) + 1)
            teachers = [p for p in self._teaching[entry] if learnt or p in self._scene.answers]
            cause = _first(teachers, begin, end, number, self._found.of_observations)
            if cause is not None:
                self._taught[entry] = cause
        elif state == "FAILED":
            asked = [place for place in self._asking[entry] if place < end]
            if asked:
                self._found.of_observations[number] = asked[-1]
            complaints = _complaints(self._scene, observation.namespace, entry[2])
            _first(complaints, begin, end, number, self._found.by_observations)


def _complaints(scene: Scene, space: str, address: str) -> list[int]:
    """Return the errors by which a namespace tells that it cannot reach an address."""
    return [
        place
        for place, (packet, reading) in enumerate(zip(scene.packets, scene.readings, strict=True))
        if packet.outgoing
        and reading.quotes is not None
        and packet.interface.namespace == space
        and reading.quotes[1] == address
    ]


def _talk_of_neighbours(
    scene: Scene,
) -> tuple[dict[Entry, list[int]], dict[Entry, list[int]]]:
    """Return for each entry the frames that told its MAC address, and those that asked for it."""
    teaching: dict[Entry, list[int]] = defaultdict(list)
    asking: dict[Entry, list[int]] = defaultdict(list)
    for place, (packet, reading) in enumerate(zip(scene.packets, scene.readings, strict=True)):
        where = (packet.interface.namespace, packet.interface.name)
        if not packet.outgoing and reading.told is not None:
            teaching[*where, reading.told[0]].append(place)
        if packet.outgoing and reading.asks is not None and reading.asks[0] in {"arp", "nd"}:
            asking[*where, str(reading.asks[2])].append(place)
    return teaching, asking


def _first(
    places: list[int], begin: int, end: int, number: int, into: dict[int, int]
) -> int | None:
    """Note the first of the places between `begin` and `end`, if there is one."""
    for place in places:
        if begin <= place < end:
            into[number] = place
            return place
    return None


def _waited(scene: Scene) -> dict[int, int]:
    """Return which frames went out because an address that they waited for was told."""
    released = {}
    tellers: dict[tuple[int, str], int] = {}  # link and MAC address -> the answer that told it
    for place, (packet, reading) in enumerate(zip(scene.packets, scene.readings, strict=True)):
        link = packet.interface.number
        if not packet.outgoing:
            question = scene.answers.get(place)
            if reading.told is not None and question is not None and _to_many(scene, question):
                tellers[link, reading.told[1]] = place
        elif reading.packet is not None and reading.told is None:
            answer = tellers.pop((link, str(reading.detail.get("mac_destination"))), None)
            if answer is not None and scene.times[place] - scene.times[answer] < _WAITED:
                released[place] = answer
    return released


def _to_many(scene: Scene, place: int) -> bool:
    """Whether a question went to everybody, as it does where no address is known."""
    mac = str(scene.readings[place].detail.get("mac_destination", ""))
    return mac == "ff:ff:ff:ff:ff:ff" or mac.startswith((_IPV4_MULTICAST, _IPV6_MULTICAST))


_Headers = dict[tuple[str, bool, str], list[int]]


def _by_header(scene: Scene) -> _Headers:
    headers: _Headers = defaultdict(list)
    if any(observation.kind == "rule" for observation in scene.observations):
        for place, (packet, reading) in enumerate(zip(scene.packets, scene.readings, strict=True)):
            if reading.header:
                key = _same_on_the_way(reading.header.hex())
                headers[packet.interface.namespace, packet.outgoing, key].append(place)
    return headers


def _same_on_the_way(header: str) -> str:
    """Leave out TTL and checksum, which each hop changes; hexadecimal, two letters a byte."""
    if header.startswith("4"):
        return header[:16] + header[18:20] + header[24:40]  # RFC 791: bytes 8 and 10-11
    return header[:14] + header[16:80]  # RFC 8200: byte 7


def _of_a_rule(scene: Scene, number: int, headers: _Headers, caused: Causes) -> None:
    """Note between which frames a packet passed a hook of the firewall."""
    observation = scene.observations[number]
    network = str(observation.detail.get("network", ""))
    if not network:
        return
    end = bisect_right(scene.times, scene.moments[number])
    begin = bisect_left(scene.times, scene.moments[number] - _LATE)
    key = _same_on_the_way(network)
    came = [p for p in headers.get((observation.namespace, False, key), ()) if begin <= p < end]
    went = [p for p in headers.get((observation.namespace, True, key), ()) if begin <= p < end]
    if came:
        caused.carriers[number] = caused.of_observations[number] = came[-1]
    elif went:
        # What waited for an address had passed all hooks before that was asked for.
        place = caused.carriers[number] = went[-1]
        answer = caused.waited.get(place)
        question = scene.answers.get(answer) if answer is not None else None
        caused.by_observations[number] = place if question is None else question
