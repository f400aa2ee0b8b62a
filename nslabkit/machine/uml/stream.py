"""A non-blocking stream: a descriptor read from and written to without ever waiting."""

from __future__ import annotations

import os
import selectors
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_READ = 64 * 1024


class Stream:
    """A non-blocking descriptor with what waits to be written to it.

    The class has a lifetime to hold: the descriptor's place in the selector.

    Attributes
    ----------
    out : bytearray
        Bytes that wait.
    credit : int or None
        How many may be written until the other side confirms; None for no limit.
    paused : bool
        Whether nothing is read from it now.
    closed : bool
        Whether it is neither read from nor written to any more.
    """

    def __init__(
        self,
        descriptor: int,
        owner: socket.socket | None,
        selector: selectors.BaseSelector,
        on_data: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self.out = bytearray()
        self.credit: int | None = None
        self._descriptor = descriptor
        self._owner = owner
        self._selector = selector
        self._on_data, self._on_end = on_data, on_end
        self.paused = self._ending = self.closed = False
        self._events = selectors.EVENT_READ
        os.set_blocking(descriptor, False)
        selector.register(descriptor, self._events, self._ready)

    def write(self, data: bytes) -> None:
        """Write `data`, now or as soon as it can be."""
        self.out += data
        if len(self.out) == len(data):
            self._write_out()
        self._wait_for_what_matters()

    def give_credit(self, confirmed: int) -> None:
        """Let so many bytes more be written."""
        assert self.credit is not None  # who limits nothing needs no confirmation
        self.credit += confirmed
        self._wait_for_what_matters()

    def pause(self, *, paused: bool) -> None:
        """Stop reading, or go on."""
        if paused is not self.paused:
            self.paused = paused
            self._wait_for_what_matters()

    def finish(self) -> None:
        """Close as soon as everything is written."""
        self._ending = self.paused = True
        if self.out:
            self._wait_for_what_matters()
        else:
            self.close()

    def stop(self) -> None:
        """Neither read nor write any more."""
        if not self.closed:
            self.closed = True
            self.out.clear()
            if self._events:
                self._selector.unregister(self._descriptor)
            self._events = 0

    def close(self) -> None:
        """Stop, and close the socket that it belongs to."""
        self.stop()
        if self._owner is not None:
            self._owner.close()

    def _wait_for_what_matters(self) -> None:
        if self.closed:
            return
        events = 0 if self.paused else selectors.EVENT_READ
        if self.out and self.credit != 0:
            events |= selectors.EVENT_WRITE
        if events == self._events:
            return
        if not self._events:
            self._selector.register(self._descriptor, events, self._ready)
        elif not events:
            self._selector.unregister(self._descriptor)
        else:
            self._selector.modify(self._descriptor, events, self._ready)
        self._events = events

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE and not self.closed:
            self._write_out()
            if self._ending and not self.out:
                self.close()
            else:
                self._wait_for_what_matters()
        if events & selectors.EVENT_READ and not self.closed:
            self._read()

    def _write_out(self) -> None:
        length = len(self.out) if self.credit is None else min(self.credit, len(self.out))
        if not length:
            return
        try:
            with memoryview(self.out) as waiting:
                written = os.write(self._descriptor, waiting[: min(length, _READ)])
        except BlockingIOError:
            return
        except OSError:  # who read it has gone; reading will say so too
            self.out.clear()
            if self._ending:
                self.close()
            return
        del self.out[:written]
        if self.credit is not None:
            self.credit -= written

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, _READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._on_data(data)
        else:
            self._on_end()
