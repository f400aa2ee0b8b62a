"""Packets that do not arrive, told and untold: claims B19 and B20."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.capture import Recording
from nslabkit.course.claims.chapter import finding, ip, one_ping
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.further import narrow_network
from nslabkit.course.claims.further.narrow_network import ADDRESS, LINK
from nslabkit.course.claims.further.segments import numbers, port_of
from nslabkit.net import namespaces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nslabkit.capture import Packet

_LESSON = "13_slow_narrow_lossy"
_NEAR, _WEST = "client/eth0", "router/west"


def _at(capture: Recording | None, where: str) -> list[Packet]:
    """Return what passed a link of a recording."""
    if not isinstance(capture, Recording):
        return []
    return [packet for packet in capture.packets if packet.interface.where == where]


class _Sent:
    """What the client sent of each stream, how often, and how much of it was acknowledged."""

    def __init__(self, near: list[Packet]) -> None:
        self.times: Counter[tuple[int, int, int]] = Counter()
        self.sizes: dict[tuple[int, int, int], int] = {}
        self.acknowledged: dict[int, int] = {}
        for packet in near:
            if packet.stream is None or not packet.stream.relative:
                continue  # of an earlier connection that still tries
            own = numbers(packet)
            if packet.source == ADDRESS:
                port = port_of(packet, "destination")
                known = self.acknowledged.get(port, 0)
                self.acknowledged[port] = max(known, own.acknowledgement or 0)
            elif own.data:
                segment = port_of(packet, "source"), own.sequence, own.end
                self.times[segment] += 1
                self.sizes[segment] = packet.length

    def arrived(self, segment: tuple[int, int, int]) -> bool:
        """Whether all of a segment was acknowledged."""
        return self.acknowledged.get(segment[0], 0) >= segment[2]

    @property
    def repeats(self) -> int:
        """How many segments were sent that had been sent before."""
        return sum(times - 1 for times in self.times.values())


# B19: a black hole


def _black_hole() -> Mapping[str, Any]:
    narrow_network.built()
    ip("-n router link set east mtu 1400")
    narrow_network.firewall("output", "icmp type destination-unreachable drop")
    with narrow_network.counted(), narrow_network.recorded(_NEAR) as recording:
        narrow_network.send(100)
        narrow_network.send(20_000, 2.0)
        one_ping(namespaces.namespace("client"), ADDRESS)
    return {"capture": recording}


def _only_small(capture: Recording | None = None) -> Finding:
    """Judge which segments of the client were acknowledged, and whether anybody said why not."""
    near = _at(capture, _NEAR)
    sent = _Sent(near)
    if not sent.times:
        return not_recorded()
    lost = [one for one, times in sent.times.items() if times > 1 and not sent.arrived(one)]
    through = [sent.sizes[one] for one in sent.times if sent.arrived(one)]
    sizes = [sent.sizes[one] for one in lost]
    told = [packet for packet in near if packet.kind == "ICMP destination unreachable"]
    return finding(
        [
            (bool(lost), _("Nothing was sent again in vain.")),
            (not told, _("The client was told: {kind}.")),
            (bool(through), _("Nothing at all got through: the way is closed, for small, too.")),
            (
                max(through, default=0) < min(sizes, default=0),
                _("Frames of {through} bytes got through, and one of {lost} did not."),
            ),
            (
                _was_open(near, lost),
                _(
                    "Nothing short got through after that: is the way closed? End the recording "
                    "with a ping."
                ),
            ),
        ],
        _(
            "A frame of {lost} bytes was sent {times} times in vain; those of up to {through} "
            "bytes got through, and nobody said why."
        ),
        ((f"tcpdump -i {_NEAR}", "\n".join(_in_vain(near, lost))),),
        lost=min(sizes, default=0),
        through=max(through, default=0),
        times=max((sent.times[one] for one in lost), default=0),
        kind=told[0].kind if told else "-",
    )


def _was_open(near: list[Packet], lost: list[tuple[int, int, int]]) -> bool:
    """Return whether the server was heard after a segment had been sent once more in vain."""
    times = {one: [packet.time for packet in near if _segment(packet) == one] for one in lost}
    again = min((sent[1] for sent in times.values()), default=0)
    return any(packet.source == ADDRESS and packet.time > again for packet in near)


def _in_vain(near: list[Packet], lost: list[tuple[int, int, int]]) -> list[str]:
    """Return the frames of what never arrived, one line each."""
    return [packet.summary for packet in near if _segment(packet) in lost]


def _segment(packet: Packet) -> tuple[int, int, int] | None:
    """Return what a packet carries of which stream, None where it belongs to no stream."""
    if packet.stream is None:
        return None
    return port_of(packet, "source"), packet.stream.sequence, packet.stream.end


B19 = Claim(
    "B19",
    _LESSON,
    lambda: _("Where the message “too long” is dropped, short packets arrive and long ones never."),
    _black_hole,
    _only_small,
)


# B20: loss costs time


def _one_in_ten() -> Mapping[str, Any]:
    narrow_network.built()
    narrow_network.firewall("forward", 'iifname "west" numgen random mod 100 < 10 drop')
    with narrow_network.counted(), narrow_network.recorded(_NEAR) as recording:
        narrow_network.send(200_000)
    return {"capture": recording}


def _all_the_same(capture: Recording | None = None) -> Finding:
    """Judge whether the router lost packets, and whether every byte arrived all the same."""
    sent = _Sent(_at(capture, _NEAR))
    came = [one for one in _at(capture, _WEST) if one.destination == ADDRESS]
    left = [one for one in _at(capture, LINK) if one.destination == ADDRESS]
    if not sent.times or not came:
        return not_recorded()
    missing = [one for one in sent.times if not sent.arrived(one)]
    return finding(
        [
            (len(left) < len(came), _("The router lost nothing.")),
            (sent.repeats > 0, _("Nothing was sent again.")),
            (not missing, _("{missing} segments never were acknowledged.")),
        ],
        _(
            "The router lost {lost} of {came} packets; {again} segments were sent again, and "
            "every byte was acknowledged."
        ),
        ((f"tcpdump -i {_WEST}", f"{len(came)}"), (f"tcpdump -i {LINK}", f"{len(left)}")),
        lost=len(came) - len(left),
        came=len(came),
        again=sent.repeats,
        missing=len(missing),
    )


B20 = Claim(
    "B20",
    _LESSON,
    lambda: _("A wire that loses packets costs a TCP stream time, and not a byte."),
    _one_in_ten,
    _all_the_same,
)
