"""Departing namespaces: which of the recorded ones are being given up?

A packet socket would keep a namespace alive after its name was removed (`namespaces(7)`), and its
links with it.  So the folder of the names is watched (`inotify(7)`), and for a namespace that is
reached through a process, the process (`pidfd_open(2)`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import select
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DELETED, _MOVED_AWAY = 0x200, 0x40  # IN_DELETE, IN_MOVED_FROM
_EVENT = struct.Struct("=iIII")  # struct inotify_event, without the name
_PROCESS = re.compile(r"/proc/(\d+)/")
_CHUNK = 1 << 16

_libc = ctypes.CDLL(None, use_errno=True)


class Departures:
    """Watches paths of namespaces; has file descriptors to wait on.

    Parameters
    ----------
    paths : iterable of str
        As `nslabkit.net.namespaces.Namespace` has them.

    Raises
    ------
    OSError
        The kernel gives no more watches (EMFILE, ENOSPC).
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._folders: dict[int, str] = {}
        self._processes: dict[int, str] = {}
        self._paths = frozenset(paths)
        self._inotify = _checked(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        try:
            self._watch()
        except BaseException:
            self.close()
            raise

    def _watch(self) -> None:
        for path in self._paths:
            process = _PROCESS.match(path)
            if process:
                with contextlib.suppress(ProcessLookupError):  # opening will say so
                    self._processes[os.pidfd_open(int(process[1]))] = path
        for folder in {os.path.dirname(path) for path in self._paths if not _PROCESS.match(path)}:  # noqa: PTH120 - text in, text out
            with contextlib.suppress(FileNotFoundError):
                number = _checked(
                    _libc.inotify_add_watch(
                        self._inotify, os.fsencode(folder), _DELETED | _MOVED_AWAY
                    )
                )
                self._folders[number] = folder

    @property
    def files(self) -> tuple[int, ...]:
        """The file descriptors that become readable when there is something to say."""
        return (self._inotify, *self._processes)

    def gone(self) -> set[str]:
        """Return the paths that lost their name or their process since the last call."""
        paths = set()
        try:
            data = os.read(self._inotify, _CHUNK)
        except BlockingIOError:
            data = b""
        at = 0
        while at < len(data):
            number, _mask, _cookie, size = _EVENT.unpack_from(data, at)
            at += _EVENT.size
            name = os.fsdecode(data[at : at + size].rstrip(b"\0"))
            at += size
            paths.add(f"{self._folders.get(number)}/{name}")
        for descriptor, path in list(self._processes.items()):
            if _ended(descriptor):
                paths.add(path)
                os.close(descriptor)
                del self._processes[descriptor]
        return paths & self._paths

    def close(self) -> None:
        """Give the watches back."""
        for descriptor in self.files:
            if descriptor >= 0:
                os.close(descriptor)
        self._processes.clear()
        self._inotify = -1


def _ended(process: int) -> bool:
    waiting = select.poll()  # a descriptor may be larger than select(2) takes
    waiting.register(process, select.POLLIN)
    return bool(waiting.poll(0))


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
