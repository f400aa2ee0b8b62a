"""The multiplexer: many connections share the one serial line between outside and guest.

Every piece on the line is a *record*: which connection, what happens, how many bytes follow.
Connections are numbered by the outside, which opens them; number 0 is the line itself.

Towards the guest a *window* keeps little on its way: the guest confirms what it has read, and
the outside sends no more than `WINDOW` bytes that are not confirmed.  A serial line has no
other way to say "not so fast": what exceeds its buffer is lost.  From the guest outwards the line
blocks by itself.
"""

from __future__ import annotations

import selectors
import socket
import struct
import time
from enum import IntEnum
from typing import TYPE_CHECKING

from nslabkit.machine.uml.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 3072  # bytes; UML's terminal takes 4096 before it stops reading from outside
_HEADER = struct.Struct(">HBI")  # connection, what, bytes that follow
_NUMBER = struct.Struct(">i")
_LAST = 0xFFFF  # highest number of a connection
_PLENTY = 1024 * 1024  # bytes waiting for the line; then no connection is read from
_TOO_MUCH = 16 * 1024 * 1024  # bytes waiting for one connection; then the line is not read from
_LINE = 0


class What(IntEnum):
    """What a record says."""

    OPEN = 0  # a connection was made to a channel; its number follows
    DATA = 1
    CLOSE = 2
    CONFIRM = 3  # so many bytes of the line were read
    SIGNAL = 4  # to the guest: pass this signal on to the kernel
    STARTED = 5  # from the guest: the kernel listens
    ENDED = 6  # from the guest: the kernel has ended with this exit status
    FAILED = 7  # from the guest: why the machine could not be set up
    OUTPUT = 8  # from the guest: what the command wrote to its standard output
    ERRORS = 9  # from the guest: the same of its standard error


