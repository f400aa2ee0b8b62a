"""Recorded netlink messages, decoded into the words of ``ip``.

Nothing is decoded while something is recorded: a log keeps the messages as they came, and they
are decoded here, in their order, when somebody reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nslabkit.capture.events.neighbour_tables import Read
from nslabkit.capture.events.observation import Clock, Observation
from nslabkit.net import neighbours
from nslabkit.netlink import address_json, link_json, requests, route_json
from nslabkit.netlink.decoding import decode
from nslabkit.netlink.notices import Lost, Notice
from nslabkit.netlink.traces import TRACE, decode_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nslabkit.capture.events.firewall_trace import Tracing

_BRIDGE = 7  # AF_BRIDGE: what a bridge says of its ports, and of MAC addresses behind them
_NOARP = 0x40
# What of a link is told when it changes.
_TOLD = ("ifname", "flags", "operstate", "master", "mtu", "address")


_Found = tuple[str | None, dict[str, Any]] | None


class Heard(NamedTuple):
    """A notice, with the names of the namespaces by the ids that its listener gave them."""

    names: dict[int, str]
    notice: Notice


class Decoder:
    """Reads what a log kept; remembers the links, as messages name them by number.

    Parameters
    ----------
    links : dict
        For each namespace its links when the log began, as the kernel dumped them.
    tracing : Tracing or None
        The firewall's hooks, where packets are traced.
    """

    def __init__(
        self,
        links: dict[str, list[bytes]],
        tracing: Tracing | None = None,
    ) -> None:
        self._tracing = tracing
        self._links = {
            space: {answer["ifindex"]: answer for answer in link_json.entries(raw)}
            for space, raw in links.items()
        }
        self._headers: dict[tuple[str, int, str], dict[str, Any]] = {}
        self._readers: dict[int, tuple[str, str, Callable[[str, bytes, str], _Found]]] = {
            requests.NEWNEIGH: ("neighbour", "new", self._neighbour),
            requests.DELNEIGH: ("neighbour", "gone", self._neighbour),
            requests.NEWROUTE: ("route", "new", self._route),
            requests.DELROUTE: ("route", "gone", self._route),
            requests.NEWADDR: ("address", "new", self._address),
            requests.DELADDR: ("address", "gone", self._address),
            requests.NEWLINK: ("link", "new", self._link),
            requests.DELLINK: ("link", "gone", self._link),
            TRACE: ("rule", "passed", self._trace),
        }

    def observations(self, kept: Iterable[Heard | Lost | Read]) -> Iterator[Observation]:
        """Yield what was kept, in its order, as observations; what tells nothing is left out."""
        for record in kept:
            if isinstance(record, Lost):
                yield Observation(record.time, Clock.RECEIVED, "", None, "lost", "lost")
            elif isinstance(record, Read):
                yield self._read(record)
            else:
                yield from self._heard(record.names, record.notice)

    def _read(self, one: Read) -> Observation:
        (answer,) = decode("neighbour", [one.message])
        entry = neighbours.as_json(answer, self._link_names(one.space))
        detail = entry | {"begun": one.begun, "reason": one.reason}
        return Observation(
            one.time, Clock.READ, one.space, entry["dev"], "neighbour", "read", detail
        )

    def _heard(self, names: dict[int, str], notice: Notice) -> Iterator[Observation]:
        if notice.kind == requests.DELNSID:
            # Sent in the hidden namespace itself; the message names the one that went.
            name = names.get(requests.nsid_in(notice.message))
            if name is not None:
                yield Observation(notice.time, Clock.RECEIVED, name, None, "namespace", "gone")
            return
        space = names.get(-1 if notice.namespace is None else notice.namespace)
        reading = self._readers.get(notice.kind)
        if space is None or reading is None:
            return
        kind, change, read = reading
        found = read(space, notice.message, change)
        if found is not None:
            link, detail = found
            kind = str(detail.pop("kind", kind))
            change = str(detail.pop("change", change))
            yield Observation(notice.time, Clock.RECEIVED, space, link, kind, change, detail)

    def _link_names(self, space: str) -> dict[int, str]:
        return {index: entry["ifname"] for index, entry in self._links.get(space, {}).items()}

    def _link_name(self, space: str, index: int) -> str:
        return self._link_names(space).get(index, f"if{index}")

    def _neighbour(self, space: str, message: bytes, _change: str) -> _Found:
        (answer,) = decode("neighbour", [message])
        names = self._link_names(space)
        if answer["family"] == _BRIDGE:
            return _behind_a_port(answer, names)
        if "NDA_DST" not in answer or not answer["state"] & ~_NOARP:
            return None
        entry = neighbours.as_json(answer, names)
        return entry["dev"], entry

    def _route(self, space: str, message: bytes, _change: str) -> _Found:
        (answer,) = decode("route", [message])
        entry = route_json.as_json(answer, self._link_names(space), 0)
        return entry.get("dev"), entry

    def _address(self, space: str, message: bytes, _change: str) -> _Found:
        (answer,) = decode("address", [message])
        return self._link_name(space, answer["index"]), address_json.as_json(answer)

    def _link(self, space: str, message: bytes, change: str) -> _Found:
        (answer,) = decode("link", [message])
        if answer["family"] != 0:  # a bridge's or IPv6's view of a link that is told anyway
            return None
        links = self._links.setdefault(space, {})
        if change == "gone":
            links.pop(answer["index"], None)
            return answer["IFLA_IFNAME"], {"ifname": answer["IFLA_IFNAME"]}
        (entry,) = link_json.entries([message])
        if isinstance(entry.get("master"), str):
            entry["master"] = self._link_name(space, answer["IFLA_MASTER"])
        was, links[answer["index"]] = links.get(answer["index"]), entry
        shown = {key: entry[key] for key in _TOLD if key in entry}
        if was is None:
            return entry["ifname"], shown
        before = {key: was[key] for key in _TOLD if key in was}
        if shown == before:
            return None
        return entry["ifname"], shown | {"was": before}

    def _trace(self, space: str, message: bytes, _change: str) -> _Found:
        entry = decode_trace(message)
        key = (space, entry["id"], entry["chain"])
        if "network" in entry:
            self._headers[key] = {
                name: entry[name]
                for name in ("network", "transport", "iif", "oif")
                if name in entry
            }
        entry = self._headers.get(key, {}) | entry
        ours = self._tracing is not None and self._tracing.is_ours(entry["table"])
        is_rule = entry["type"] == "rule"
        if "verdict" not in entry or (is_rule and (ours or "handle" not in entry)):
            return None
        if self._tracing is not None:
            hook = self._tracing.hooks.get((space, entry["table"], entry["chain"]))
            entry["hook"] = hook or ""
        entry["ours"] = ours
        for name in ("network", "transport"):
            entry[name] = entry.get(name, b"").hex()
        for name in ("iif", "oif"):
            if name in entry:
                entry[name] = self._link_name(space, entry[name])
        leaves = entry.get("hook") in {"output", "postrouting"}
        link = entry.get("oif") if leaves else entry.get("iif")
        return link or entry.get("oif"), entry


def _behind_a_port(answer: dict[str, Any], names: dict[int, str]) -> _Found:
    """Return what a bridge learnt: behind which of its ports a MAC address is."""
    port = names.get(answer["ifindex"], f"if{answer['ifindex']}")
    return port, {"kind": "fdb", "mac": answer.get("NDA_LLADDR", ""), "ifname": port}
