"""The netlink listener: the kernel's notices from one namespace, or from all of them.

A multicast netlink socket hears of each link, address, route and neighbour that comes, changes
or goes, whoever did it.  `Listener` listens in one namespace, and holds it while it is open.
`Everywhere` stands in a hidden namespace of its own, where it gives the others ids, and holds
none of them: ``ip netns del`` in a learner's shell still removes them, and the learner's own
``ip netns`` shows no id that came from here (ids are relative to the namespace that looks,
``ip-netns(8)``).
"""

from __future__ import annotations

import contextlib
import errno
import select
import socket
import struct
import time
from typing import TYPE_CHECKING

from nslabkit.netlink import brief, requests
from nslabkit.netlink.notices import Lost, Notice, notices_in
from nslabkit.netlink.sockets import NETFILTER, Conversation, KernelRefusedError
from nslabkit.netlink.worker import at_home, in_new_namespace, inside, opened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

_SOL_NETLINK, _ADD_MEMBERSHIP, _LISTEN_ALL_NSID = 270, 1, 8
_SO_RCVBUFFORCE = 33
_ID = struct.Struct("=i")
_ANCILLARY = socket.CMSG_SPACE(_ID.size)
_DATAGRAM = 1 << 16  # bytes; a single notice is far smaller
_WANTED = 8 << 20  # bytes of receive buffer; the kernel gives what it allows
_NOTICES_AT_ONCE = 1000


class Group:
    """Numbers of multicast groups: ``RTNLGRP_*`` of ``linux/rtnetlink.h``."""

    LINK = 1
    NEIGHBOUR = 3
    IPV4_ADDRESS = 5
    IPV4_ROUTE = 7
    IPV6_ADDRESS = 9
    IPV6_ROUTE = 11
    NAMESPACE_ID = 28


EVERYTHING = (
    Group.LINK,
    Group.NEIGHBOUR,
    Group.IPV4_ADDRESS,
    Group.IPV4_ROUTE,
    Group.IPV6_ADDRESS,
    Group.IPV6_ROUTE,
)


class Listener:
    """A multicast netlink socket in one namespace; a context manager.

    While it is open the namespace lives on, even when its name is deleted: close it then.

    Parameters
    ----------
    groups : iterable of int
        The multicast groups to join, such as `EVERYTHING`.
    path : str or None
        The namespace; None is the process's own.
    protocol : int
        The netlink family: ``socket.NETLINK_ROUTE``, or 12 for netfilter.

    Attributes
    ----------
    buffer : int
        The receive buffer that was obtained, in bytes as the kernel counts them.  In a sandbox
        it is bounded by ``net.core.rmem_max``.

    Raises
    ------
    EnterError
        The namespace is not there.
    OSError
        There is no such group.
    """

    def __init__(
        self,
        groups: Iterable[int] = EVERYTHING,
        *,
        path: str | None = None,
        protocol: int = socket.NETLINK_ROUTE,
    ) -> None:
        wanted = tuple(groups)
        self._take(inside(path, lambda _talk: _joined(wanted, protocol)))

    def _take(self, opened_socket: socket.socket) -> None:
        self._socket = opened_socket
        self.buffer = opened_socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def __enter__(self) -> Self:
        """Return itself; it listens already."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Stop listening, and hold the namespace no longer; twice does no harm."""
        self._socket.close()

    def fileno(self) -> int:
        """Return the file descriptor, for ``select`` and its kin."""
        return self._socket.fileno()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until something can be read; return whether it can (False: the time is over)."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(None if seconds is None else max(0.0, seconds) * 1000))

    def read(self) -> list[Notice | Lost]:
        """Return what has come since the last call, in the kernel's order; does not wait.

        At most a thousand at once, so that a storm cannot keep the caller here.
        """
        notices: list[Notice | Lost] = []
        while len(notices) < _NOTICES_AT_ONCE:
            try:
                data, ancillary, _flags, _sender = self._socket.recvmsg(
                    _DATAGRAM, _ANCILLARY, socket.MSG_DONTWAIT
                )
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                notices.append(Lost(time.time_ns()))
                continue
            notices += notices_in(data, _namespace_id(ancillary))
        return notices


