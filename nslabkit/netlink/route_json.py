"""The JSON of ``ip -j route``, made from the kernel's answers about routes.

Left out, as they cannot be made with the kit and no lesson shows them: encapsulations
(``encap``), next hop objects (``nhid``) and IPv6 tokens.
"""

from __future__ import annotations

import socket
from typing import Any

from nslabkit import netlink
from nslabkit.netlink import names, requests
from nslabkit.netlink.refusals import refusal

_UNICAST, _UNIVERSE = 1, 0
_MAIN = 254
_BOOT = 3  # what `ip route add` writes; ip does not show it
_TICKS = 100  # a second, in which the kernel counts times for user space (USER_HZ)
_CLONED = 0x200  # RTM_F_CLONED: from the cache, or the answer of a look-up
_FLAGS = (  # bit and name, in the order of iproute2's print_rt_flags
    (0x01, "dead"),
    (0x04, "onlink"),
    (0x02, "pervasive"),
    (0x08, "offload"),
    (0x20, "linkdown"),
    (0x40, "unresolved"),
)
_CACHE_FLAGS = (  # bit and name (linux/in_route.h), in the order in which ip prints them
    (0x80000000, "local"),
    (0x10000000, "brd"),
    (0x20000000, "mc"),
    (0x00040000, "redirect"),
)
_PREFERENCES = {0: "medium", 1: "high", 3: "low"}  # RFC 4191, section 2.1

Entry = dict[str, Any]


def read(path: str | None, family: int, table: int, tried: str) -> list[Entry]:
    """Return what ``ip -j route show table TABLE`` prints in the namespace of `path`."""
    from nslabkit.netlink.decoding import decode

    def ask(talk: netlink.Conversation) -> tuple[list[bytes], list[bytes]]:
        return (
            talk.dump(requests.dump_links()),
            _dump(talk, family, table),
        )

    try:
        links, routes = netlink.inside(path, ask)
    except OSError as error:
        raise refusal(error, tried) from None
    link_names = _link_names(links)
    return [as_json(answer, link_names, table) for answer in decode("route", routes)]


def get(path: str | None, family: int, destination: bytes) -> Entry:
    """Return what ``ip -j route get`` prints."""
    from nslabkit.netlink.decoding import decode

    def ask(talk: netlink.Conversation) -> tuple[list[bytes], bytes]:
        return (
            talk.dump(requests.dump_links()),
            talk.read(requests.get_route(family, destination)),
        )

    links, route = netlink.inside(path, ask)
    (answer,) = decode("route", [route])
    return as_json(answer, _link_names(links), shown_table=0)


def _dump(talk: netlink.Conversation, family: int, table: int) -> list[bytes]:
    import errno

    try:
        return talk.dump(requests.dump_routes(family, table))
    except netlink.KernelRefusedError as error:
        if error.errno == errno.ENOENT:  # a table that nobody has written to yet
            return []
        raise


def _link_names(links: list[bytes]) -> dict[int, str]:
    from nslabkit.netlink.decoding import decode

    return {answer["index"]: answer["IFLA_IFNAME"] for answer in decode("link", links)}


def as_json(answer: Entry, link_names: dict[int, str], shown_table: int) -> Entry:
    """Return the entry that ``ip -j`` prints for what the kernel said of a route."""
    entry: Entry = {}
    if answer["type"] != _UNICAST:
        entry["type"] = names.route_type(answer["type"])
    entry["dst"] = _destination(answer)
    if "RTA_SRC" in answer:
        entry["from"] = _prefixed(answer["RTA_SRC"], answer["src_len"], answer["family"])
    if answer["tos"]:
        entry["tos"] = f"0x{answer['tos']:02x}"
    _add_next_hop(entry, answer, link_names)
    _add_origin(entry, answer, shown_table)
    if "RTA_PREFSRC" in answer:
        entry["prefsrc"] = answer["RTA_PREFSRC"]
    if "RTA_PRIORITY" in answer:
        entry["metric"] = answer["RTA_PRIORITY"]
    entry["flags"] = [name for bit, name in _FLAGS if answer["flags"] & bit]
    if "RTA_MULTIPATH" in answer:
        entry["nexthops"] = [_hop(hop, link_names) for hop in answer["RTA_MULTIPATH"]]
    if answer["flags"] & _CLONED and answer["family"] == requests.AF_INET:
        if "RTA_UID" in answer:
            entry["uid"] = answer["RTA_UID"]
        entry["cache"] = [name for bit, name in _CACHE_FLAGS if answer["flags"] & bit]
    _add_advertised(entry, answer)
    return entry


def _destination(answer: Entry) -> str:
    if "RTA_DST" in answer:
        return _prefixed(answer["RTA_DST"], answer["dst_len"], answer["family"])
    return f"0/{answer['dst_len']}" if answer["dst_len"] else "default"


def _prefixed(address: str, length: int, family: int) -> str:
    most = 32 if family == socket.AF_INET else 128
    return address if length == most else f"{address}/{length}"


def _add_next_hop(entry: Entry, answer: Entry, link_names: dict[int, str]) -> None:
    if "RTA_GATEWAY" in answer:
        entry["gateway"] = answer["RTA_GATEWAY"]
    if "RTA_VIA" in answer:
        via = answer["RTA_VIA"]
        entry["via"] = {"family": names.family(via["family"]), "host": via["addr"]}
    if "RTA_OIF" in answer:
        entry["dev"] = link_names.get(answer["RTA_OIF"], f"if{answer['RTA_OIF']}")


def _hop(hop: Entry, link_names: dict[int, str]) -> Entry:
    entry: Entry = {}
    attributes = {name: value for name, value, *_rest in hop["attrs"]}
    if "RTA_GATEWAY" in attributes:
        entry["gateway"] = attributes["RTA_GATEWAY"]
    entry["dev"] = link_names.get(hop["oif"], f"if{hop['oif']}")
    entry["weight"] = hop["hops"] + 1
    entry["flags"] = [name for bit, name in _FLAGS if hop["flags"] & bit]
    return entry


def _add_advertised(entry: Entry, answer: Entry) -> None:
    """Add what a router's advertisement has said: for how long, and which router first."""
    expires = answer.get("RTA_CACHEINFO", {}).get("rta_expires", 0)
    if expires:
        entry["expires"] = expires // _TICKS
    if "RTA_PREF" in answer:
        entry["pref"] = _PREFERENCES.get(answer["RTA_PREF"], str(answer["RTA_PREF"]))


def _add_origin(entry: Entry, answer: Entry, shown_table: int) -> None:
    """Add where the route comes from; ip says nothing of it for IPv4's look-ups."""
    if answer["flags"] & _CLONED:
        return
    table = int(answer.get("RTA_TABLE") or answer["table"])
    if table != _MAIN and not shown_table:
        entry["table"] = names.table(table)
    if answer["proto"] != _BOOT:
        entry["protocol"] = names.protocol(answer["proto"])
    if answer["scope"] != _UNIVERSE:
        entry["scope"] = names.scope(answer["scope"])
