"""Netlink request messages, byte for byte.

Each function returns one `Request`; the conversation that sends it adds the sequence number.
The layouts are those of ``rtnetlink(7)`` and ``netlink(7)``, the numbers those of the kernel's
``include/uapi/linux/rtnetlink.h``, ``if_link.h``, ``if_addr.h``, ``neighbour.h`` and
``net_namespace.h``.  Why they are written here rather than by pyroute2:
``docs/decisions/003-netlink-encoders.md``; pyroute2's encoders are the oracle of their tests.
"""

from __future__ import annotations

import struct
import sys
from typing import NamedTuple

from nslabkit.netlink.attributes import attributes

AF_UNSPEC, AF_INET, AF_INET6 = 0, 2, 10

# What a message is about.
NEWLINK, DELLINK, GETLINK = 16, 17, 18
NEWADDR, DELADDR, GETADDR = 20, 21, 22
NEWROUTE, DELROUTE, GETROUTE = 24, 25, 26
NEWNEIGH, DELNEIGH, GETNEIGH = 28, 29, 30
GETNEIGHTBL = 66
NEWNSID, DELNSID, GETNSID = 88, 89, 90

# How it is to be handled.
REQUEST, ACK, DUMP = 0x001, 0x004, 0x300
CREATE_NEW = 0x600  # NLM_F_CREATE | NLM_F_EXCL: make it, and fail where it is already
_CHANGE = REQUEST | ACK
_MAKE = REQUEST | ACK | CREATE_NEW

IFF_UP = 0x1
MAIN_TABLE = 254

_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence number, port
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_LINK = struct.Struct("=BxHiII")  # family, type, index, flags, mask of the flags to change
_ADDRESS = struct.Struct("=BBBBI")  # family, prefix length, flags, scope, index
_ROUTE = struct.Struct("=BBBBBBBBI")  # family, lengths, tos, table, protocol, scope, type, flags
_NEIGHBOUR = struct.Struct("=BxxxiHBB")  # family, index, state, flags, type
_NETFILTER = struct.Struct("=BBH")  # nfgenmsg: family, version, resource
_NUMBER = struct.Struct("=I")

_IFLA_IFNAME, _IFLA_MASTER, _IFLA_LINKINFO = 3, 10, 18
_IFLA_NET_NS_FD, _IFLA_EXT_MASK = 28, 29
_INFO_KIND, _INFO_DATA, _VETH_INFO_PEER = 1, 2, 1
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_DST, _RTA_OIF, _RTA_GATEWAY, _RTA_TABLE = 1, 4, 5, 15
_NDA_DST = 1
_NETNSA_NSID, _NETNSA_FD, _NETNSA_TARGET_NSID = 1, 3, 4
_NO_NSID = 0xFFFFFFFF  # NETNSA_NSID_NOT_ASSIGNED: as a wish, any number will do
_SKIP_STATISTICS = 8  # RTEXT_FILTER_SKIP_STATS
_LOOKUP_TABLE = 0x1000  # RTM_F_LOOKUP_TABLE: say which table the route was found in

SCOPE_GLOBAL, SCOPE_LINK, SCOPE_HOST, SCOPE_NOWHERE = 0, 253, 254, 255
_PROTOCOL_BOOT, _UNICAST = 3, 1  # what `ip route add` writes


class Request(NamedTuple):
    """One message to the kernel, still without its sequence number."""

    kind: int
    flags: int
    body: bytes

    def numbered(self, sequence: int) -> bytes:
        """Return the whole message, ready to be sent."""
        length = _HEADER.size + len(self.body)
        return _HEADER.pack(length, self.kind, self.flags, sequence, 0) + self.body


