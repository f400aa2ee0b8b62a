"""Reach beyond the wire: who else can reach a namespace?  Claims C29 and C30."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter, outward
from nslabkit.course.claims.chapter import ADDRESSES, followed_by, one_ping
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.verdict import Outcome
from nslabkit.net import addresses, links, namespaces, routes
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nslabkit.base.commands import Result

_LESSON = "04_beyond"
_NETWORK = ipaddress.ip_network("172.16.0.0/24")


def _row(ping: Result, where: str = "") -> tuple[str, str]:
    """Return a line of evidence: the command, and what counts of its output."""
    lines = (ping.stdout + ping.stderr).strip().splitlines()
    counted = [line for line in lines if "received" in line or line.startswith("ping:")]
    return where + ping.command, (counted or lines or [""])[-1]


# C29: from a namespace to the host and back it works by now


def _chapter_then_own_wire() -> Mapping[str, Any]:
    chapter.addressed()
    return {"own_wire": outward.to_the_host()}


def _host_left_out(own_wire: Sequence[Result] = ()) -> Finding:
    """Judge whether the host reaches the chapter's two namespaces.

    `own_wire` are pings in both directions over a wire that leads to the host itself.
    """
    mine = [row.address for row in addresses.addresses()]
    evidence = [("ip addr", ", ".join(mine))]
    reached = []
    for name, address in ADDRESSES.items():
        if address not in _own_addresses(name):
            text = _("{address} does not exist in {namespace}: build the chapter's network first.")
            return Finding(Outcome.UNKNOWN, text.format(address=address, namespace=name))
        ping = one_ping(HOST, address)
        evidence.append(_row(ping))
        if ping.returncode == 0 and not _is_stranger(address):
            reached.append(address)
    evidence += map(_row, own_wire)
    if any(ping.returncode != 0 for ping in own_wire):
        text = _("A wire of the host's own does not yet work in both directions.")
        return Finding(Outcome.UNKNOWN, text, tuple(evidence))
    outcome, text = _judged(reached, mine)
    if own_wire:
        text = followed_by(text, _("With a wire of its own, both directions work."))
    return Finding(outcome, text, tuple(evidence))


def _judged(reached: list[str], mine: list[str]) -> tuple[Outcome, str]:
    if len(reached) == len(ADDRESSES):
        return Outcome.HOLDS, _("The host reaches both namespaces: somebody has built a path.")
    if reached:
        text = _("The host reaches {address} only.").format(address=reached[0])
    elif any(ipaddress.ip_interface(address) in _NETWORK for address in mine):
        text = _("The host has an address in {network}, but no wire: it reaches neither namespace.")
    else:
        text = _(
            "The host has no address in {network} and reaches neither namespace: both ends of "
            "the wire have left it."
        )
    return Outcome.FAILS, text.format(network=_NETWORK)


def _own_addresses(name: str) -> set[str]:
    return {row.address.partition("/")[0] for row in addresses.addresses(name)}


def _is_stranger(address: str) -> bool:
    """Return whether what answers the host at `address` is none of the chapter's namespaces.

    The host itself may have the address.  A machine with a default route sends the question to its
    router, and somebody there may have it; a router among our own namespaces is another matter.
    """
    way = routes.lookup(address)
    if way.via is None:
        return way.link == "lo"
    return not any(way.via in _own_addresses(name) for name in namespaces.names())


C29 = Claim(
    "C29",
    _LESSON,
    lambda: _("Namespace to host and host to namespace both work now."),
    _chapter_then_own_wire,
    _host_left_out,
    place="4.7",
    expected=Outcome.FAILS,
)


# C30: point-to-point communication is achieved


def _chapter_then_beyond() -> Mapping[str, Any]:
    chapter.addressed()
    return {"beyond": outward.to_everybody()}


def _point_to_point(beyond: Sequence[Result] = ()) -> Finding:
    """Judge the chapter's two namespaces; `beyond` are pings to others, and to the world."""
    rows, answered = [], []
    for name, other in (("netns1", "netns2"), ("netns2", "netns1")):
        ping = one_ping(namespaces.namespace(name), ADDRESSES[other])
        rows.append(_row(ping, f"ip netns exec {name} "))
        answered.append(ping.returncode == 0)
    evidence = (*rows, *map(_row, beyond))
    if not all(answered):
        text = _("The two namespaces do not reach each other in both directions.")
        return Finding(Outcome.FAILS, text, evidence)
    if not _directly():
        text = _("They reach each other, but not by a wire from one to the other: {way}.")
        return Finding(Outcome.FAILS, text.format(way=_way()), evidence)
    text = _("One wire, two ends, and each side reaches the other.")
    if any(ping.returncode != 0 for ping in beyond):
        return Finding(Outcome.FAILS, followed_by(text, _("Beyond them it fails.")), evidence)
    if beyond:
        more = _("Three on a bridge reach each other, too, and through NAT they reach the world.")
        text = followed_by(text, more)
    return Finding(Outcome.HOLDS, text, evidence)


def _way() -> str:
    """Return the link by which netns1 sends to netns2."""
    return str(routes.lookup(ADDRESSES["netns2"], "netns1").link)


def _directly() -> bool:
    try:
        far = links.peer(_way(), "netns1")
    except NotFoundError:  # not a veth, or its other end cannot be found
        return False
    return far.namespace.inode == namespaces.namespace("netns2").inode


C30 = Claim(
    "C30",
    _LESSON,
    lambda: _("Now two namespaces can communicate, point to point."),
    _chapter_then_beyond,
    _point_to_point,
    place="4.7",
)