class Mux:
    """One end of the line.

    Parameters
    ----------
    line : int
        File descriptor of the line; it is made non-blocking.
    connect : callable, optional
        Given a channel's number, returns a connected socket or raises `OSError`.  Only the
        guest has one.

    Attributes
    ----------
    alive : bool
        False once the other end of the line is gone.
    heard : callable
        Called with every record that concerns no connection: what it says, and its bytes.
    """

    def __init__(self, line: int, connect: Callable[[int], socket.socket] | None = None) -> None:
        self.alive = True
        self.heard: Callable[[What, bytes], None] = lambda _what, _data: None
        self._connect = connect
        self._selector = selectors.DefaultSelector()
        self._connections: dict[int, Stream] = {}
        self._sources: list[Stream] = []
        self._next = 1
        self._received = bytearray()
        self._unconfirmed = 0
        self._window = WINDOW if connect is None else None
        self._line = Stream(line, None, self._selector, self._read_line, self._lose_line)
        self._line.credit = self._window

    def close(self) -> None:
        """Close every connection; the line belongs to the caller."""
        for stream in self._connections.values():
            stream.close()
        self._connections.clear()
        self._selector.close()

    def watch(self, descriptor: int, call: Callable[[], None]) -> None:
        """Call `call` whenever `descriptor` can be read."""
        self._selector.register(descriptor, selectors.EVENT_READ, lambda _events: call())

    def forget(self, descriptor: int) -> None:
        """Undo `watch`."""
        self._selector.unregister(descriptor)

    def relay(self, descriptor: int, what: What) -> None:
        """Send what can be read from `descriptor` as records of the kind `what`."""
        source = Stream(
            descriptor,
            None,
            self._selector,
            lambda data: self.send(what, data),
            lambda: source.stop(),  # noqa: PLW0108 - it has no value yet
        )
        self._sources.append(source)

    def listen(self, server: socket.socket, channel: int) -> None:
        """Pass every connection to the socket `server` on, as one to `channel`."""
        server.setblocking(False)  # noqa: FBT003 - takes no keyword
        self.watch(server.fileno(), lambda: self._accept(server, channel))

    def send(self, what: What, data: bytes = b"") -> None:
        """Send a record that concerns no connection."""
        self._send(_LINE, what, data)

    def send_number(self, what: What, number: int) -> None:
        """Send a record whose bytes are one number; `number_in` reads it."""
        self._send(_LINE, what, _NUMBER.pack(number))

    def serve(self, timeout: float | None = None) -> bool:
        """Wait for something to happen and do all that is to be done; False if nothing did."""
        happened = self._selector.select(timeout)
        for key, events in happened:
            key.data(events)
        self._resume()
        return bool(happened)

    def drain(self, patience: float = 1.0) -> None:
        """Carry what is still on its way, at most for `patience` seconds."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and (self.serve(0.02) or self.waiting):
            pass

    @property
    def waiting(self) -> int:
        """How many bytes have not got onto the line yet."""
        return len(self._line.out)

    def _accept(self, server: socket.socket, channel: int) -> None:
        try:
            connection, _address = server.accept()
        except OSError:
            return  # it went away while it waited
        if len(self._connections) == _LAST:
            connection.close()
            return
        while self._next in self._connections:
            self._next = self._next % _LAST + 1
        number, self._next = self._next, self._next % _LAST + 1
        self._add(number, connection)
        self._send(number, What.OPEN, bytes([channel]))

    def _add(self, number: int, connection: socket.socket) -> None:
        if connection.family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def pass_on(data: bytes) -> None:
            self._send(number, What.DATA, data)

        def end() -> None:
            if self._connections.pop(number, None) is not None:
                stream.close()
                self._send(number, What.CLOSE)

        stream = Stream(connection.fileno(), connection, self._selector, pass_on, end)
        self._connections[number] = stream

    def _send(self, number: int, what: What, data: bytes = b"") -> None:
        self._line.write(_HEADER.pack(number, what, len(data)) + data)
        if len(self._line.out) > _PLENTY:
            for stream in (*self._connections.values(), *self._sources):
                stream.pause(paused=True)

    def _resume(self) -> None:
        """Read again what was not read from because too much waited on the other side."""
        if len(self._line.out) < _PLENTY // 2:
            for stream in (*self._connections.values(), *self._sources):
                stream.pause(paused=False)
        if all(len(stream.out) < _TOO_MUCH // 2 for stream in self._connections.values()):
            self._line.pause(paused=False)

    def _lose_line(self) -> None:
        self.alive = False
        self._line.stop()

    def _read_line(self, data: bytes) -> None:
        self._received += data
        if self._window is None:
            self._unconfirmed += len(data)
            if self._unconfirmed >= WINDOW // 3:
                self.send_number(What.CONFIRM, self._unconfirmed)
                self._unconfirmed = 0
        start = 0
        while len(self._received) - start >= _HEADER.size:
            number, what, length = _HEADER.unpack_from(self._received, start)
            end = start + _HEADER.size + length
            if len(self._received) < end:
                break
            self._obey(number, What(what), bytes(self._received[start + _HEADER.size : end]))
            start = end
        del self._received[:start]

    def _obey(self, number: int, what: What, data: bytes) -> None:
        if what is What.CONFIRM:
            self._line.give_credit(number_in(data))
        elif number == _LINE:
            self.heard(what, data)
        elif what is What.OPEN:
            self._open(number, data[0])
        elif number in self._connections:  # else it was closed here while this was on its way
            if what is What.DATA:
                stream = self._connections[number]
                stream.write(data)
                if len(stream.out) > _TOO_MUCH:
                    self._line.pause(paused=True)
            elif what is What.CLOSE:
                self._connections.pop(number).finish()

    def _open(self, number: int, channel: int) -> None:
        assert self._connect is not None  # only the outside opens connections
        try:
            self._add(number, self._connect(channel))
        except OSError:
            self._send(number, What.CLOSE)


def number_in(data: bytes) -> int:
    """Return the number that `Mux.send_number` sent."""
    (number,) = _NUMBER.unpack(data)
    return int(number)