def attribute(kind: int, value: bytes) -> bytes:
    """Return one attribute, padded to the next multiple of four bytes."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


def _number(kind: int, value: int) -> bytes:
    return attribute(kind, _NUMBER.pack(value))


def _text(kind: int, value: bytes) -> bytes:
    return attribute(kind, value + b"\0")


# ---------------------------------------------------------------------------------- links
def link_of_kind(name: bytes, kind: bytes, data: bytes = b"") -> Request:
    """``ip link add NAME type KIND …``; `data` are attributes that this kind knows, if any."""
    info = attribute(_INFO_KIND, kind) + (attribute(_INFO_DATA, data) if data else b"")
    body = _LINK.pack(0, 0, 0, 0, 0) + _text(_IFLA_IFNAME, name) + attribute(_IFLA_LINKINFO, info)
    return Request(NEWLINK, _MAKE, body)


def add_veth(name: bytes, peer: bytes, peer_namespace: int) -> Request:
    """``ip link add NAME type veth peer name PEER netns …``: both ends by one message.

    `peer_namespace` is a file descriptor.  Neither end is set up here: the kernel refuses
    ``IFF_UP`` for an end whose other end is not linked to it yet (ENOTCONN).
    """
    other = (
        _LINK.pack(0, 0, 0, 0, 0)
        + _text(_IFLA_IFNAME, peer)
        + _number(_IFLA_NET_NS_FD, peer_namespace)
    )
    return link_of_kind(name, b"veth", attribute(_VETH_INFO_PEER, other))


def set_up(name: bytes, *, up: bool) -> Request:
    """``ip link set NAME up`` or ``down``; the kernel finds the link by its name."""
    body = _LINK.pack(0, 0, 0, IFF_UP if up else 0, IFF_UP) + _text(_IFLA_IFNAME, name)
    return Request(NEWLINK, _CHANGE, body)


def move_link(name: bytes, namespace: int) -> Request:
    """``ip link set NAME netns …``; `namespace` is a file descriptor."""
    body = (
        _LINK.pack(0, 0, 0, 0, 0) + _text(_IFLA_IFNAME, name) + _number(_IFLA_NET_NS_FD, namespace)
    )
    return Request(NEWLINK, _CHANGE, body)


def set_master(name: bytes, master: int) -> Request:
    """``ip link set NAME master …`` by the master's index; 0 is ``nomaster``."""
    body = _LINK.pack(0, 0, 0, 0, 0) + _text(_IFLA_IFNAME, name) + _number(_IFLA_MASTER, master)
    return Request(NEWLINK, _CHANGE, body)


def remove_link(name: bytes) -> Request:
    """``ip link del NAME``."""
    return Request(DELLINK, _CHANGE, _LINK.pack(0, 0, 0, 0, 0) + _text(_IFLA_IFNAME, name))


def get_link(name: bytes) -> Request:
    """``ip link show NAME``, without its counters."""
    body = (
        _LINK.pack(0, 0, 0, 0, 0)
        + _number(_IFLA_EXT_MASK, _SKIP_STATISTICS)
        + _text(_IFLA_IFNAME, name)
    )
    return Request(GETLINK, REQUEST, body)


def dump_links() -> Request:
    """``ip link``, without the counters."""
    body = _LINK.pack(0, 0, 0, 0, 0) + _number(_IFLA_EXT_MASK, _SKIP_STATISTICS)
    return Request(GETLINK, REQUEST | DUMP, body)


# ------------------------------------------------------------------------------ addresses
def _address(index: int, address: bytes, prefix: int, scope: int) -> bytes:
    family = AF_INET if len(address) == 4 else AF_INET6  # noqa: PLR2004 - bytes of an IPv4 address
    return (
        _ADDRESS.pack(family, prefix, 0, scope, index)
        + attribute(_IFA_LOCAL, address)
        + attribute(_IFA_ADDRESS, address)
    )


def add_address(index: int, address: bytes, prefix: int, scope: int = SCOPE_GLOBAL) -> Request:
    """``ip addr add ADDRESS/PREFIX dev …``; `address` is 4 or 16 bytes, `index` the link's."""
    return Request(NEWADDR, _MAKE, _address(index, address, prefix, scope))


def remove_address(index: int, address: bytes, prefix: int) -> Request:
    """``ip addr del ADDRESS/PREFIX dev …``."""
    return Request(DELADDR, _CHANGE, _address(index, address, prefix, SCOPE_GLOBAL))


def dump_addresses() -> Request:
    """``ip addr``, IPv4 and IPv6."""
    return Request(GETADDR, REQUEST | DUMP, _ADDRESS.pack(AF_UNSPEC, 0, 0, 0, 0))


# --------------------------------------------------------------------------------- routes
def _route(
    header: bytes, destination: bytes | None, gateway: bytes | None, index: int | None
) -> bytes:
    body = header
    if destination is not None:
        body += attribute(_RTA_DST, destination)
    if gateway is not None:
        body += attribute(_RTA_GATEWAY, gateway)
    if index is not None:
        body += _number(_RTA_OIF, index)
    return body


