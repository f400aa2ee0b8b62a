"""The capture ring: memory shared with the kernel, so that no frame is missed.

Through a ring of blocks in memory that both share (``PACKET_RX_RING`` with ``TPACKET_V3``,
https://docs.kernel.org/networking/packet_mmap.html): the kernel fills them, we copy and return
them.  Where a ring is refused, frames are received one by one (`nslabkit.capture.tap.received`).
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import socket
import struct
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.capture.tap import blocks
from nslabkit.capture.tap.packet_socket import PACKET, attach, bind, bound_index, keep, set_option
from nslabkit.frames.interface import Interface
from nslabkit.net.namespace import HOST

if TYPE_CHECKING:
    from nslabkit.capture.tap.filters import Program
    from nslabkit.capture.tap.packet_socket import Wire
    from nslabkit.frames.rows import Array
    from nslabkit.net.namespace import Namespace

BLOCK = 1 << 17  # bytes: the largest packet that the kernel passes as one, 64 KiB, fits
RETIRE = 30  # milliseconds after which the kernel hands over a block that is not full
_RX_RING, _STATISTICS, _VERSION = 5, 6, 10  # PACKET_…
_V3 = 2
_TIMESTAMP = 35  # SO_TIMESTAMPNS: received frames are stamped when they come, not at the tap
_FRAME = 2048  # bytes; only has to divide the block
_REQUEST, _COUNTS = struct.Struct("=7I"), struct.Struct("=3I")
_URGENT = 16  # a draining of a sixteenth of the ring costs hardly more, for each frame, than of all
_STATUS, _LENGTH = 8, 20  # where a block's status and length stand
_OURS = 1  # TP_STATUS_USER


class Tap(ABC):
    """A link with its socket, from before the recording begins until its end.

    Attributes
    ----------
    number : int
        The link's number in the recording.
    wire : Wire
        The link, with the socket.
    namespace : Namespace
        Where the link is.
    every : bool
        Whether all links of its namespace are recorded.
    most : int
        How many bytes one draining brings at most.
    more : bool
        Whether the last draining left something behind for which the store had no room.
    """

    most = 0
    every = more = False

    def __init__(self, number: int, namespace: Namespace, wire: Wire, program: Program) -> None:
        self.number = number
        self.namespace = namespace
        self.wire = wire
        self.received = self.dropped = 0  # by the kernel's counter
        self.taken = 0  # frames that came here
        self.gone = self.closed = False
        set_option(wire.socket, socket.SOL_SOCKET, _TIMESTAMP, struct.pack("=i", 1))
        attach(wire.socket, program)

    def fileno(self) -> int:
        """Return the socket's file descriptor, to wait on."""
        return self.wire.socket.fileno()

    def begin(self) -> None:
        """Begin to receive; nothing that passes the link afterwards is missed.

        A link that is down is recorded from when it is up.
        """
        try:
            bind(self.wire.socket, self.wire.index)
        except OSError as error:
            if error.errno != errno.ENODEV:
                raise
            self.gone = True  # since it was armed
            return
        self.look_at_error()

    @property
    def interface(self) -> Interface:
        """The link, with what the kernel has counted so far."""
        wire = self.wire
        return Interface(
            self.number,
            "" if self.namespace == HOST else self.namespace.name or self.namespace.path,
            wire.name,
            wire.index,
            wire.address,
            wire.mtu,
            self.received,
            self.dropped,
            wire.link_type,
        )

    def look_at_error(self) -> None:
        """Take the socket's error off it (it says that the link went down), and see if it went."""
        self.wire.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.gone = bound_index(self.wire.socket) < 0

    @property
    @abstractmethod
    def urgent(self) -> bool:
        """Whether so much waits that it should be drained now."""

    @abstractmethod
    def drain(self, store: Array, at: int, until: int) -> tuple[Array | None, int]:
        """Copy what came into a store.

        Parameters
        ----------
        store : numpy array of uint8
            Where to.
        at, until : int
            From which place on, a multiple of 8, and up to which.

        Returns
        -------
        tuple
            The new frames, None if there are none, and the first free place behind them.
        """

    @abstractmethod
    def first_waiting(self) -> int:
        """Return the time of the first frame for which the store had no room (`more`)."""

    def silence(self) -> None:
        """Let nothing more come in; what came before is still to be drained."""
        attach(self.wire.socket, keep(0))

    def count(self) -> None:
        """Ask the kernel how many frames it counted since it was asked last."""
        answer = self.wire.socket.getsockopt(PACKET, _STATISTICS, _COUNTS.size)
        received, dropped = struct.unpack_from("=2I", answer)
        self.received += received
        self.dropped += dropped

    @property
    def complete(self) -> bool:
        """Whether all that the kernel counted and kept came here; `count` first."""
        return self.taken >= self.received - self.dropped

    def close(self) -> None:
        """Give socket and ring back to the kernel; the namespace may go now."""
        self.closed = True
        self.wire.socket.close()


