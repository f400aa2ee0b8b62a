"""The words that ``ip`` uses for the kernel's numbers.

The numbers stand in ``linux/rtnetlink.h`` and ``linux/neighbour.h``; the words are iproute2's
(its ``rt_scopes``, ``rt_protos`` and ``rt_tables`` files may name more of them on a machine).
"""

from __future__ import annotations

import functools
from pathlib import Path

_FAMILIES = {2: "inet", 10: "inet6", 7: "bridge", 17: "link"}
_SCOPES = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
_FOLDERS = ("/usr/share/iproute2", "/usr/lib/iproute2", "/etc/iproute2")
_NEIGHBOUR_STATES = (  # bit and name (linux/neighbour.h), in the order in which ip prints them
    (0x01, "INCOMPLETE"),
    (0x02, "REACHABLE"),
    (0x04, "STALE"),
    (0x08, "DELAY"),
    (0x10, "PROBE"),
    (0x20, "FAILED"),
    (0x40, "NOARP"),
    (0x80, "PERMANENT"),
)
_ROUTE_TYPES = (
    "none",
    "unicast",
    "local",
    "broadcast",
    "anycast",
    "multicast",
    "blackhole",
    "unreachable",
    "prohibit",
    "throw",
    "nat",
    "xresolve",
)


def family(number: int) -> str:
    """Return the name of an address family."""
    return _FAMILIES.get(number, str(number))


def scope(number: int) -> str:
    """Return the name of an address's or a route's scope."""
    return _SCOPES.get(number, str(number))


def route_type(number: int) -> str:
    """Return the name of a route's type."""
    return _ROUTE_TYPES[number] if number < len(_ROUTE_TYPES) else str(number)


def neighbour_states(bits: int) -> list[str]:
    """Return the names of a neighbour's state, as a rule a single one."""
    return [name for bit, name in _NEIGHBOUR_STATES if bits & bit]


def protocol(number: int) -> str:
    """Return the name of who put a route there."""
    known = {0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 9: "ra"}
    return {**known, **_from_files("rt_protos")}.get(number, str(number))


def table(number: int) -> str:
    """Return the name of a routing table."""
    known = {253: "default", 254: "main", 255: "local"}
    return {**known, **_from_files("rt_tables")}.get(number, str(number))


def group(number: int) -> str:
    """Return the name of a link group."""
    return {0: "default", **_from_files("group")}.get(number, str(number))


@functools.cache
def _from_files(name: str) -> dict[int, str]:
    """Return the numbers and words of one of iproute2's files, the machine's own last."""
    words: dict[int, str] = {}
    for folder in _FOLDERS:
        try:
            with Path(folder, name).open(encoding="utf-8") as lines:
                pairs = [line.split() for line in lines if line.strip() and line[0] != "#"]
        except OSError:
            continue
        words.update({int(pair[0], 0): pair[1] for pair in pairs})
    return words
