"""Routing and neighbour tables of a network namespace: claims C07 and C08."""

from __future__ import annotations

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.own import called, everywhere
from nslabkit.net import addresses, bridges, links, namespaces, neighbours, routes

# Addresses of documentation (RFC 5737): nobody has them, so only the routes speak.
_NETWORK, _ELSEWHERE = "203.0.113.0/24", "203.0.113.7"


# C07: a routing table of its own


def _routed() -> None:
    chapter.addressed()
    routes.add(_NETWORK, via="172.16.0.2", namespace="netns1")
    routes.add(_NETWORK, via="172.16.0.1", namespace="netns2")


def _judge_routes(
    destination: str = _ELSEWHERE, one: str = "netns1", other: str = "netns2"
) -> Finding:
    ways = {name: routes.lookup(destination, name) for name in (one, other)}
    try:
        at_home = _way(routes.lookup(destination))
    except NotFoundError as error:
        at_home = error.said
    return finding(
        [
            (
                (ways[one].via, ways[one].link) != (ways[other].via, ways[other].link),
                _("Both look-ups gave the same route."),
            ),
        ],
        _(
            "One destination, {destination}, and two routes: {one} sends it to {via}, {other} to "
            "{other_via}."
        ),
        [
            *((f"ip -n {name} route get {destination}", _way(way)) for name, way in ways.items()),
            (f"ip route get {destination}", at_home),
        ],
        destination=destination,
        one=one,
        via=ways[one].via or ways[one].link,
        other=other,
        other_via=ways[other].via or ways[other].link,
    )


def _way(found: routes.Route) -> str:
    via = "" if found.via is None else f"via {found.via} "
    return f"{via}dev {found.link} src {found.source}"


C07 = Claim(
    "C07",
    lesson="02_own_namespace",
    summary=lambda: _("A network namespace has its own routing table."),
    experiment=_routed,
    examine=_judge_routes,
    place="2.1",
)


# C08: a neighbour table of its own


def _asked() -> None:
    """Put three namespaces on a bridge, so that the third hears the question, too."""
    bridges.add("meeting")
    links.up("meeting")
    for number in (1, 2, 3):
        name, wire, end = f"netns{number}", f"wire{number}", f"veth{number}"
        namespaces.add(name)
        links.add_veth(end, wire, namespace=name)
        bridges.attach(wire, "meeting")
        addresses.add(f"172.16.0.{number}/24", end, namespace=name)
        links.up(wire)
        links.up(end, namespace=name)
    namespaces.namespace("netns1").run("ping -c1 -W2 172.16.0.2", check=True, quiet=True)


def _judge_neighbours(asker: str = "netns1", address: str = "172.16.0.2") -> Finding:
    places = everywhere(namespaces.namespace(asker))
    tables = {called(where): list(neighbours.neighbours(where)) for where in places}
    known = [row for row in tables[asker] if row.address == address and row.mac]
    learnt = any("PERMANENT" not in row.state for row in known)  # and not told by hand
    others = [
        name
        for name, rows in tables.items()
        if name != asker and any(row.address == address for row in rows)
    ]
    return finding(
        [
            (learnt, _("{name} has not learnt who {address} is: ping it there first.")),
            (not others, _("There is an entry for {address} in {names}, too.")),
        ],
        _(
            "{name} has learnt the MAC address of {address}; no other namespace has an entry for "
            "it."
        ),
        [
            (
                "ip neigh" if name == _("host") else f"ip -n {name} neigh",
                "\n".join(f"{row.address} dev {row.link} {row.mac} {row.state}" for row in rows)
                or "-",
            )
            for name, rows in tables.items()
        ],
        name=asker,
        address=address,
        names=enumeration(others),
    )


C08 = Claim(
    "C08",
    lesson="02_own_namespace",
    summary=lambda: _("A network namespace has its own neighbour table."),
    experiment=_asked,
    examine=_judge_neighbours,
    place="2.1",
)