class Everywhere(Listener):
    """Listens in every namespace that it was told of, and holds none of them.

    Parameters
    ----------
    groups : iterable of int
        The multicast groups to join.
    protocol : int
        As for `Listener`.
    netfilter : iterable of int
        Groups of netfilter (``NFNLGRP_*``) to hear of as well, with a socket of their own.

    Attributes
    ----------
    netfilter : Listener or None
        What hears of those; None where none was wanted, or this kernel has no netfilter.

    Raises
    ------
    OSError
        EPERM: this process may not make namespaces; ENOSPC: the limit on them is reached.
    """

    def __init__(
        self,
        groups: Iterable[int] = EVERYTHING,
        *,
        protocol: int = socket.NETLINK_ROUTE,
        netfilter: Iterable[int] = (),
    ) -> None:
        wanted, filters = tuple(groups), tuple(netfilter)
        self._open = contextlib.ExitStack()
        self.netfilter: Listener | None = None

        def stand_there() -> socket.socket:
            ears = self._open.enter_context(_joined(wanted, protocol))
            ears.setsockopt(_SOL_NETLINK, _LISTEN_ALL_NSID, 1)
            self._talk = self._open.enter_context(Conversation())
            if filters:
                self.netfilter = self._second(filters)
            return ears

        try:
            self._take(in_new_namespace(stand_there))
        except BaseException:
            self._open.close()
            raise

    def _second(self, groups: tuple[int, ...]) -> Listener | None:
        try:
            ears = self._open.enter_context(_joined(groups, NETFILTER))
        except OSError as error:
            if error.errno in {errno.EPROTONOSUPPORT, errno.EINVAL, errno.ENOENT}:
                return None
            raise
        ears.setsockopt(_SOL_NETLINK, _LISTEN_ALL_NSID, 1)
        found = Listener.__new__(Listener)
        found._take(ears)  # noqa: SLF001 - one of our own kind
        return found

    def close(self) -> None:
        """Stop listening; the hidden namespace goes with it, and with it all the ids."""
        self._open.close()

    def know(self, path: str | None) -> int:
        """Give the namespace of `path` an id here, or return the one that it has already.

        From now on it is listened to.  The id is free again when the namespace is gone; with
        the group `Group.NAMESPACE_ID` a notice `messages.DELNSID` tells of that.

        Raises
        ------
        EnterError
            The namespace is not there.
        """
        with opened(path or "/proc/self/ns/net") as namespace:
            return at_home(lambda: self._number(namespace))

    def ids_of(self, namespace: int) -> dict[int, int]:
        """Return which ids a namespace uses for others, and for each the id that it has here.

        Only those that are known here; `namespace` is what `know` returned.
        """
        answers = at_home(lambda: self._talk.dump(requests.dump_nsids(namespace)))
        pairs = (brief.nsid(answer) for answer in answers)
        return {number: current for number, current in pairs if current >= 0}

    def neighbours_made(self) -> int:
        """Return how many neighbours were ever entered, in all namespaces of this Linux kernel.

        The tables are one each for IPv4 and IPv6 (``net/core/neighbour.c``), and so is the counter:
        where it stands still, there is no new neighbour anywhere.
        """
        answers = at_home(lambda: self._talk.dump(requests.dump_neighbour_tables()))
        return sum(map(brief.neighbours_made, answers))

    def _number(self, namespace: int) -> int:
        try:
            self._talk.change(requests.give_nsid(namespace))
        except KernelRefusedError as error:
            if error.errno != errno.EEXIST:  # it has one already
                raise
        return requests.nsid_in(self._talk.read(requests.get_nsid(namespace)))


def _joined(groups: tuple[int, ...], protocol: int) -> socket.socket:
    """Return a socket, opened where the calling thread stands, that hears of `groups`."""
    ears = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
    try:
        try:
            ears.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _WANTED)
        except PermissionError:  # only the machine's own root may go beyond net.core.rmem_max
            ears.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WANTED)
        ears.bind((0, 0))
        for group in groups:
            ears.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, group)
    except BaseException:
        ears.close()
        raise
    return ears


def _namespace_id(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    for level, kind, data in ancillary:
        if (level, kind) == (_SOL_NETLINK, _LISTEN_ALL_NSID):
            number: int = _ID.unpack(data[: _ID.size])[0]
            return number
    return None
