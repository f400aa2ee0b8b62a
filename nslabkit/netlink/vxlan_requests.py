"""Netlink messages about VXLAN links and about the tables of MAC addresses of bridges and tunnels.

The layouts are those of ``rtnetlink(7)``, the numbers those of the kernel's
``include/uapi/linux/if_link.h`` and ``neighbour.h``.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from nslabkit.netlink.requests import (
    DUMP,
    GETNEIGH,
    REQUEST,
    Request,
    attribute,
    link_of_kind,
)

AF_BRIDGE = 7
# enum of IFLA_VXLAN_*: what a VXLAN link is made with.
_ID, _GROUP, _LOWER, _LOCAL, _LEARNING, _PORT, _GROUP6, _LOCAL6 = 1, 2, 3, 4, 7, 15, 16, 17
_NUMBER, _BYTE, _PORT_NUMBER = struct.Struct("=I"), struct.Struct("=B"), struct.Struct("!H")
_OF_ANY_LINK = bytes(11)  # struct ndmsg behind its family


class VxlanSettings(NamedTuple):
    """What a VXLAN link is made with; addresses as bytes, links by their index."""

    identity: int
    port: int
    local: bytes | None
    remote: bytes | None
    lower: int | None
    learning: bool


def add_vxlan(name: bytes, settings: VxlanSettings) -> Request:
    """``ip link add NAME type vxlan id … dstport … local … remote … dev …``."""
    data = attribute(_ID, _NUMBER.pack(settings.identity))
    for address, four, six in (
        (settings.remote, _GROUP, _GROUP6),
        (settings.local, _LOCAL, _LOCAL6),
    ):
        if address is not None:
            data += attribute(four if len(address) == 4 else six, address)  # noqa: PLR2004 - bytes of an IPv4 address
    if settings.lower is not None:
        data += attribute(_LOWER, _NUMBER.pack(settings.lower))
    data += attribute(_LEARNING, _BYTE.pack(settings.learning))
    data += attribute(_PORT, _PORT_NUMBER.pack(settings.port))
    return link_of_kind(name, b"vxlan", data)


def dump_forwarding() -> Request:
    """``bridge fdb``: which MAC address is where, by all bridges and tunnels."""
    return Request(GETNEIGH, REQUEST | DUMP, AF_BRIDGE.to_bytes(1) + _OF_ANY_LINK)
