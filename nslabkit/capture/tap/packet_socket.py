"""Packet sockets (AF_PACKET): how a program sees what passes a link.

By a packet socket (`packet(7)`), made in the link's namespace and bound to the link.  It receives
each frame at the tap: what the link sends after the queueing discipline and just before the
driver, what it receives before any protocol (``dev_queue_xmit_nit`` and
``__netif_receive_skb_core`` of the kernel's ``net/core/dev.c``).
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from dataclasses import dataclass
from fcntl import ioctl
from typing import TYPE_CHECKING

from nslabkit import netlink
from nslabkit.frames.interface import ETHERNET, RAW

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKET = 263  # SOL_PACKET
_ALL = 0x0003  # ETH_P_ALL, linux/if_ether.h
_ATTACH_FILTER = 26  # SO_ATTACH_FILTER
_GET_ADDRESS, _GET_MTU = 0x8927, 0x8921  # SIOCGIFHWADDR, SIOCGIFMTU
_ETHERNET_LIKE = {1, 772}  # ARPHRD_ETHER, ARPHRD_LOOPBACK: their frames begin as on Ethernet
_INSTRUCTION = struct.Struct("=HBBI")  # struct sock_filter
_PLACE = struct.Struct("=HHiHBB8s")  # struct sockaddr_ll
_RETURN = 0x06  # BPF_RET | BPF_K

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Wire:
    """A link with a packet socket for it, which is not bound yet."""

    name: str
    index: int
    address: str
    mtu: int
    link_type: int
    socket: socket.socket


def open_wires(path: str | None, wanted: Sequence[str] | None) -> list[Wire]:
    """Open a socket for each link of the namespace of `path`, or for those that are wanted.

    A link that is not there is left out.

    Raises
    ------
    EnterError
        The namespace is not there.
    OSError
        EPERM: the process may not.
    """

    def work(_conversation: object) -> list[Wire]:
        wires: list[Wire] = []
        try:
            for index, name in socket.if_nameindex():
                if wanted is None or name in wanted:
                    wires.append(_open(index, name))
        except BaseException:
            for wire in wires:
                wire.socket.close()
            raise
        return wires

    return netlink.inside(path, work)


def wire_names(path: str | None) -> list[str]:
    """Return the names of the links of the namespace of `path`."""
    return netlink.inside(path, lambda _talk: [name for _index, name in socket.if_nameindex()])


def _open(index: int, name: str) -> Wire:
    # Protocol 0: nothing is received until the socket is bound.
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
    try:
        request = struct.pack("16s24x", os.fsencode(name))
        hardware = ioctl(made, _GET_ADDRESS, request)
        kind = int.from_bytes(hardware[16:18], "little" if _LITTLE else "big")
        mtu = struct.unpack_from("=i", ioctl(made, _GET_MTU, request), 16)[0]
    except BaseException:
        made.close()
        raise
    ethernet = kind in _ETHERNET_LIKE
    address = hardware[18:24].hex(":") if ethernet else ""
    shown = os.fsencode(name).decode("utf-8", "replace")
    return Wire(shown, index, address, mtu, ETHERNET if ethernet else RAW, made)


_LITTLE = struct.pack("=H", 1) == b"\x01\x00"


def set_option(of: socket.socket, level: int, option: int, value: bytes) -> None:
    """Do as `socket.setsockopt`, which would hold up all other threads until it is done."""
    _check(_libc.setsockopt(of.fileno(), level, option, value, len(value)))


def attach(of: socket.socket, program: Sequence[tuple[int, int, int, int]]) -> None:
    """Let only frames through for which a filter's program returns more than 0 bytes."""
    code = b"".join(_INSTRUCTION.pack(*one) for one in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: "@" puts the pointer where the compiler would.
    given = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    set_option(of, socket.SOL_SOCKET, _ATTACH_FILTER, given)


def keep(size: int) -> list[tuple[int, int, int, int]]:
    """Return the program that keeps `size` bytes of each frame; 0 lets nothing through."""
    return [(_RETURN, 0, 0, size)]


def bind(of: socket.socket, index: int) -> None:
    """Begin to receive what passes the link."""
    place = _PLACE.pack(socket.AF_PACKET, socket.htons(_ALL), index, 0, 0, 0, b"")
    _check(_libc.bind(of.fileno(), place, len(place)))


def bound_index(of: socket.socket) -> int:
    """Return the index of the link that it is bound to; -1 once that link is gone."""
    place = ctypes.create_string_buffer(_PLACE.size)
    size = ctypes.c_int(_PLACE.size)
    _check(_libc.getsockname(of.fileno(), place, ctypes.byref(size)))
    index: int = _PLACE.unpack(place.raw)[2]
    return index


def _check(status: int) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
