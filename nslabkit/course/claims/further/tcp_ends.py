"""The end of a TCP connection, and the lack of one: claims B14 and B15."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import finding, ip, lines
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.further import talking
from nslabkit.course.claims.further.segments import (
    listed,
    numbers,
    port_of,
    segments,
)
from nslabkit.course.claims.further.talking import ADDRESS, NAME
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nslabkit.capture import Packet, Recording

_LESSON = "12_tcp_on_the_wire"
_KEPT_FOR = 55 * 10**9  # ns; the kernel keeps it for a minute (TCP_TIMEWAIT_LEN)


# B14: who closes first keeps the connection


def _said_bye() -> Mapping[str, Any]:
    talking.built()
    with talking.served(), talking.recorded() as recording:
        with talking.connected() as talk:
            port = talk.getsockname()[1]
            talk.sendall(b"bye\n")
            talk.recv(100)  # nothing: the server has closed
        talking.gone(None, f"sport = :{port}")
    return {"capture": recording}


def _first_to_close(capture: Recording | None = None) -> Finding:
    """Judge which end of a recorded connection still has a socket for it."""
    ends = _closing(capture)
    homes = {packet.source: _home(packet.source) for packet in ends}
    if not homes or None in homes.values():
        return not_recorded()
    first, last = ends[0], next(end for end in ends if end.source != ends[0].source)
    kept, other = _kept(first, homes), _kept(last, homes)
    if not kept and time.time_ns() - first.time > _KEPT_FOR:
        text = _("That was more than a minute ago, and TIME-WAIT is over. Record it once more.")
        return Finding(Outcome.UNKNOWN, text)
    return finding(
        [
            (kept == ["TIME-WAIT"], _("{first} closed first, and now has: {kept}.")),
            (not other, _("{last} closed last, and still has: {other}.")),
        ],
        _("{first} closed first and keeps TIME-WAIT; {last} has forgotten the connection."),
        (
            ("tcpdump -i wire tcp", listed(ends)),
            (f"ss -tan src {first.source}", ", ".join(kept) or "-"),
            (f"ss -tan src {last.source}", ", ".join(other) or "-"),
        ),
        first=first.source,
        last=last.source,
        kept=enumeration(kept) or "-",
        other=enumeration(other) or "-",
    )


def _closing(recording: Recording | None) -> list[Packet]:
    """Return the FINs of the first connection that both ends closed.

    An older connection, whose other end is gone, may repeat its FIN meanwhile.
    """
    connections: dict[frozenset[int], list[Packet]] = {}
    for packet in segments(recording):
        if packet.kind == "TCP FIN":
            ports = frozenset({port_of(packet, "source"), port_of(packet, "destination")})
            connections.setdefault(ports, []).append(packet)
    closed = (fins for fins in connections.values() if len({fin.source for fin in fins}) > 1)
    return next(closed, [])


def _home(address: str) -> str | None:
    """Return the namespace that has an address, as ``ip netns`` names it; "" is the host."""
    for name in (None, *namespaces.names()):
        said = namespaces.namespace(name).run(["ip", "-br", "addr"], quiet=True).stdout
        if f" {address}/" in said:
            return name or ""
    return None


def _kept(end: Packet, homes: Mapping[str, str | None]) -> list[str]:
    """Return the states of the sockets that an end has of its connection."""
    here = f"src {end.source} sport = :{port_of(end, 'source')}"
    there = f"dst {end.destination} dport = :{port_of(end, 'destination')}"
    return talking.sockets(homes[end.source] or None, f"{here} {there}")


B14 = Claim(
    "B14",
    _LESSON,
    lambda: _("Whoever closes a connection first keeps it in TIME-WAIT; the other forgets it."),
    _said_bye,
    _first_to_close,
)


# B15: one end outlives the other


def _power_cut() -> Mapping[str, Any]:
    """Let the server lose its power in the middle of a connection, and start it again."""
    talking.built()
    with contextlib.ExitStack() as held:
        with talking.served():
            talk = held.enter_context(talking.connected())
            talk.sendall(b"hello\n")
            talk.recv(100)
            ip("link del wire")  # nothing that the dying kernel says comes through
        ip(f"netns del {NAME}")
        talking.built()
        believed = HOST.run(["ss", "-Htan", "dst", ADDRESS], check=True, quiet=True).stdout
        with talking.recorded() as recording, contextlib.suppress(OSError):
            talk.sendall(b"hello?\n")
            talk.recv(100)
    return {"believed": believed, "capture": recording}


def _half_open(believed: str | Sequence[str] = "", capture: Recording | None = None) -> Finding:
    """Judge what one end believed, by ``ss -tan``, and what the other said to its next segment."""
    seen = segments(capture)
    carrying = [packet for packet in seen if numbers(packet).data]
    if not carrying or not believed:
        return not_recorded()
    sent = carrying[0]
    back = [packet for packet in seen if packet.source == sent.destination]
    ends = (f"{sent.source}:{port_of(sent, 'source')}", f"{sent.destination}:")
    states = [line.split()[0] for line in lines(believed) if all(end in line for end in ends)]
    kinds = [str(packet.kind) for packet in back]
    return finding(
        [
            ("ESTAB" in states, _("{near} did not believe in a connection: {states}.")),
            (kinds[:1] == ["TCP RST"], _("{far} answered: {kinds}.")),
        ],
        _("{near} believed in the connection until it sent; {far} knew nothing of it: RST."),
        (("ss -tan", "\n".join(lines(believed))), ("tcpdump -i wire tcp", listed([sent, *back]))),
        near=sent.source,
        far=sent.destination,
        states=enumeration(states) or "-",
        kinds=enumeration(kinds) or "-",
    )


B15 = Claim(
    "B15",
    _LESSON,
    lambda: _("A connection lives in its two ends only: one may outlive the other unawares."),
    _power_cut,
    _half_open,
)
