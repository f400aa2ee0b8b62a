"""A reading of one namespace, in the shape of the live model.

Everything is read by one short visit (`nslabkit.netlink.dumps`) and held as tuples that can
be compared; words are made of them afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nslabkit.netlink import FOLDER, brief, dumps
from nslabkit.netlink.names import neighbour_states, route_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.live.model import End, LinkModel, NamespaceModel, NeighbourModel, RouteModel

PARTS = dumps.PARTS
_UP, _LOWER_UP = 0x1, 0x10000
LOOPBACK = 772  # ARPHRD_LOOPBACK
_NOARP = 0x40
_UNICAST = 1
_OF_EACH_LINK = re.compile(r"fe[89ab]", re.IGNORECASE)  # fe80::/10, RFC 4291, section 2.5.6


class Content(NamedTuple):
    """What one namespace holds."""

    links: tuple[brief.BriefLink, ...] = ()
    addresses: tuple[brief.BriefAddress, ...] = ()
    routes: tuple[brief.BriefRoute, ...] = ()
    neighbours: tuple[brief.BriefNeighbour, ...] = ()
    rules: int | None = None
    cookie: int = 0  # see `nslabkit.netlink.Conversation.cookie`


def path_of(name: str) -> str | None:
    """Return where the namespace `name` can be opened; "" is the host, where we are already."""
    return f"{FOLDER}/{name}" if name else None


def read(path: str | None, before: Content, parts: frozenset[str] = PARTS) -> Content:
    """Return `before` with the wanted `parts` read anew in the namespace of `path`.

    Raises
    ------
    EnterError
        The namespace is not there.
    OSError
        The kernel refused.
    """
    raw = dumps.dump(path, parts)
    content = before._replace(cookie=raw.cookie)
    if raw.links is not None:
        content = content._replace(links=tuple(map(brief.link, raw.links)))
    if raw.addresses is not None:
        content = content._replace(addresses=tuple(map(brief.address, raw.addresses)))
    if raw.routes is not None:
        content = content._replace(routes=tuple(map(brief.route, raw.routes)))
    if raw.neighbours is not None:
        every = map(brief.neighbour, raw.neighbours)
        content = content._replace(
            neighbours=tuple(neighbour for neighbour in every if neighbour.state & ~_NOARP)
        )
    if "rules" in parts:
        content = content._replace(rules=raw.rules)
    return content


def in_order(name: str) -> list[tuple[bool, int, str]]:
    """Return a key to sort names by: the host first, and netns2 before netns10."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in (re.split(r"([0-9]+)", name) if name else ())
    ]


def described(
    key: str, name: str, content: Content, end: Callable[[brief.BriefLink], End | None]
) -> NamespaceModel:
    """Return the model of one namespace.

    Parameters
    ----------
    key, name : str
        What identifies it, and its name; "" for the host.
    content : Content
        What it holds.
    end : callable
        Returns where a link's other end is, or what it hangs on, if that can be seen.
    """
    names = {link.ifindex: link.name for link in content.links}
    addresses: dict[int, list[str]] = {}
    for address in content.addresses:
        if not _OF_EACH_LINK.match(address.text):
            addresses.setdefault(address.ifindex, []).append(address.text)
    return {
        "key": key,
        "name": printable(name),
        "host": not name,
        "links": [
            _link(link, names, addresses.get(link.ifindex, []), end) for link in content.links
        ],
        "routes": [
            _route(route, names)
            for route in content.routes
            if not _OF_EACH_LINK.match(route.destination or "")
        ],
        "neighbours": [_neighbour(neighbour, names) for neighbour in content.neighbours],
        "rules": content.rules,
    }


def printable(name: str) -> str:
    """Return a name that JSON can carry: a byte that is no UTF-8 is written as a code."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _link(
    link: brief.BriefLink,
    names: dict[int, str],
    addresses: list[str],
    end: Callable[[brief.BriefLink], End | None],
) -> LinkModel:
    other = end(link)
    return {
        "index": link.ifindex,
        "name": link.name,
        "kind": link.kind or ("loopback" if link.hardware == LOOPBACK else "device"),
        "state": state_of(link.flags),
        "mac": link.mac,
        "mtu": link.mtu,
        "addresses": addresses,
        "master": None if link.master is None else _name(link.master, names),
        "peer": other if link.kind == "veth" else None,
        "lower": None if link.kind == "veth" else other,
        "vni": link.vni,
    }


def state_of(flags: int) -> str:
    """Return a link's state: ``"up"``, ``"down"``, or up without a carrier."""
    if not flags & _UP:
        return "down"
    return "up" if flags & _LOWER_UP else "no carrier"


def _name(index: int, names: dict[int, str]) -> str:
    return names.get(index, f"if{index}")


def _route(route: brief.BriefRoute, names: dict[int, str]) -> RouteModel:
    destination = route.destination or "default"
    if route.kind != _UNICAST:
        destination = f"{route_type(route.kind)} {destination}"
    gateways = [via for via, _index in route.hops if via is not None]
    links = [_name(index, names) for _via, index in route.hops if index is not None]
    return {
        "destination": destination,
        "via": ", ".join(gateways) or None,
        "link": ", ".join(dict.fromkeys(links)) or None,
        "source": route.source,
    }


def _neighbour(one: brief.BriefNeighbour, names: dict[int, str]) -> NeighbourModel:
    return {
        "address": one.address,
        "mac": one.mac,
        "state": ",".join(neighbour_states(one.state)),
        "link": _name(one.ifindex, names),
    }
