"""What a router's advertisement does, and when it is not believed: claims B24 and B25."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.further.ipv6_network import (
    LESSON,
    advertise,
    as_router,
    discovery,
    icmpv6,
    is_learnt,
    settled,
    wired,
)
from nslabkit.course.verdict import Outcome
from nslabkit.net import addresses, links, routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nslabkit.capture import Packet, Recording
    from nslabkit.net.addresses import Address

_NEAR, _LINK = "netns1", "veth1"
_ROUTER = "fe80::ff:fe00:2"
_HONEST, _FOREIGN = "fd00:1::", "fd00:bad::"
_UNTOUCHED = 255  # hop limit of a frame that has passed no router (RFC 4861, section 6.1.2)


def _within(prefix: str) -> list[Address]:
    """Return netns1's addresses that begin with a prefix of 64 bits."""
    network = ipaddress.ip_network(f"{prefix}/64")
    return [
        one
        for one in addresses.addresses(_NEAR, _LINK)
        if ":" in one.address and ipaddress.ip_interface(one.address).ip in network
    ]


# B24: one advertisement gives an address and a default route


def _advertised() -> None:
    wired()
    as_router()
    advertise(_HONEST)
    settled(_NEAR, _HONEST)


def _configured() -> Finding:
    if not links.link(_LINK, _NEAR).carrier:
        text = _("{link} is not connected: set both ends up first.")
        return Finding(Outcome.UNKNOWN, text.format(link=_LINK))
    own = _within(_HONEST)
    ways = [one for one in routes.routes(_NEAR, family=6) if one.destination == "default"]
    learnt = [one for one in ways if one.json.get("protocol") == "ra"]
    evidence = (
        ("ip -n netns1 -6 addr", ", ".join(one.address for one in own) or "-"),
        ("ip -n netns1 -6 route", ", ".join(f"default via {one.via}" for one in ways) or "-"),
    )
    return finding(
        [
            (bool(own), _("netns1 has no address in {prefix}/64: it has heard of no router.")),
            (
                all(is_learnt(one, _NEAR) for one in own),
                _("The address was given by hand."),
            ),
            (bool(learnt), _("netns1 has no default route that a router advertised.")),
            (
                any(one.via == _ROUTER for one in learnt),
                _("The default route does not lead to {router}."),
            ),
        ],
        _("netns1 has {address} and a default route to {router}, both from an advertisement."),
        evidence,
        prefix=_HONEST,
        router=_ROUTER,
        address=own[0].address if own else "-",
    )


B24 = Claim(
    "B24",
    LESSON,
    lambda: _("One router advertisement gives a machine an address and a default route."),
    _advertised,
    _configured,
)


# B25: an advertisement that may have passed a router is ignored


def _from_afar() -> Mapping[str, Any]:
    from nslabkit.show.lab_recording import capture

    wired()
    as_router()
    with capture(_NEAR, "netns2", filter="icmp6", progress=False) as recording:
        advertise(_FOREIGN, hop_limit=_UNTOUCHED - 1)
        # Believed, and later: what was to come of the first one has come by then.
        advertise(_HONEST)
        settled(_NEAR, _HONEST)
    return {"recording": recording}


def _ignored(recording: Recording | None = None) -> Finding:
    """Judge what came of the advertisements that arrived with a hop limit below 255."""
    if recording is None:
        return not_recorded()
    arrived = [
        one
        for one in icmpv6(recording, "router advertisement")
        if not one.outgoing and one.interface.namespace == _NEAR and _limit(one) < _UNTOUCHED
    ]
    if not arrived:
        text = _("No advertisement with a hop limit below 255 arrived at netns1.")
        return Finding(Outcome.UNKNOWN, text)
    if not any(is_learnt(one, _NEAR) for one in _within(_HONEST)):
        text = _("netns1 believes no advertisement at all: show it one with hop limit 255 first.")
        return Finding(Outcome.UNKNOWN, text)
    prefix, limit = discovery(arrived[0], "ICMPv6", "prefix"), _limit(arrived[0])
    made = _within(prefix)
    return finding(
        [(not made, _("netns1 has an address in {prefix}/64: it believed the frame."))],
        _("It arrived with hop limit {limit}, and netns1 made no address in {prefix}/64 of it."),
        (
            (str(arrived[0].kind), f"hop limit {limit}: {arrived[0].summary}"),
            ("ip -n netns1 -6 addr", ", ".join(one.address for one in made) or "-"),
        ),
        prefix=prefix,
        limit=limit,
    )


def _limit(packet: Packet) -> int:
    return int(discovery(packet, "IPv6", "hop limit") or 0)


B25 = Claim(
    "B25",
    LESSON,
    lambda: _("A router advertisement that may have passed a router is ignored."),
    _from_afar,
    _ignored,
)
