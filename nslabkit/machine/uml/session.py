"""A session: what a terminal outside and a command in the guest say to each other.

Each end holds a `Session`: records, which say what they are and how many bytes follow, on one
connection, which the line carries as it carries the notebook's.

Bytes that a program does not read wait where they come from: an end sends no more than `WINDOW`
of them until the other has confirmed that they were written where they belong.  Else a pager that
waits for a key would fill the line, and the notebook would stand still beside it.
"""

from __future__ import annotations

import os
import select
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

WINDOW = 64 * 1024  # bytes
_HEADER = struct.Struct(">BI")  # what, bytes that follow
_NUMBER = struct.Struct(">I")
_SIZE = struct.Struct(">HH")
_PIECE = 4096  # PIPE_BUF: what can be written can be written at least so far (pipe(7))
_READ = select.POLLIN | select.POLLHUP | select.POLLERR


class Say(IntEnum):
    """What a record says."""

    START = 0  # to the guest: run this command; JSON
    INPUT = 1  # to the guest: for its standard input
    END_OF_INPUT = 2  # to the guest
    SIZE = 3  # to the guest: the terminal has so many rows and columns
    SIGNAL = 4  # to the guest: send it this signal
    OUTPUT = 5  # from the guest: what it wrote to its standard output, or to its terminal
    ERRORS = 6  # from the guest: the same of its standard error
    ENDED = 7  # from the guest: it has ended with this exit status
    FAILED = 8  # from the guest: it could not be started; the error's number
    STARTED = 9  # from the guest: it runs
    TAKEN = 10  # so many bytes of INPUT, OUTPUT and ERRORS were written where they belong


@dataclass
class _Sink:
    """Where the bytes of one kind of record belong, and those that wait for it."""

    descriptor: int
    waiting: bytearray = field(default_factory=bytearray)
    ending: bool = False


