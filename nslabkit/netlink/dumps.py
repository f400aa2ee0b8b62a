"""The netlink dump of one namespace: raw messages, read in one short visit.

The visit opens a socket inside and closes it again: nothing of ours is left that would keep the
namespace alive.
"""

from __future__ import annotations

import errno
from typing import NamedTuple

from nslabkit.netlink import requests
from nslabkit.netlink.sockets import Conversation, KernelRefusedError, NetfilterConversation
from nslabkit.netlink.worker import inside

PARTS = frozenset({"links", "addresses", "routes", "neighbours", "rules"})

_GET_RULES = 10 << 8 | 7  # NFNL_SUBSYS_NFTABLES, NFT_MSG_GETRULE
_WITHOUT_NFTABLES = {errno.EPROTONOSUPPORT, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOENT}


class Dump(NamedTuple):
    """The raw messages of one namespace; None where a part was not asked for."""

    cookie: int  # see `Conversation.cookie`
    links: list[bytes] | None
    addresses: list[bytes] | None
    routes: list[bytes] | None
    neighbours: list[bytes] | None
    rules: int | None  # how many rules of nftables; None also where this kernel has none


def dump(path: str | None, parts: frozenset[str] = PARTS) -> Dump:
    """Return the wanted `parts` of what is in the namespace of `path`.

    Raises
    ------
    EnterError
        The namespace is not there.
    OSError
        The kernel refused.
    """

    def visit(talk: Conversation) -> Dump:
        return Dump(
            talk.cookie(),
            talk.dump(requests.dump_links()) if "links" in parts else None,
            talk.dump(requests.dump_addresses()) if "addresses" in parts else None,
            _main_routes(talk) if "routes" in parts else None,
            talk.dump(requests.dump_neighbours()) if "neighbours" in parts else None,
            _rules_here() if "rules" in parts else None,
        )

    return inside(path, visit)


def read_inside(path: str | None, file: str) -> str:
    """Return what stands in a file below ``/proc/net`` of the namespace of `path`.

    Raises
    ------
    EnterError
        The namespace is not there.
    OSError
        There is no such file.
    """

    def visit(_talk: Conversation) -> str:
        # thread-self: it is this thread that stands in the namespace, not the process.
        with open(f"/proc/thread-self/net/{file}", encoding="ascii") as lines:  # noqa: PTH123
            return lines.read()

    return inside(path, visit)


def _main_routes(talk: Conversation) -> list[bytes]:
    routes = []
    for family in (requests.AF_INET, requests.AF_INET6):
        try:
            routes += talk.dump(requests.dump_routes(family, requests.MAIN_TABLE))
        except KernelRefusedError as error:
            # Nobody has written to that table yet, or this kernel has no IPv6.
            if error.errno not in {errno.ENOENT, errno.EOPNOTSUPP, errno.EAFNOSUPPORT}:
                raise
    return routes


def _rules_here() -> int | None:
    """Return how many rules of nftables there are where the calling thread stands."""
    try:
        with NetfilterConversation() as netfilter:
            return len(netfilter.dump(requests.dump_netfilter(_GET_RULES)))
    except OSError as error:
        if error.errno in _WITHOUT_NFTABLES:
            return None
        raise
