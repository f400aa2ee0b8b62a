"""A netlink conversation: requests over one socket, and the kernel's answers.

One `Conversation` is one socket, opened in the namespace where the calling thread stands and
closed after the call: an open socket would keep its namespace alive, and ``ip netns del`` in a
learner's shell would no longer remove what hangs on it.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import os
import socket
import struct
import sys
from typing import TYPE_CHECKING

from nslabkit.netlink.attributes import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from nslabkit.netlink import requests

NETFILTER = 12  # NETLINK_NETFILTER, which Python's socket module does not name
_NETNS_COOKIE = 71  # SO_NETNS_COOKIE, asm-generic/socket.h
_SOL_NETLINK, _CAP_ACK, _EXT_ACK, _STRICT_CHECK = 270, 10, 11, 12
_ERROR, _DONE = 2, 3
_DUMP_INTERRUPTED = 0x10
_HAS_TEXT = 0x200  # NLM_F_ACK_TLVS: attributes follow the error
_TEXT = 1  # NLMSGERR_ATTR_MSG
_HEADER = struct.Struct("=IHHII")
_CODE = struct.Struct("=i")
_INDEX_OF = 0x8933  # SIOCGIFINDEX, netdevice(7)
_INTERFACE = struct.Struct("=16si20x")  # struct ifreq: a name, and here an index
# Larger than any single datagram of a dump (the kernel fills up to 32 KiB), and used again and
# again by the one thread that converses: allocating it for each answer cost more than the answer.
_buffer = bytearray(1 << 18)
_DUMP_ATTEMPTS = 20

# Numbers are unique in the process, so that an answer can never be taken for another's.
_sequence = itertools.count(1)


class KernelRefusedError(OSError):
    """The kernel answered a request with an error.

    Attributes
    ----------
    errno : int
        The error number.
    said : str or None
        The kernel's own sentence (the extended acknowledgement), where it wrote one.
    """

    def __init__(self, number: int, said: str | None) -> None:
        super().__init__(number, os.strerror(number))
        self.said = said


class Conversation:
    """A netlink socket in the current thread's network namespace; a context manager."""

    protocol = socket.NETLINK_ROUTE  # links, addresses, routes, neighbours

    def __init__(self) -> None:
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, self.protocol
        )
        self._socket.setsockopt(_SOL_NETLINK, _EXT_ACK, 1)
        self._socket.setsockopt(_SOL_NETLINK, _CAP_ACK, 1)  # errors need not repeat the request

    def __enter__(self) -> Self:
        """Return itself; the socket is open already."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close the socket, so that nothing of ours holds the namespace."""
        self._socket.close()

    def cookie(self) -> int:
        """Return the number that no other namespace gets while the system runs; 0: before 5.14."""
        try:
            answer = self._socket.getsockopt(socket.SOL_SOCKET, _NETNS_COOKIE, 8)
        except OSError:
            return 0
        return int.from_bytes(answer, sys.byteorder)

    def change(self, *requests: requests.Request) -> None:
        """Send all `requests` at once and read every acknowledgement.

        Raises
        ------
        KernelRefusedError
            The first refusal, after the last acknowledgement was read.
        """
        refused: KernelRefusedError | None = None
        for kind, flags, payload in self._answers(requests):
            if kind == _ERROR:
                refused = refused or _refusal(flags, payload)
        if refused is not None:
            raise refused

    def read(self, request: requests.Request) -> bytes:
        """Send a request for one thing; return the message that answers it, header included."""
        (sequence,) = self._send((request,))
        for kind, flags, number, message in self._receive():
            if number != sequence:
                continue
            if kind == _ERROR:
                raise _refusal(flags, message[_HEADER.size :]) or _silent()
            return message
        raise _silent()

    def index(self, name: bytes) -> int:
        """Return the index of the link called `name`; ENODEV where there is none.

        Asked with an ioctl on the same socket: the answer of netlink would describe the whole
        link, which takes twenty times as long.
        """
        try:
            answer = fcntl.ioctl(self._socket, _INDEX_OF, _INTERFACE.pack(name, 0))
        except OSError as error:
            raise KernelRefusedError(error.errno or errno.ENODEV, None) from None
        index: int = _INTERFACE.unpack(answer)[1]
        return index

    def dump(self, request: requests.Request) -> list[bytes]:
        """Return all messages that answer a request for a list.

        A list that changed while the kernel wrote it is asked for again
        (NLM_F_DUMP_INTR, ``Documentation/userspace-api/netlink/intro.rst``).
        """
        self._socket.setsockopt(_SOL_NETLINK, _STRICT_CHECK, 1)
        for _attempt in range(_DUMP_ATTEMPTS):
            found = self._dump_once(request)
            if found is not None:
                return found
        raise _silent()

    def _dump_once(self, request: requests.Request) -> list[bytes] | None:
        (sequence,) = self._send((request,))
        messages = []
        whole = True
        for kind, flags, number, message in self._receive():
            if number != sequence:
                continue
            whole = whole and not flags & _DUMP_INTERRUPTED
            if kind == _ERROR or (kind == _DONE and len(message) > _HEADER.size):
                refused = _refusal(flags, message[_HEADER.size :])
                if refused is not None:
                    raise refused
            if kind in (_DONE, _ERROR):
                break
            messages.append(message)
        return messages if whole else None

    def _send(self, requests: tuple[requests.Request, ...]) -> list[int]:
        numbers = [next(_sequence) & 0xFFFFFFFF for _request in requests]
        self._socket.send(
            b"".join(
                request.numbered(number) for request, number in zip(requests, numbers, strict=True)
            )
        )
        return numbers

    def _answers(self, requests: tuple[requests.Request, ...]) -> Iterator[tuple[int, int, bytes]]:
        """Yield (kind, flags, payload) until each request has its acknowledgement."""
        waiting = set(self._send(requests))
        for kind, flags, number, message in self._receive():
            if number in waiting:
                if kind == _ERROR:
                    waiting.discard(number)
                yield kind, flags, message[_HEADER.size :]
            if not waiting:
                return

    def _receive(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Yield (kind, flags, sequence number, message) for ever, as the kernel sends them."""
        while True:
            size = self._socket.recv_into(_buffer)
            offset = 0
            while offset < size:
                length, kind, flags, number, _port = _HEADER.unpack_from(_buffer, offset)
                yield kind, flags, number, bytes(_buffer[offset : offset + length])
                offset += (length + 3) & ~3


class NetfilterConversation(Conversation):
    """A conversation with the firewall and the tracking of connections."""

    protocol = NETFILTER


def _silent() -> KernelRefusedError:
    return KernelRefusedError(errno.EAGAIN, None)


def _refusal(flags: int, payload: bytes) -> KernelRefusedError | None:
    """Return the error that an acknowledgement carries; None where it says that all went well."""
    (code,) = _CODE.unpack_from(payload)
    if code == 0:
        return None
    return KernelRefusedError(-code, _sentence(payload) if flags & _HAS_TEXT else None)


def _sentence(payload: bytes) -> str | None:
    """Return the text of an extended acknowledgement: it follows code and request header."""
    text = dict(attributes(payload, _CODE.size + _HEADER.size)).get(_TEXT)
    return None if text is None else text.rstrip(b"\0").decode(errors="replace")