class Session:
    """One end of the connection.

    The class has a lifetime to hold: what waits to be written, here and there.

    Parameters
    ----------
    connection : socket.socket
        It is made non-blocking.
    obey : callable
        Called with every record that no `write_to` takes: what it says, and its bytes.

    Attributes
    ----------
    alive : bool
        False once the other end is gone.
    broken : set of Say
        The kinds whose reader is gone.
    read : int
        How many bytes were read from all sources.
    """

    def __init__(self, connection: socket.socket, obey: Callable[[Say, bytes], None]) -> None:
        connection.setblocking(False)  # noqa: FBT003 - takes no keyword
        self.alive = True
        self.broken: set[Say] = set()
        self.read = 0
        self._connection = connection
        self._obey = obey
        self._out, self._received = bytearray(), bytearray()
        self._room, self._taken = WINDOW, 0
        self._sources: dict[int, tuple[Say, Callable[[], None]]] = {}
        self._sinks: dict[Say, _Sink] = {}
        self._watched: dict[int, Callable[[], None]] = {}

    @property
    def full(self) -> bool:
        """Whether the other end must confirm before more is read from a source."""
        return self._room <= 0

    @property
    def waiting(self) -> bool:
        """Whether bytes that came wait to be written where they belong."""
        return any(sink.waiting for sink in self._sinks.values())

    def read_from(self, descriptor: int, what: Say, at_end: Callable[[], None]) -> None:
        """Send what can be read from `descriptor`; call `at_end` when it has ended."""
        self._sources[descriptor] = (what, at_end)

    def write_to(self, descriptor: int, what: Say) -> None:
        """Write the bytes of the records `what` to `descriptor`."""
        self._sinks[what] = _Sink(descriptor)

    def finish(self, what: Say) -> None:
        """Close where `write_to` writes, once all is written."""
        if what in self._sinks:
            self._sinks[what].ending = True
            self._write_sink(what)

    def watch(self, descriptor: int, call: Callable[[], None]) -> None:
        """Call `call` whenever `descriptor` can be read."""
        self._watched[descriptor] = call

    def forget(self, descriptor: int) -> None:
        """Undo `watch`."""
        del self._watched[descriptor]

    def send(self, what: Say, data: bytes = b"") -> None:
        """Send a record."""
        self._out += _HEADER.pack(what, len(data)) + data

    def send_number(self, what: Say, number: int) -> None:
        """Send a record whose bytes are one number; `number_in` reads it."""
        self.send(what, _NUMBER.pack(number))

    def send_size(self, rows: int, columns: int) -> None:
        """Send how large the terminal is; `size_in` reads it."""
        self.send(Say.SIZE, _SIZE.pack(rows, columns))

    def step(self, timeout: float | None = None) -> bool:
        """Wait at most `timeout` seconds, and do what is to be done; False if nothing was."""
        poll = select.poll()
        for descriptor, events in self._wanted().items():
            poll.register(descriptor, events)
        happened = poll.poll(None if timeout is None else timeout * 1000)
        for descriptor, events in happened:
            self._do(descriptor, events)
        return bool(happened)

    def _wanted(self) -> dict[int, int]:
        wanted = dict.fromkeys(self._watched, select.POLLIN)
        wanted[self._connection.fileno()] = select.POLLIN | (select.POLLOUT if self._out else 0)
        if not self.full:
            wanted.update(dict.fromkeys(self._sources, select.POLLIN))
        for sink in self._sinks.values():
            if sink.waiting:
                wanted[sink.descriptor] = wanted.get(sink.descriptor, 0) | select.POLLOUT
        return wanted

    def _do(self, descriptor: int, events: int) -> None:
        if descriptor == self._connection.fileno():
            if events & select.POLLOUT:
                self._write_out()
            if events & _READ:
                self._read_connection()
            return
        if descriptor in self._watched:
            self._watched[descriptor]()
            return
        for what, sink in list(self._sinks.items()):
            if sink.descriptor == descriptor and sink.waiting:
                self._write_sink(what)
        # An ended file is asked once more: what came before its end may still be in it.
        if events & (_READ | select.POLLNVAL) and descriptor in self._sources and not self.full:
            self._read_source(descriptor)

    def _write_out(self) -> None:
        try:
            with memoryview(self._out) as waiting:
                written = self._connection.send(waiting)
        except BlockingIOError:
            return
        except OSError:
            self.alive = False
            return
        del self._out[:written]

    def _read_connection(self) -> None:
        try:
            data = self._connection.recv(WINDOW)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.alive = False
            return
        self._received += data
        while len(self._received) >= _HEADER.size:
            what, length = _HEADER.unpack_from(self._received)
            end = _HEADER.size + length
            if len(self._received) < end:
                return
            record = bytes(self._received[_HEADER.size : end])
            del self._received[:end]
            self._hear(Say(what), record)

    def _hear(self, what: Say, data: bytes) -> None:
        if what is Say.TAKEN:
            self._room += number_in(data)
        elif what in self._sinks:
            self._sinks[what].waiting += data
        else:
            self._obey(what, data)

    def _write_sink(self, what: Say) -> None:
        sink = self._sinks[what]
        written = 0
        if sink.waiting:
            try:
                with memoryview(sink.waiting) as waiting:
                    written = os.write(sink.descriptor, waiting[:_PIECE])
            except BlockingIOError:
                return
            except OSError:  # who read it has gone: nobody will miss the rest
                self.broken.add(what)
                written = len(sink.waiting)
            del sink.waiting[:written]
            self._confirm(written)
        if sink.ending and not sink.waiting:
            del self._sinks[what]
            os.close(sink.descriptor)

    def _confirm(self, written: int) -> None:
        self._taken += written
        if self._taken >= WINDOW // 4:
            self.send_number(Say.TAKEN, self._taken)
            self._taken = 0

    def _read_source(self, descriptor: int) -> None:
        what, at_end = self._sources[descriptor]
        try:
            data = os.read(descriptor, min(self._room, 4 * _PIECE))
        except BlockingIOError:
            return
        except OSError:  # a terminal that nobody holds any more: EIO
            data = b""
        if data:
            self._room -= len(data)
            self.read += len(data)
            self.send(what, data)
        else:
            del self._sources[descriptor]
            at_end()


def number_in(data: bytes) -> int:
    """Return the number that `Session.send_number` sent."""
    (number,) = _NUMBER.unpack(data)
    return int(number)


def size_in(data: bytes) -> tuple[int, int]:
    """Return the rows and columns that `Session.send_size` sent."""
    rows, columns = _SIZE.unpack(data)
    return int(rows), int(columns)