def add_route(
    family: int, destination: bytes | None, prefix: int, gateway: bytes | None, index: int | None
) -> Request:
    """``ip route add DESTINATION via GATEWAY dev …``; no destination is ``default``."""
    # An IPv4 route without a gateway reaches neighbours on the link only: scope link.
    on_link = family == AF_INET and gateway is None
    scope = SCOPE_LINK if on_link else SCOPE_GLOBAL
    header = _ROUTE.pack(family, prefix, 0, 0, MAIN_TABLE, _PROTOCOL_BOOT, scope, _UNICAST, 0)
    return Request(NEWROUTE, _MAKE, _route(header, destination, gateway, index))


def remove_route(
    family: int, destination: bytes | None, prefix: int, gateway: bytes | None, index: int | None
) -> Request:
    """``ip route del DESTINATION via GATEWAY dev …``: whatever its scope and type are."""
    header = _ROUTE.pack(family, prefix, 0, 0, MAIN_TABLE, 0, SCOPE_NOWHERE, 0, 0)
    return Request(DELROUTE, _CHANGE, _route(header, destination, gateway, index))


def get_route(family: int, destination: bytes) -> Request:
    """``ip route get DESTINATION``."""
    bits = 8 * len(destination)
    flags = _LOOKUP_TABLE if family == AF_INET else 0  # IPv6 says which table without being asked
    header = _ROUTE.pack(family, bits, 0, 0, 0, 0, 0, 0, flags)
    return Request(GETROUTE, REQUEST, header + attribute(_RTA_DST, destination))


def dump_routes(family: int, table: int) -> Request:
    """``ip route show table TABLE``; 0 is all tables.  The socket must check strictly."""
    header = _ROUTE.pack(family, 0, 0, 0, 0, 0, 0, 0, 0)
    wanted = _number(_RTA_TABLE, table) if table else b""
    return Request(GETROUTE, REQUEST | DUMP, header + wanted)


# ----------------------------------------------------------------------------- neighbours
def remove_neighbour(index: int, address: bytes) -> Request:
    """``ip neigh del ADDRESS dev …``."""
    family = AF_INET if len(address) == 4 else AF_INET6  # noqa: PLR2004 - bytes of an IPv4 address
    header = _NEIGHBOUR.pack(family, index, 0, 0, 0)
    return Request(DELNEIGH, _CHANGE, header + attribute(_NDA_DST, address))


def dump_neighbours() -> Request:
    """``ip neigh``, IPv4 and IPv6."""
    return Request(GETNEIGH, REQUEST | DUMP, _NEIGHBOUR.pack(AF_UNSPEC, 0, 0, 0, 0))


def dump_neighbour_tables() -> Request:
    """``ip ntable``: the tables of IPv4 and IPv6, with their counters."""
    return Request(GETNEIGHTBL, REQUEST | DUMP, bytes(4))  # struct ndtmsg: of any family


# ------------------------------------------------------------------------- namespace ids
def get_nsid(namespace: int) -> Request:
    """``ip netns list-id``: which number does the asking namespace use for that one?

    `namespace` is a file descriptor; the answer is -1 where no number was given.
    """
    body = bytes(4) + _number(_NETNSA_FD, namespace)  # struct rtgenmsg, padded to four bytes
    return Request(GETNSID, REQUEST, body)


def give_nsid(namespace: int) -> Request:
    """``ip netns set NAME auto``: let the asking namespace have a number for that one."""
    body = bytes(4) + _number(_NETNSA_NSID, _NO_NSID) + _number(_NETNSA_FD, namespace)
    return Request(NEWNSID, _CHANGE, body)


def dump_nsids(of: int) -> Request:
    """``ip netns list-id target-nsid OF``: which numbers does that namespace use for others?"""
    return Request(GETNSID, REQUEST | DUMP, bytes(4) + _number(_NETNSA_TARGET_NSID, of))


def nsid_in(message: bytes) -> int:
    """Return the number in an answer to `get_nsid`, or in a notice of one; -1 for none."""
    number = dict(attributes(message, _HEADER.size + 4)).get(_NETNSA_NSID)
    return -1 if number is None else int.from_bytes(number, sys.byteorder, signed=True)


# ------------------------------------------------------------------------------ netfilter
def dump_netfilter(kind: int) -> Request:
    """Ask for all that the firewall, or the tracking of connections, has of one kind."""
    return Request(kind, REQUEST | DUMP, _NETFILTER.pack(AF_UNSPEC, 0, 0))
