"""Netlink notices: one message that the kernel sent unasked, and the error for lost ones.

A notice carries the time at which it was *received* here; the kernel stamps none.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass

_HEADER = struct.Struct("=IHHII")


@dataclass(frozen=True, slots=True)
class Notice:
    """One message that the kernel sent of its own accord.

    Attributes
    ----------
    namespace : int or None
        The id that `Everywhere.know` returned for the namespace where it happened; None: the
        namespace in which the socket stands.
    time : int
        When it was received, in ns since the epoch (CLOCK_REALTIME); the event was before.
    kind : int
        The message's type, such as `messages.NEWLINK`.
    message : bytes
        The whole message, its header included, as `decode` takes it.
    """

    namespace: int | None
    time: int
    kind: int
    message: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """Notices were lost here: more came than the receive buffer holds (ENOBUFS).

    Nobody knows how many, nor of what: whoever needs the state reads it anew.

    Attributes
    ----------
    time : int
        When it was noticed, in ns since the epoch.
    """

    time: int


def notices_in(data: bytes, namespace: int | None) -> list[Notice]:
    """Return the messages of one datagram; `namespace` is where they happened."""
    now = time.time_ns()
    notices: list[Notice] = []
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, _flags, _number, _port = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size:
            break
        notices.append(Notice(namespace, now, kind, data[offset : offset + length]))
        offset += (length + 3) & ~3
    return notices
