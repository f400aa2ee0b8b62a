"""TCP as it passes a wire: claims B11 to B13."""

from __future__ import annotations

import contextlib
import itertools
import socket
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.units import duration
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.further import talking
from nslabkit.course.claims.further.segments import (
    at_one_end,
    listed,
    numbers,
    port_of,
    segments,
)
from nslabkit.course.claims.further.talking import ADDRESS, NAME
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nslabkit.capture import Packet, Recording

_LESSON = "12_tcp_on_the_wire"
_CLOSED, _DROPPED, _REJECTED = 8001, 8002, 8003
_WALLS = (
    "add table ip walls; add chain ip walls in { type filter hook input priority 0; }; "
    f"add rule ip walls in tcp dport {_DROPPED} drop; "
    f"add rule ip walls in tcp dport {_REJECTED} reject with icmp type host-unreachable"
)
_SENDS = 5  # of one segment: so many show by what the pauses between them grow
_DOUBLED = 1.5  # times the pause before, at least: a slow machine's clock is not exact


# B11: three frames open a connection


def _hello() -> Mapping[str, Any]:
    talking.built()
    with talking.served(), talking.recorded() as recording:  # noqa: SIM117 - it is to end inside
        with talking.connected() as talk:
            talk.sendall(b"hello\n")
            talk.recv(100)
    return {"capture": recording}


def _three_frames(capture: Recording | None = None) -> Finding:
    """Judge how the first connection of a recording was opened."""
    seen = segments(capture)
    opening = [packet for packet in seen if packet.kind == "TCP SYN"]
    if not opening:
        return not_recorded()
    ports = {port_of(opening[0], "source"), port_of(opening[0], "destination")}
    flow = [p for p in seen if {port_of(p, "source"), port_of(p, "destination")} == ports]
    kinds = [str(packet.kind) for packet in flow[:3]]
    carrying = [packet for packet in flow if numbers(packet).data]
    first = numbers(carrying[0]).sequence if carrying else 0
    return finding(
        [
            (
                kinds == ["TCP SYN", "TCP SYN-ACK", "TCP ACK"],
                _("The connection begins with {kinds}."),
            ),
            (bool(carrying), _("No data followed: the connection carried nothing.")),
            (first == 1, _("The first byte has the number {first}, not 1.")),
        ],
        _("SYN, SYN-ACK, ACK: then came the first byte. It has the number 1: SYN was number 0."),
        (("tcpdump -i wire tcp", listed(flow)),),
        kinds=enumeration(kinds),
        first=first,
    )


B11 = Claim(
    "B11",
    _LESSON,
    lambda: _("Three frames open a TCP connection, before the first byte of data."),
    _hello,
    _three_frames,
)


# B12: closed, dropped, rejected


def _three_walls() -> Mapping[str, Any]:
    talking.built()
    namespaces.namespace(NAME).run(["nft", _WALLS], check=True, quiet=True)
    with talking.recorded("tcp or icmp") as recording:
        for port in (_CLOSED, _REJECTED, _DROPPED):
            with contextlib.suppress(OSError):  # that is what is recorded
                socket.create_connection((ADDRESS, port), 2.5).close()
    return {"capture": recording}


def _three_answers(
    capture: Recording | None = None,
    closed: int = _CLOSED,
    dropped: int = _DROPPED,
    rejected: int = _REJECTED,
) -> Finding:
    """Judge what came back from three ports; without a SYN to each nothing can be said."""
    asked = {
        port: [one for one in _asking(capture) if port_of(one, "destination") == port]
        for port in (closed, dropped, rejected)
    }
    if not all(asked.values()):
        return not_recorded()
    came = {port: _came_back(capture, sent[0]) for port, sent in asked.items()}
    words = {port: ", ".join(kinds) or "-" for port, kinds in came.items()}
    return finding(
        [
            (came[closed] == ["TCP RST"], _("Port {closed} answered: {of_closed}.")),
            (not came[dropped], _("Port {dropped} answered: {of_dropped}.")),
            (len(asked[dropped]) > 1, _("The SYN to port {dropped} was sent only once.")),
            (
                set(came[rejected]) == {"ICMP destination unreachable"},
                _("Port {rejected} answered: {of_rejected}."),
            ),
        ],
        _(
            "RST from the closed port, an ICMP message from the firewall that rejects, nothing "
            "from the one that drops: there the SYN was sent {times} times."
        ),
        [(f"{ADDRESS}:{port}", word) for port, word in words.items()],
        closed=closed,
        dropped=dropped,
        rejected=rejected,
        of_closed=words[closed],
        of_dropped=words[dropped],
        of_rejected=words[rejected],
        times=len(asked[dropped]),
    )