class Ring(Tap):
    """A tap with a ring.

    Parameters
    ----------
    number, namespace, wire, program
        As for `Tap`; `program` is the filter's.
    size : int
        Bytes of the ring, a multiple of `BLOCK`.

    Raises
    ------
    OSError
        The kernel does not give a ring: ENOMEM, EINVAL, ENOPROTOOPT.
    """

    def __init__(
        self, number: int, namespace: Namespace, wire: Wire, program: Program, size: int
    ) -> None:
        super().__init__(number, namespace, wire, program)
        count = size // BLOCK
        request = _REQUEST.pack(BLOCK, count, _FRAME, BLOCK // _FRAME * count, RETIRE, 0, 0)
        set_option(wire.socket, PACKET, _VERSION, struct.pack("=i", _V3))
        set_option(wire.socket, PACKET, _RX_RING, request)
        try:
            self._map = mmap.mmap(wire.socket.fileno(), size)
            # A command that is started meanwhile begins as a copy of this process: without this.
            self._map.madvise(mmap.MADV_DONTFORK)
        except OSError:  # go on without it: `Received` does
            set_option(wire.socket, PACKET, _RX_RING, bytes(_REQUEST.size))
            raise
        self.most = size + count * 16
        self._bytes: np.ndarray[Any, Any] = np.frombuffer(self._map, np.uint8)
        self._words = self._bytes.view(np.uint32)
        self._next, self._count = 0, count

    @property
    def urgent(self) -> bool:
        """Whether so much of the ring is filled that a busy machine might come too late."""
        ahead = (self._next + self._count // _URGENT) % self._count
        return bool(self._words[(ahead * BLOCK + _STATUS) // 4] & _OURS)

    def drain(self, store: Array, at: int, until: int) -> tuple[Array | None, int]:
        """Copy each block that the kernel has handed over, and hand it back."""
        copied = []
        for _block in range(self._count):
            begin = self._next * BLOCK
            status = (begin + _STATUS) // 4
            if not self._words[status] & _OURS:
                break
            length = int(self._words[(begin + _LENGTH) // 4])
            room = -(-length // 16) * 16
            self.more = at + room + blocks.LOOK_AHEAD > until
            if self.more:
                break
            store[at : at + length] = self._bytes[begin : begin + length]
            self._words[status] = 0  # TP_STATUS_KERNEL
            self._next = (self._next + 1) % self._count
            copied.append(at)
            at += room
        if not copied:
            return None, at
        frames = blocks.frames_in(store, copied, self.number, self.wire.link_type)
        self.taken += len(frames)
        return frames, at

    def first_waiting(self) -> int:
        """Read it in the next block, which the kernel has handed over."""
        return blocks.first_time(self._bytes, self._next * BLOCK)

    def close(self) -> None:
        """Unmap the ring and close the socket; either alone would keep the namespace."""
        del self._bytes, self._words
        with contextlib.suppress(BufferError):  # an interrupt may have left a view behind
            self._map.close()
        super().close()
