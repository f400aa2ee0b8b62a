"""The live model's shape: one plain dictionary of everything that exists.

A `Model` is one plain dictionary that JSON can carry: a widget draws it, a difference compares
two.  It holds what was read from the kernel, in the words of ``ip``; nothing in it is kept
anywhere else.

Left out, as in `lab.picture`: what each link gives itself for IPv6 (addresses that begin with
fe80, and their route), and neighbours that need no learning (``NOARP``).
"""

from __future__ import annotations

from typing import TypedDict


class End(TypedDict):
    """Where a wire leads: the key of a namespace, and a link's index there."""

    namespace: str
    index: int


class LinkModel(TypedDict):
    """A link, as ``ip link`` and ``ip addr`` show it."""

    index: int
    name: str
    kind: str  # "veth", "bridge", "loopback", "macvlan", … ; "device" where the kernel has no word
    state: str  # "up", "down" or "no carrier"
    mac: str
    mtu: int
    addresses: list[str]  # with prefix length
    master: str | None  # the bridge whose port it is
    peer: End | None  # a veth's other end, where its namespace is in the model
    lower: End | None  # what another kind (macvlan, …) hangs on, the same way
    vni: int | None  # the number of a VXLAN link's network: links of one number belong together


class RouteModel(TypedDict):
    """A route of the main table, as ``ip route`` shows it."""

    destination: str  # "default", "172.16.0.0/24"
    via: str | None
    link: str | None
    source: str | None


class NeighbourModel(TypedDict):
    """A neighbour, as ``ip neigh`` shows it."""

    address: str
    mac: str | None
    state: str  # "REACHABLE", "STALE", …
    link: str


class NamespaceModel(TypedDict):
    """A namespace: the host, or one with a name."""

    key: str  # identifies it while it lives: its inode; in a snapshot its cookie, never used again
    name: str  # "" for the host
    host: bool
    links: list[LinkModel]
    routes: list[RouteModel]
    neighbours: list[NeighbourModel]
    rules: int | None  # of nftables; None where this kernel has none


class Model(TypedDict):
    """All that is there."""

    generation: int  # counts what was published; a higher one is newer
    namespaces: list[NamespaceModel]  # the host first, then by name
    lost: int  # how often the kernel had more to tell than fitted; each time all was read anew
    problem: str | None  # why nothing can be seen, in the reader's language


class ProcessModel(TypedDict):
    """A process in a namespace; asked for on demand."""

    pid: int
    command: str


class PortModel(TypedDict):
    """A port on which something in a namespace listens; asked for on demand."""

    protocol: str  # "tcp" or "udp"
    address: str
    port: int
    pid: int | None  # of whom it is, where that may be seen
    command: str | None


def empty() -> Model:
    """Return a model before anything was read."""
    return {"generation": 0, "namespaces": [], "lost": 0, "problem": None}
