"""A quick netlink decoder for the few fields that the live model needs.

`decode` tells everything, with pyroute2; here attributes are only split and a handful of them
read.  That takes a seventh of the time and imports nothing, which is what lets a picture follow
the kernel with fifty namespaces, and lets every cell be compared before and after.  The layouts
are those of ``rtnetlink(7)`` and of the kernel's ``if_link.h``, ``if_addr.h``, ``rtnetlink.h``
and ``neighbour.h``; ``ip -j`` is the oracle of the tests.
"""

from __future__ import annotations

import errno
import functools
import os
import socket
import struct
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from nslabkit.netlink.attributes import attributes
from nslabkit.netlink.requests import nsid_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Said = TypeVar("_Said")

_HEADER = 16  # bytes of struct nlmsghdr
_LINK = struct.Struct("=BxHiII")
_ADDRESS = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")
_NEIGHBOUR = struct.Struct("=BxxxiHBB")
_HOP = struct.Struct("=HBBi")  # struct rtnexthop
_NUMBER = struct.Struct("=I")
_SIGNED = struct.Struct("=i")
_FAMILY = struct.Struct("=H")

_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MTU, _IFLA_LINK = 1, 3, 4, 5
_IFLA_MASTER, _IFLA_LINKINFO, _IFLA_LINK_NETNSID = 10, 18, 37
_INFO_KIND, _INFO_DATA, _VXLAN_ID = 1, 2, 1
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_DST, _RTA_OIF, _RTA_GATEWAY, _RTA_PRIORITY, _RTA_PREFSRC = 1, 4, 5, 6, 7
_RTA_MULTIPATH, _RTA_TABLE, _RTA_VIA = 9, 15, 18
_NDA_DST, _NDA_LLADDR = 1, 2
_NDTA_STATS = 7  # struct ndt_stats, which begins with the allocations
_COUNTER = struct.Struct("=Q")
_NETNSA_CURRENT_NSID = 5


def _whole(read: Callable[[bytes], _Said]) -> Callable[[bytes], _Said]:
    """Have `read` refuse a message that ends too early, as the kernel would: EBADMSG."""

    @functools.wraps(read)
    def reading(message: bytes) -> _Said:
        try:
            return read(message)
        except struct.error:
            raise OSError(errno.EBADMSG, os.strerror(errno.EBADMSG)) from None

    return reading


class BriefLink(NamedTuple):
    """A link; `kind` is "" where the message names none."""

    ifindex: int
    name: str
    kind: str
    flags: int
    hardware: int  # ARPHRD_*
    mac: str
    mtu: int
    master: int | None
    lower: int | None  # index of a veth's other end, or of what it hangs on
    lower_nsid: int | None  # the id of the namespace of that; None: this one
    vni: int | None  # the number of a VXLAN link's network


class BriefAddress(NamedTuple):
    """An address with its prefix length, and the index of its link."""

    ifindex: int
    text: str


class BriefRoute(NamedTuple):
    """A route; a destination of None is the default."""

    family: int
    table: int
    kind: int
    destination: str | None
    hops: tuple[tuple[str | None, int | None], ...]  # gateway and link's index of each way
    source: str | None
    metric: int | None


class BriefNeighbour(NamedTuple):
    """A neighbour table's entry; `state` holds the bits ``NUD_*``."""

    family: int
    ifindex: int
    address: str
    mac: str | None
    state: int


@_whole
def link(message: bytes) -> BriefLink:
    """Return what an ``RTM_NEWLINK`` says."""
    _family, hardware, index, flags, _change = _LINK.unpack_from(message, _HEADER)
    given = dict(attributes(message, _HEADER + _LINK.size))
    info = dict(attributes(given.get(_IFLA_LINKINFO, b"")))
    kind = _text(info.get(_INFO_KIND, b""))
    settings = dict(attributes(info.get(_INFO_DATA, b""))) if kind == "vxlan" else {}
    return BriefLink(
        index,
        _text(given.get(_IFLA_IFNAME, b"")),
        kind,
        flags,
        hardware,
        given.get(_IFLA_ADDRESS, b"").hex(":"),
        _number(given.get(_IFLA_MTU)) or 0,
        _number(given.get(_IFLA_MASTER)),
        _number(given.get(_IFLA_LINK)) or None,
        _number(given.get(_IFLA_LINK_NETNSID)),
        _number(settings.get(_VXLAN_ID)),
    )


