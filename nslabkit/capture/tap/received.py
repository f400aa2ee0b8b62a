"""Capture without a ring: frames received one by one.

One by one, from the socket's queue (`recvmsg(2)`): about thirty times the work of a ring, so on a
busy link frames may be dropped earlier; the kernel's counter says how many.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.capture.tap import blocks
from nslabkit.capture.tap.packet_socket import PACKET, set_option
from nslabkit.capture.tap.ring import Tap
from nslabkit.frames.interface import ETHERNET
from nslabkit.frames.rows import FRAME, LOSING, NO_VLAN, UNFINISHED_CHECKSUM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.capture.tap.filters import Program
    from nslabkit.capture.tap.packet_socket import Wire
    from nslabkit.frames.rows import Array
    from nslabkit.net.namespace import Namespace

_QUEUE = 1 << 25  # bytes that may wait in the socket
_FORCE_QUEUE = 33  # SO_RCVBUFFORCE
_AUXILIARY = 8  # PACKET_AUXDATA
_STAMP = 35  # SCM_TIMESTAMPNS
_DETAILS = struct.Struct("=3I4H")  # struct tpacket_auxdata
_WHEN = struct.Struct("=qq")
_LARGEST = 1 << 16  # bytes of a frame
_SPARE = 16  # bytes before each frame: a VLAN tag may be put back
_OUTGOING = 4
_VLAN = 0x8100
_LOSING, _CHECKSUM_NOT_READY, _TAGGED = 1 << 2, 1 << 3, 1 << 4


class Received(Tap):
    """A tap without a ring."""

    most = 1 << 22

    def __init__(self, number: int, namespace: Namespace, wire: Wire, program: Program) -> None:
        super().__init__(number, namespace, wire, program)
        wire.socket.settimeout(0)
        size = struct.pack("=i", _QUEUE)
        try:
            set_option(wire.socket, socket.SOL_SOCKET, _FORCE_QUEUE, size)
        except OSError:  # not allowed in a sandbox: as much as the machine's limit lets us have
            set_option(wire.socket, socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        set_option(wire.socket, PACKET, _AUXILIARY, struct.pack("=i", 1))

    @property
    def urgent(self) -> bool:
        """Whether anything waits: how much, the kernel does not say."""
        return True

    def drain(self, store: Array, at: int, until: int) -> tuple[Array | None, int]:
        """Receive what waits in the queue."""
        rows: list[tuple[Any, ...]] = []
        tags: list[tuple[int, int, int]] = []
        last = min(until - blocks.LOOK_AHEAD, at + self.most) - _SPARE - _LARGEST
        self.more = False
        while True:
            if at >= last:
                self.more = True
                break
            begin = at + _SPARE
            try:
                size, extra, _flags, place = self.wire.socket.recvmsg_into(
                    [store[begin : begin + _LARGEST].data], 256
                )
            except BlockingIOError:
                break
            except OSError:  # the link went down: said by the poll as well
                continue
            said = {(level, kind): value for level, kind, value in extra}
            status, length, _kept, _mac, _net, tag, tag_type = _DETAILS.unpack_from(
                said[PACKET, _AUXILIARY]
            )
            flags = UNFINISHED_CHECKSUM * bool(status & _CHECKSUM_NOT_READY) + LOSING * bool(
                status & _LOSING
            )
            if status & _TAGGED and self.wire.link_type == ETHERNET:
                tags.append((len(rows), tag_type or _VLAN, tag))
            time = _time(extra)
            rows.append(
                (time, self.number, place[2] == _OUTGOING, flags, length, size, begin, NO_VLAN)
            )
            at = -(-(begin + size) // 16) * 16
        if not rows:
            return None, at
        frames = np.array(rows, FRAME)
        if tags:
            places, types, values = np.array(tags).T
            blocks.put_tags_back(store, frames, places, types, values)
        if self.wire.link_type == ETHERNET:
            blocks.seen_tags(store, frames)
        self.taken += len(frames)
        return frames, at

    def first_waiting(self) -> int:
        """Read it off the next frame, which stays in the queue."""
        self.look_at_error()  # it would come instead of the frame
        _data, extra, _flags, _place = self.wire.socket.recvmsg(0, 256, socket.MSG_PEEK)
        return _time(extra)

    def close(self) -> None:
        """Close the socket."""
        with contextlib.suppress(OSError):
            super().close()


def _time(extra: Sequence[tuple[int, int, bytes]]) -> int:
    """Return when a frame came, in nanoseconds since 1970."""
    said = {(level, kind): value for level, kind, value in extra}
    seconds, nanoseconds = _WHEN.unpack_from(said[socket.SOL_SOCKET, _STAMP])
    return int(seconds) * 1_000_000_000 + int(nanoseconds)
