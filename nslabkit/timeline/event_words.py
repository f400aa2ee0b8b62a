"""Sentences for events: what a frame, a neighbour, a route or a rule did, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.capture.events.observation import Clock
from nslabkit.net.neighbour_states import state_meaning

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.capture.events.observation import Observation

# Clocks whose times are of the event itself: the kernel's, and ping's when it sends.
EXACT = (Clock.TAP, Clock.WRITTEN)
_MILLI, _SECOND = 1_000_000, 1_000_000_000  # nanoseconds


def in_brackets() -> str:
    """Return what it means that a time stands in brackets."""
    return _(
        "A time in brackets is when the event was heard, read or printed, which is "
        "later than it happened; its place in the order follows from its cause."
    )


def place_name(namespace: str, link: str | None = None) -> str:
    """Return where something is: the namespace, and the link behind a stroke."""
    where = namespace or _("host")
    return f"{where}/{link}" if link else where


def sentence(one: Observation) -> str:
    """Return what an observation says, one sentence in the reader's language."""
    return _SENTENCES[one.kind](one, one.detail)


def _neighbour(one: Observation, detail: dict[str, Any]) -> str:
    states = detail.get("state") or [""]
    values = {"address": detail.get("dst", "?"), "state": ",".join(states)}
    if one.change == "gone":
        return _("The neighbour {address} is forgotten.").format(**values)
    text = _("Neighbour {address}: {state}.")
    if detail.get("lladdr"):
        text = _("Neighbour {address} at {mac}: {state}.")
    meaning = state_meaning(states[0])
    if meaning:
        values["state"] = _("{state} ({meaning})").format(meaning=meaning, **values)
    return text.format(mac=detail.get("lladdr"), **values)


def _fdb(one: Observation, detail: dict[str, Any]) -> str:
    text = _("The bridge learns that {mac} is behind its port {link}.")
    if one.change == "gone":
        text = _("The bridge forgets that {mac} is behind its port {link}.")
    return text.format(mac=detail.get("mac"), link=one.link)


def _route(one: Observation, detail: dict[str, Any]) -> str:
    words = [str(detail.get("type", "")), str(detail.get("dst", ""))]
    words += ["via", str(detail["gateway"])] if "gateway" in detail else []
    words += ["dev", str(detail["dev"])] if "dev" in detail else []
    text = _("Route removed: {route}.") if one.change == "gone" else _("New route: {route}.")
    return text.format(route=" ".join(filter(None, words)))


def _address(one: Observation, detail: dict[str, Any]) -> str:
    text = _("New address: {address}.")
    if one.change == "gone":
        text = _("Address removed: {address}.")
    return text.format(address=f"{detail.get('local')}/{detail.get('prefixlen')}")


def _link(one: Observation, detail: dict[str, Any]) -> str:
    name = detail.get("ifname", one.link)
    if one.change == "gone":
        return _("The link {link} is no longer here.").format(link=name)
    was = detail.get("was")
    if was is None:
        return _("New link: {link}.").format(link=name)
    changed = [
        key for key in ("ifname", "master", "mtu", "address") if was.get(key) != detail.get(key)
    ]
    told = [f"{key} {was.get(key, '-')} → {detail.get(key, '-')}" for key in changed]
    if not told or was.get("flags") != detail.get("flags"):
        told.insert(0, _up_and_carrier(detail.get("flags", [])))
    return _("The link {link}: {what}.").format(link=name, what=_(", ").join(told))


def _up_and_carrier(flags: list[str]) -> str:
    if "UP" not in flags:
        return _("down")
    return _("up") if "LOWER_UP" in flags and "NO-CARRIER" not in flags else _("up, no carrier")


def _rule(_one: Observation, detail: dict[str, Any]) -> str:
    values = {name: detail.get(name, "") for name in ("hook", "verdict", "table", "chain")}
    if detail.get("ours"):
        return _("A packet has passed the hook {hook}.").format(**values)
    if detail.get("type") == "policy":
        return _(
            "The chain {table} {chain} (hook {hook}) ends; its policy says: {verdict}."
        ).format(**values)
    return _("Rule {handle} of {table} {chain} (hook {hook}) matches; it says: {verdict}.").format(
        handle=detail.get("handle", "?"), **values
    )


def _ping(one: Observation, detail: dict[str, Any]) -> str:
    number = detail.get("seq")
    if one.change == "sent":
        return _("ping hands echo request number {number} to the stack.").format(number=number)
    return _("ping prints answer number {number}: time={milliseconds:.3f} ms.").format(
        number=number, milliseconds=detail.get("round_trip", 0) / _MILLI
    )


def _lost(_one: Observation, _detail: dict[str, Any]) -> str:
    return _("Events were lost here: more arrived at once than could be read.")


def _namespace(one: Observation, _detail: dict[str, Any]) -> str:
    return _("The namespace {name} is gone.").format(name=place_name(one.namespace))


def _clock(_one: Observation, detail: dict[str, Any]) -> str:
    text = _("The machine's clock was set by {by} here: times before and after cannot be compared.")
    return text.format(by=f"{detail.get('by', 0) / _SECOND:+.6f} s")


_SENTENCES: dict[str, Callable[[Observation, dict[str, Any]], str]] = {
    "neighbour": _neighbour,
    "fdb": _fdb,
    "route": _route,
    "address": _address,
    "link": _link,
    "rule": _rule,
    "ping": _ping,
    "lost": _lost,
    "namespace": _namespace,
    "clock": _clock,
}
