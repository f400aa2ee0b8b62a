"""Neighbour tables, read again and again while something happens.

The kernel announces that an entry is REACHABLE, STALE, in PROBE or FAILED, but never that it is
INCOMPLETE or in DELAY (``net/core/neighbour.c``: `neigh_event_send` changes to them without a
notice).  So the table is read again and again; what is said of these two states was read.
"""

from __future__ import annotations

import errno
import os
import struct
import time
from typing import TYPE_CHECKING, NamedTuple

from nslabkit import netlink
from nslabkit.base.errors import NotFoundError
from nslabkit.net.namespace import place
from nslabkit.netlink import requests
from nslabkit.netlink.attributes import attributes

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace

INTERVAL = 0.01  # seconds between two looks; reading two small tables takes some 0.1 ms
_GROWTH = 1.2  # by which a reading may take longer than the one before, to be believed
_QUICK = 0.0005  # seconds
_SHARE = 0.01  # of one processor: where tables are many or long they are read less often
# struct nlmsghdr, then struct ndmsg: what says which entry it is, and in which state.
_ENTRY = slice(16, 28)
_STATE = struct.Struct("=H")
_STATE_AT = 24
_NOARP = 0x40
_UNANNOUNCED = 0x01 | 0x08  # INCOMPLETE, DELAY


class Read(NamedTuple):
    """An entry of a table, mostly one that was not there, or so, when it was read before.

    Attributes
    ----------
    begun, time : int
        When the reading began and ended, nanoseconds since the epoch.
    space : str
        The namespace's name.
    message : bytes
        The entry, as the kernel gave it.
    reason : str
        ``"start"``: it was there at the first reading; ``"change"``: it is new, and no notice
        tells of it; ``"lost"``: the table was read because notices were lost.
    """

    begun: int
    time: int
    space: str
    message: bytes
    reason: str


class Tables:
    """The neighbour tables of some namespaces, read again and again; it holds none of them."""

    def __init__(self, spaces: dict[str, Namespace]) -> None:
        # By inode, as a name may be given to another namespace while we read.
        self._left = {name: (space, space.inode) for name, space in spaces.items()}
        self._known: dict[str, dict[bytes, Read]] = {}
        # Seconds that a reading takes, without what delays it now and then.
        self._cost = INTERVAL * _SHARE
        self._took = 0.0  # seconds that the last one took
        self.interval = INTERVAL

    @property
    def is_quick(self) -> bool:
        """Whether the last reading took so little that it delayed nobody: half a millisecond."""
        return self._took < _QUICK

    def read(self, *, lost: bool = False) -> list[Read]:
        """Return what is new in the tables and not announced; with `lost` all that is there.

        Namespaces that have gone are no longer asked.
        """
        begun = time.perf_counter()
        news: list[Read] = []
        # Two threads may read at once, when a log begins.
        for name, (space, inode) in tuple(self._left.items()):
            news += self._read_one(name, space, inode, lost=lost)
        self._took = time.perf_counter() - begun
        self._cost = min(self._took, self._cost * _GROWTH)
        self.interval = max(INTERVAL, self._cost / _SHARE)
        return news

    def _read_one(self, name: str, space: Namespace, inode: int, *, lost: bool) -> list[Read]:
        begun = time.time_ns()
        try:
            if space.inode != inode:
                raise _another(space)
            dumped = netlink.inside(
                place(space), lambda talk: talk.dump(requests.dump_neighbours())
            )
        except netlink.KernelRefusedError:  # it changed again and again: the next time, then
            return []
        except (netlink.EnterError, NotFoundError):
            self._left.pop(name, None)
            return []
        now = time.time_ns()
        reason = "lost" if lost else "change" if name in self._known else "start"
        before = self._known.get(name, {})
        now_there = {
            _key(message): Read(begun, now, name, message, reason)
            for message in dumped
            if not _needs_no_learning(message)
        }
        # Replaced as a whole, so that `standing` may look from another thread.
        self._known[name] = now_there
        if lost:  # nobody knows what was missed
            return list(now_there.values())
        found = [read for key, read in now_there.items() if key not in before]
        # The rest is told by notices.
        return found if reason == "start" else [read for read in found if _is_unannounced(read)]

    def standing(self) -> list[Read]:
        """Return what stood in the tables when they were read last, as a log's beginning."""
        return [
            read._replace(reason="start")
            for entries in tuple(self._known.values())
            for read in entries.values()
        ]


def _another(space: Namespace) -> netlink.EnterError:
    """Return the error for a name that by now is another namespace's."""
    return netlink.EnterError(errno.ENOENT, os.strerror(errno.ENOENT), space.path)


def _is_unannounced(read: Read) -> bool:
    state: int = _STATE.unpack_from(read.message, _STATE_AT)[0]
    return bool(state & _UNANNOUNCED)


def _needs_no_learning(message: bytes) -> bool:
    """Whether it is one of the entries that ``ip neigh`` does not show: multicast, loopback."""
    state: int = _STATE.unpack_from(message, _STATE_AT)[0]
    return not state & ~_NOARP


def _key(message: bytes) -> bytes:
    """Return link, address and state; the address is the first attribute (``neigh_fill_info``)."""
    _kind, address = next(attributes(message, _ENTRY.stop))
    return message[_ENTRY] + address