def _asking(recording: Recording | None) -> list[Packet]:
    return [packet for packet in segments(recording) if packet.kind == "TCP SYN"]


def _came_back(recording: Recording | None, syn: Packet) -> list[str]:
    """Return the kinds of the frames that answer a SYN, ICMP messages that quote it included."""
    header = syn.dissection.header("TCP")
    assert header is not None  # a SYN has one
    quoted = syn.data[header.at : header.at + 8]  # ports and number (RFC 792)
    ends = port_of(syn, "destination"), port_of(syn, "source")
    return [
        str(packet.kind)
        for packet in at_one_end(recording)
        if (
            (packet.kind.protocol == "ICMP" and quoted in packet.data)
            or (
                packet.stream is not None
                and (port_of(packet, "source"), port_of(packet, "destination")) == ends
            )
        )
    ]


B12 = Claim(
    "B12",
    _LESSON,
    lambda: _(
        "A closed port answers with RST, a rejecting firewall with ICMP, a dropping one not at all."
    ),
    _three_walls,
    _three_answers,
)


# B13: sent again, after ever longer pauses


def _deaf_for_a_while() -> Mapping[str, Any]:
    talking.built()
    with talking.served(), talking.recorded() as recording, talking.connected() as talk:
        talking.stopped_listening()
        talk.sendall(b"are you there?\n")
        eventually(lambda: _backed_off() >= _SENDS - 2, 30)
        talking.stopped_listening(again=True)
        talk.settimeout(60)
        talk.recv(100)
    return {"capture": recording}


def _backed_off() -> int:
    """Return how often the timer of the host's connection has been doubled."""
    said = HOST.run(["ss", "-Htin", "dst", ADDRESS], check=True, quiet=True).stdout
    found = [word.partition(":")[2] for word in said.split() if word.startswith("backoff:")]
    return max(map(int, found), default=0)


def _sent_again(capture: Recording | None = None) -> Finding:
    """Judge the pauses between the sendings of the segment that was sent most often."""
    sent: dict[tuple[str, int, int], list[Packet]] = {}
    for packet in segments(capture):
        own = numbers(packet)
        if own.data:
            sent.setdefault((packet.source, own.sequence, own.end), []).append(packet)
    most = max(sent.values(), key=len, default=[])
    if not most:
        return not_recorded()
    pauses = [later.time - one.time for one, later in itertools.pairwise(most)]
    # The first repeat may be a probe, which comes before the timer (RFC 8985, 7).
    growing = all(later >= _DOUBLED * one for one, later in itertools.pairwise(pauses[1:]))
    told = enumeration(map(duration, pauses))
    return finding(
        [
            (len(most) > 1, _("Nothing had to be sent again.")),
            (
                len(most) >= _SENDS,
                _("It was sent {times} times only: wait longer before you mend."),
            ),
            (growing, _("The pauses do not grow: {pauses}.")),
            (_acknowledged(capture, most[-1]), _("It never was acknowledged.")),
        ],
        _("The same bytes were sent {times} times, after pauses of {pauses}; then they arrived."),
        (("tcpdump -i wire tcp", listed(most)),),
        times=len(most),
        pauses=told,
    )


def _acknowledged(recording: Recording | None, segment: Packet) -> bool:
    end = numbers(segment).end
    return any(
        packet.time > segment.time
        and packet.source == segment.destination
        and (numbers(packet).acknowledgement or 0) >= end
        for packet in segments(recording)
    )


B13 = Claim(
    "B13",
    _LESSON,
    lambda: _("What nobody acknowledges is sent again, after pauses that double."),
    _deaf_for_a_while,
    _sent_again,
)