@_whole
def address(message: bytes) -> BriefAddress:
    """Return what an ``RTM_NEWADDR`` says."""
    family, prefix, _flags, _scope, index = _ADDRESS.unpack_from(message, _HEADER)
    given = dict(attributes(message, _HEADER + _ADDRESS.size))
    raw = given.get(_IFA_LOCAL) or given.get(_IFA_ADDRESS, b"")
    return BriefAddress(index, f"{_ip(family, raw)}/{prefix}")


@_whole
def route(message: bytes) -> BriefRoute:
    """Return what an ``RTM_NEWROUTE`` says."""
    family, bits, _from, _tos, short, _protocol, _scope, kind, _flags = _ROUTE.unpack_from(
        message, _HEADER
    )
    given = dict(attributes(message, _HEADER + _ROUTE.size))
    destination = None
    if _RTA_DST in given:
        whole = bits == 8 * len(given[_RTA_DST])
        destination = _ip(family, given[_RTA_DST]) + ("" if whole else f"/{bits}")
    elif bits:
        destination = f"0/{bits}"
    return BriefRoute(
        family,
        _number(given.get(_RTA_TABLE)) or short,
        kind,
        destination,
        tuple(_hops(family, given)),
        _ip(family, given[_RTA_PREFSRC]) if _RTA_PREFSRC in given else None,
        _number(given.get(_RTA_PRIORITY)),
    )


@_whole
def neighbour(message: bytes) -> BriefNeighbour:
    """Return what an ``RTM_NEWNEIGH`` says."""
    family, index, state, _flags, _kind = _NEIGHBOUR.unpack_from(message, _HEADER)
    given = dict(attributes(message, _HEADER + _NEIGHBOUR.size))
    mac = given[_NDA_LLADDR].hex(":") if _NDA_LLADDR in given else None
    return BriefNeighbour(family, index, _ip(family, given.get(_NDA_DST, b"")), mac, state)


@_whole
def neighbours_made(message: bytes) -> int:
    """Return how many neighbours a table has ever held; 0 for what it says of single links."""
    found = dict(attributes(message, _HEADER + 4))
    counters = found.get(_NDTA_STATS)
    return 0 if counters is None else int(_COUNTER.unpack_from(counters)[0])


@_whole
def nsid(message: bytes) -> tuple[int, int]:
    """Return a namespace's id, and its id for the one that asked on behalf of another."""
    given = dict(attributes(message, _HEADER + 4))
    current = given.get(_NETNSA_CURRENT_NSID)
    return nsid_in(message), -1 if current is None else _SIGNED.unpack(current)[0]


def _hops(family: int, given: dict[int, bytes]) -> Iterator[tuple[str | None, int | None]]:
    if _RTA_MULTIPATH not in given:
        yield _gateway(family, given), _number(given.get(_RTA_OIF))
        return
    data, offset = given[_RTA_MULTIPATH], 0
    while offset + _HOP.size <= len(data):
        length, _flags, _weight, index = _HOP.unpack_from(data, offset)
        if length < _HOP.size:
            return
        inner = dict(attributes(data[offset + _HOP.size : offset + length]))
        yield _gateway(family, inner), index
        offset += (length + 3) & ~3


def _gateway(family: int, given: dict[int, bytes]) -> str | None:
    if _RTA_GATEWAY in given:
        return _ip(family, given[_RTA_GATEWAY])
    if _RTA_VIA in given:  # an IPv4 route by way of an IPv6 neighbour
        via = given[_RTA_VIA]
        return _ip(_FAMILY.unpack_from(via)[0], via[_FAMILY.size :])
    return None


def _number(data: bytes | None) -> int | None:
    if data is None or len(data) < _NUMBER.size:
        return None
    value: int = _NUMBER.unpack_from(data)[0]
    return value


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode(errors="backslashreplace")


def _ip(family: int, data: bytes) -> str:
    try:
        return socket.inet_ntop(family, data)
    except (ValueError, OSError):  # another family: a bridge's, MPLS
        return data.hex(":")
