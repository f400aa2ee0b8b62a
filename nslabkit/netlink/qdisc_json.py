"""The JSON of ``tc -s -j qdisc``, made from the kernel's answers about queueing disciplines.

The names and the order are those of iproute2's ``tc/tc_qdisc.c`` and ``q_*.c``, checked against
``tc -s -j`` in the tests; the layouts are those of ``include/uapi/linux/pkt_sched.h`` and
``gen_stats.h``.  Options of a kind that no lesson needs are left out.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from nslabkit import netlink
from nslabkit.netlink.attributes import attributes
from nslabkit.netlink.qdisc_requests import MESSAGE, ROOT, dump_qdiscs

if TYPE_CHECKING:
    from collections.abc import Callable

Entry = dict[str, Any]

_HEADER = 16  # bytes of struct nlmsghdr
_KIND, _OPTIONS, _STATISTICS = 1, 2, 7
_BASIC, _QUEUE, _PACKETS = 1, 3, 8  # TCA_STATS_BASIC, _QUEUE, _PKT64
_SENT = struct.Struct("=QI")  # struct gnet_stats_basic: bytes, packets
_WAITING = struct.Struct("=5I")  # struct gnet_stats_queue

_TBF_PARMS, _TBF_RATE64, _TBF_PRATE64 = 1, 4, 5
_TBF_SETTINGS = struct.Struct("=8xI8xIIII")  # rate, peak rate, limit, buffer, mtu
_HTB_INIT, _HTB_DIRECT_QLEN = 2, 5
_HTB_SETTINGS = struct.Struct("=5I")  # struct tc_htb_glob
_FIFO = struct.Struct("=I")
_BANDS = struct.Struct("=i16s")  # struct tc_prio_qopt
_TICK, _SECOND = 64, 10**9  # nanoseconds; a tick is 2^PSCHED_SHIFT of them, net/pkt_sched.h


class QdiscAnswer(NamedTuple):
    """What the kernel said of one qdisc.

    `link` is the index of its link, `json` its entry in ``tc -s -j qdisc show dev LINK``,
    `settings` are its options in the units in which they are set.
    """

    link: int
    json: Entry
    settings: Entry


def read(path: str | None, link: bytes) -> list[QdiscAnswer]:
    """Return the qdiscs of a link in the namespace of `path`.

    Raises
    ------
    EnterError
        The namespace is not there.
    OSError
        ENODEV: there is no such link.  EBADMSG: an answer makes no sense.
    """

    def ask(talk: netlink.Conversation) -> tuple[int, list[bytes]]:
        return talk.index(link), talk.dump(dump_qdiscs())

    index, messages = netlink.inside(path, ask)
    return [found for found in map(answer, messages) if found.link == index]


def answer(message: bytes) -> QdiscAnswer:
    """Return what one of the kernel's messages says; EBADMSG where it makes no sense."""
    try:
        return _answer(message)
    except (struct.error, KeyError, ZeroDivisionError):
        raise OSError(errno.EBADMSG, os.strerror(errno.EBADMSG)) from None


def _answer(message: bytes) -> QdiscAnswer:
    _family, index, handle, parent, users = MESSAGE.unpack_from(message, _HEADER)
    given = dict(attributes(message, _HEADER + MESSAGE.size))
    kind = given[_KIND].rstrip(b"\0").decode(errors="replace")
    entry: Entry = {"kind": kind, "handle": f"{handle >> 16:x}:"}
    if parent == ROOT:
        entry["root"] = True
    elif parent:
        entry["parent"] = _class(parent)
    if users != 1:
        entry["refcnt"] = users
    options = given.get(_OPTIONS, b"")
    # A kind without options of its own is announced with none, or with an empty list.
    entry["options"], settings = _READERS.get(kind, _nothing)(options) if options else ({}, {})
    entry.update(_counters(given.get(_STATISTICS, b"")))
    return QdiscAnswer(index, entry, settings)


def _class(number: int) -> str:
    major, minor = number >> 16, number & 0xFFFF
    return f"{major:x}:{minor:x}" if minor else f"{major:x}:"


def _counters(statistics: bytes) -> Entry:
    given = dict(attributes(statistics))
    found: Entry = {}
    if _BASIC in given:
        found["bytes"], found["packets"] = _SENT.unpack_from(given[_BASIC])
        if _PACKETS in given:  # sent where 32 bits do not hold them
            found["packets"] = _number(given[_PACKETS])
    if _QUEUE in given:
        length, backlog, drops, requeues, overlimits = _WAITING.unpack_from(given[_QUEUE])
        found |= {"drops": drops, "overlimits": overlimits, "requeues": requeues}
        found |= {"backlog": backlog, "qlen": length}
    return found


def _number(value: bytes) -> int:
    return int.from_bytes(value, sys.byteorder)


# Each returns the options as tc prints them, and in the units in which they are set.
def _nothing(_options: bytes) -> tuple[Entry, Entry]:
    return {}, {}


def _tbf(options: bytes) -> tuple[Entry, Entry]:
    given = dict(attributes(options))
    rate, peak, limit, ticks, peak_ticks = _TBF_SETTINGS.unpack_from(given[_TBF_PARMS])
    rate = _number(given[_TBF_RATE64]) if _TBF_RATE64 in given else rate
    peak = _number(given[_TBF_PRATE64]) if _TBF_PRATE64 in given else peak
    found: Entry = {"rate": rate, "burst": _bytes_in(ticks, rate)}
    # The kernel rounds the time down, so the bytes are rounded up again.
    settings = {"rate": 8 * rate, "burst": -(-ticks * _TICK * rate // _SECOND), "limit": limit}
    if peak:
        settings["peakrate"] = 8 * peak
        if peak_ticks:
            found["minburst"] = _bytes_in(peak_ticks, peak)
    # How long the last byte that finds a place must wait, in microseconds.
    waits = [limit / rate * 10**6 - ticks * _TICK / 1000]
    waits += [limit / peak * 10**6 - peak_ticks * _TICK / 1000] if peak else []
    longest = max(waits)
    found |= {"lat": int(longest)} if longest >= 0 else {"limit": limit}
    return found, settings


def _bytes_in(ticks: int, rate: int) -> int:
    return ticks * _TICK * rate // _SECOND


def _htb(options: bytes) -> tuple[Entry, Entry]:
    given = dict(attributes(options))
    _version, quantum, default, _debug, direct = _HTB_SETTINGS.unpack_from(given[_HTB_INIT])
    # C's %#x writes nothing before a zero.
    name = f"{default:#x}" if default else "0"
    found = {"r2q": quantum, "default": name, "direct_packets_stat": direct}
    if _HTB_DIRECT_QLEN in given:
        found["direct_qlen"] = _number(given[_HTB_DIRECT_QLEN])
    return found, found


def _fifo(options: bytes) -> tuple[Entry, Entry]:
    [limit] = _FIFO.unpack_from(options)
    return {"limit": limit}, {"limit": limit}


def _fast(options: bytes) -> tuple[Entry, Entry]:
    bands, priorities = _BANDS.unpack_from(options)
    found = {"bands": bands, "priomap": list(priorities), "multiqueue": False}
    return found, found


_READERS: dict[str, Callable[[bytes], tuple[Entry, Entry]]] = {
    "tbf": _tbf,
    "htb": _htb,
    "pfifo": _fifo,
    "bfifo": _fifo,
    "pfifo_fast": _fast,
}
