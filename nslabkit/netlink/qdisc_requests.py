"""Netlink messages about queueing disciplines, byte for byte.

The layouts are those of ``rtnetlink(7)``, the numbers those of the kernel's
``include/uapi/linux/rtnetlink.h`` and ``pkt_sched.h``.
"""

from __future__ import annotations

import struct

from nslabkit.netlink.requests import ACK, CREATE_NEW, DUMP, REQUEST, Request, attribute

NEWQDISC, DELQDISC, GETQDISC = 36, 37, 38
ROOT = 0xFFFFFFFF  # TC_H_ROOT
MESSAGE = struct.Struct("=BxxxiIII")  # struct tcmsg: family, index, handle, parent, info

_CREATE_OR_REPLACE = 0x500  # NLM_F_CREATE | NLM_F_REPLACE
_KIND, _OPTIONS = 1, 2
_TBF = b"tbf\0"
# struct tc_tbf_qopt: rate and peak rate (struct tc_ratespec), limit, buffer, mtu
_TBF_SETTINGS = struct.Struct("=BBHhHI12xIII")
_TBF_PARMS, _TBF_BURST = 1, 6
_ETHERNET = 1  # TC_LINKLAYER_ETHERNET: a packet takes as long as its bytes


def add_tbf(index: int, rate: int, burst: int, limit: int) -> Request:
    """``tc qdisc add dev … root tbf …``; `rate` in bytes a second, the others in bytes."""
    return _tbf(CREATE_NEW, index, rate, burst, limit)


def replace_tbf(index: int, rate: int, burst: int, limit: int) -> Request:
    """``tc qdisc replace dev … root tbf …``; units as for `add_tbf`."""
    return _tbf(_CREATE_OR_REPLACE, index, rate, burst, limit)


def _tbf(flags: int, index: int, rate: int, burst: int, limit: int) -> Request:
    settings = _TBF_SETTINGS.pack(0, _ETHERNET, 0, 0, 0, rate, limit, 0, 0)
    # The burst in bytes; the field `buffer` would be the time that it takes to send, rounded.
    options = attribute(_TBF_PARMS, settings) + attribute(_TBF_BURST, struct.pack("=I", burst))
    body = MESSAGE.pack(0, index, 0, ROOT, 0) + attribute(_KIND, _TBF)
    return Request(NEWQDISC, REQUEST | ACK | flags, body + attribute(_OPTIONS, options))


def remove_root(index: int) -> Request:
    """``tc qdisc del dev … root``."""
    return Request(DELQDISC, REQUEST | ACK, MESSAGE.pack(0, index, 0, ROOT, 0))


def dump_qdiscs() -> Request:
    """``tc qdisc``: of all links, as the kernel does not choose."""
    return Request(GETQDISC, REQUEST | DUMP, MESSAGE.pack(0, 0, 0, 0, 0))
