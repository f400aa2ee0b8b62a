"""The comparison of two readings, piece by piece and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.live.matching import Pairs
    from nslabkit.live.model import LinkModel, NamespaceModel, NeighbourModel, RouteModel

_NO_MORE_ASKED = {  # from, to: what a neighbour's timer does (Linux, net/core/neighbour.c)
    ("REACHABLE", "STALE"),
    ("DELAY", "PROBE"),
    ("PROBE", "FAILED"),
    ("INCOMPLETE", "FAILED"),
}


@dataclass(frozen=True)
class StateChange:
    """One thing that is not as it was.

    Attributes
    ----------
    kind : str
        ``"namespace"``, ``"move"`` (of a link), ``"link"``, ``"address"``, ``"route"``,
        ``"neighbour"`` or ``"rules"``.
    where : str
        The namespace's name; "" for the host.  Of a link that was moved: where it is now.
    what : str
        Which: a name, an address with its link.
    before, after : str or None
        How it was and is, in words; None: it was not there.
    text : str
        The change in a few words.
    by_time : bool
        Whether time alone made it, and nobody's command.
    """

    kind: str
    where: str
    what: str
    before: str | None
    after: str | None
    text: str
    by_time: bool = False


def changes(pairs: Pairs) -> Iterator[StateChange]:
    """Yield what is different, in the order in which one builds."""
    yield from _namespaces(pairs)
    yield from _moved(pairs)
    for was, now in pairs.namespaces:
        if now is not None:
            yield from _inside(was, now, pairs)


def space_name(name: str) -> str:
    """Return what a namespace is called; the host has no name of its own."""
    return name or _("host")


def _namespaces(pairs: Pairs) -> Iterator[StateChange]:
    for was, now in pairs.namespaces:
        if was is None and now is not None:
            yield StateChange(
                "namespace", now["name"], now["name"], None, _there(now), f"+ {now['name']}"
            )
        elif now is None and was is not None:
            name = was["name"]
            yield StateChange("namespace", name, name, _there(was), None, f"− {name}")
        elif was is not None and now is not None and was["name"] != now["name"]:
            text = f"{was['name']} → {now['name']}"
            yield StateChange("namespace", now["name"], now["name"], was["name"], now["name"], text)


def _there(space: NamespaceModel) -> str:
    return ", ".join(link["name"] for link in space["links"])


def _moved(pairs: Pairs) -> Iterator[StateChange]:
    for was, now, (old, new) in pairs.moved:
        here, there = space_name(was["name"]), space_name(now["name"])
        text = f"{old['name']}: {here} → {there}"
        if old["name"] != new["name"]:
            text += f" ({new['name']})"
        yield StateChange("move", now["name"], new["name"], here, there, text)


def _inside(was: NamespaceModel | None, now: NamespaceModel, pairs: Pairs) -> Iterator[StateChange]:
    """Yield what changed in one namespace, in the order in which one builds."""
    where = now["name"]
    gone = {link["name"] for link in pairs.gone(was)}
    for link in pairs.gone(was):
        yield StateChange(
            "link", where, link["name"], _link_words(link, was), None, f"− {link['name']}"
        )
    for new in pairs.came(now):
        other = _other_end(new, now)
        if other is not None and other["index"] > new["index"] and other in pairs.came(now):
            continue  # the wire is told with its other end
        text = f"+ {_wire(new, now)}"
        yield StateChange("link", where, new["name"], None, _link_words(new, now), text)
    moved = [link for _from, _to, (_old, link) in pairs.moved]
    for old, new in pairs.kept(now):
        if old["name"] != new["name"] and new not in moved:
            text = f"{old['name']} → {new['name']}"
            yield StateChange("link", where, new["name"], old["name"], new["name"], text)
        yield from _link(where, old, new)
    for old, new in pairs.kept(now):
        yield from _addresses(where, old["addresses"], new)
    for new in pairs.came(now):
        yield from _addresses(where, [], new)
    before_routes = was["routes"] if was else []
    yield from _routes(where, before_routes, now["routes"], gone)
    yield from _neighbours(where, was["neighbours"] if was else [], now["neighbours"], gone)
    rules = was["rules"] if was else 0
    if rules != now["rules"] and now["rules"] is not None:
        text = _("firewall rules {before} → {after}").format(before=rules or 0, after=now["rules"])
        words = str(rules or 0), str(now["rules"])
        yield StateChange("rules", where, _("firewall rules"), *words, text)


def _link(where: str, old: LinkModel, new: LinkModel) -> Iterator[StateChange]:
    name = new["name"]
    if old["state"] != new["state"]:
        words = _state(old["state"]), _state(new["state"])
        yield StateChange("link", where, name, *words, f"{name} {words[1]}")
    if old["master"] != new["master"]:
        text = f"{name} → {new['master']}" if new["master"] else f"{name} − {old['master']}"
        yield StateChange("link", where, name, old["master"], new["master"], text)
    for key, word in (("mtu", "mtu"), ("mac", "MAC")):
        if old[key] != new[key]:  # type: ignore[literal-required]
            values = str(old[key]), str(new[key])  # type: ignore[literal-required]
            yield StateChange("link", where, name, *values, f"{name} {word} {values[1]}")


def _addresses(where: str, was: list[str], new: LinkModel) -> Iterator[StateChange]:
    for address in was:
        if address not in new["addresses"]:
            what = f"{address} dev {new['name']}"
            yield StateChange("address", where, what, address, None, f"− {address}")
    for address in new["addresses"]:
        if address not in was:
            what = f"{address} dev {new['name']}"
            yield StateChange("address", where, what, None, address, f"+ {address}")


def _routes(
    where: str, before: list[RouteModel], after: list[RouteModel], gone: set[str]
) -> Iterator[StateChange]:
    for route in before:
        if route not in after and route["link"] not in gone:
            words = _route(route)
            text = _("− route {route}").format(route=words)
            yield StateChange("route", where, route["destination"], words, None, text)
    for route in after:
        if route not in before:
            words = _route(route)
            text = _("+ route {route}").format(route=words)
            yield StateChange("route", where, route["destination"], None, words, text)


def _route(route: RouteModel) -> str:
    via = f" via {route['via']}" if route["via"] else ""
    link = f" dev {route['link']}" if route["link"] else ""
    return f"{route['destination']}{via}{link}"


def _neighbours(
    where: str, before: list[NeighbourModel], after: list[NeighbourModel], gone: set[str]
) -> Iterator[StateChange]:
    was = {(neighbour["address"], neighbour["link"]): neighbour for neighbour in before}
    now = {(neighbour["address"], neighbour["link"]): neighbour for neighbour in after}
    for key, neighbour in was.items():
        if key not in now and neighbour["link"] not in gone:
            text = _("− neighbour {address}").format(address=neighbour["address"])
            yield StateChange(
                "neighbour", where, _neighbour_of(neighbour), neighbour["state"], None, text
            )
    for key, neighbour in now.items():
        old = was.get(key)
        if old is not None and (old["state"], old["mac"]) == (neighbour["state"], neighbour["mac"]):
            continue
        text = _("neighbour {address} {state}").format(
            address=neighbour["address"], state=neighbour["state"]
        )
        state = old["state"] if old else None
        # Time takes a MAC address away, at most; another one has been said by somebody.
        another = bool(old and old["mac"] and neighbour["mac"] not in {None, old["mac"]})
        if another:
            text += f" MAC {neighbour['mac']}"
        by_time = not another and (state, neighbour["state"]) in _NO_MORE_ASKED
        yield StateChange(
            "neighbour",
            where,
            _neighbour_of(neighbour),
            state,
            neighbour["state"],
            text,
            by_time=by_time,
        )


def _neighbour_of(neighbour: NeighbourModel) -> str:
    mac = f" lladdr {neighbour['mac']}" if neighbour["mac"] else ""
    return f"{neighbour['address']} dev {neighbour['link']}{mac}"


def _other_end(link: LinkModel, space: NamespaceModel) -> LinkModel | None:
    """Return a wire's other end where that is in the same namespace."""
    if link["peer"] is None or link["peer"]["namespace"] != space["key"]:
        return None
    index = link["peer"]["index"]
    return next((other for other in space["links"] if other["index"] == index), None)


def _wire(link: LinkModel, space: NamespaceModel) -> str:
    other = _other_end(link, space)
    return f"{link['name']} ⟷ {other['name']}" if other else link["name"]


def _link_words(link: LinkModel, space: NamespaceModel | None) -> str:
    name = _wire(link, space) if space else link["name"]
    return ", ".join([name, link["kind"], _state(link["state"]), *link["addresses"]])


def _state(state: str) -> str:
    return {"up": _("up"), "down": _("down")}.get(state, _("up, no carrier"))
