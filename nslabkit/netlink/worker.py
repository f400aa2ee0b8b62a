"""The netlink worker thread: the only one that enters other network namespaces.

One worker thread is the only one that ever changes its network namespace: all others, a
notebook's cells above all, stay where they are.  It opens a file descriptor of its home at the
start and returns there after each call.  It holds no other namespace between calls.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from nslabkit.base import own_machine
from nslabkit.netlink.sockets import Conversation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Answer = TypeVar("_Answer")

_libc = ctypes.CDLL(None, use_errno=True)
_NEWNET = 0x40000000


class EnterError(OSError):
    """A namespace could not be opened or entered; `filename` holds its path."""


class _Task(Generic[_Answer]):
    """A call that waits for the worker, and what came of it."""

    def __init__(self, call: Callable[[], _Answer]) -> None:
        self._call = call
        self._done = threading.Lock()
        self._done.acquire()
        self._error: BaseException | None = None
        self._answer: _Answer

    def work(self) -> None:
        try:
            self._answer = self._call()
        except BaseException as error:  # noqa: BLE001 - handed on to the caller's thread
            self._error = error
        finally:
            self._done.release()

    def result(self) -> _Answer:
        self._done.acquire()
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # an error refers to its frames, and they to it
        return self._answer


class _Worker:
    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[_Task[object]] = queue.SimpleQueue()
        self._home = -1
        self._thread = threading.Thread(target=self._run, name="nslabkit-netlink", daemon=True)
        self._thread.start()
        self.call(self._open_home)

    def call(self, call: Callable[[], _Answer]) -> _Answer:
        if threading.current_thread() is self._thread:  # part of a longer task, at home
            return call()
        task = _Task(call)
        self._tasks.put(task)  # type: ignore[arg-type]  # the worker does not look at the answer
        return task.result()

    def go_home(self) -> None:
        _set_namespace(self._home)

    def _run(self) -> None:
        while True:
            self._tasks.get().work()

    def _open_home(self) -> None:
        # thread-self, as "self" would be the main thread: the same today, by luck only.
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        if self._home >= 0:
            os.close(self._home)


class _Holder:
    """The process's worker, started with the first call."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.worker: _Worker | None = None

    def get(self) -> _Worker:
        if self.worker is None:
            # Here, where every conversation begins: a process does not change its machine.
            own_machine.refuse_outside("ip")
            with self.lock:
                if self.worker is None:
                    self.worker = _Worker()
        return self.worker


_holder = _Holder()


def _forget_in_child() -> None:
    """After a fork the child has no worker thread (fork copies the caller's only): start anew."""
    if _holder.worker is not None:
        _holder.worker.close()
    _holder.__init__()  # type: ignore[misc]  # a lock may have been held by a thread left behind


os.register_at_fork(after_in_child=_forget_in_child)


def inside(path: str | None, action: Callable[[Conversation], _Answer]) -> _Answer:
    """Call `action` with a conversation in the namespace of `path`; None is the process's own.

    Returns what `action` returns, raises what it raises.

    Raises
    ------
    EnterError
        The namespace is not there (ENOENT), is no namespace (EINVAL), may not be entered.
    SandboxError
        This kernel calls itself "Network lab" and is on the real machine.
    """
    worker = _holder.get()

    def converse() -> _Answer:
        if path is None:
            with Conversation() as conversation:
                return action(conversation)
        with opened(path) as namespace:
            try:
                _set_namespace(namespace)
            except OSError as error:
                raise EnterError(error.errno, error.strerror, path) from None
        try:
            with Conversation() as conversation:
                return action(conversation)
        finally:
            worker.go_home()

    return worker.call(converse)


def at_home(action: Callable[[], _Answer]) -> _Answer:
    """Call `action` in the worker thread, which is the only one that converses.

    It may call `inside` and so on several times: handing over to the worker takes longer, on a
    busy machine, than what is asked.
    """
    return _holder.get().call(action)


def in_new_namespace(action: Callable[[], _Answer]) -> _Answer:
    """Call `action` in the worker thread while it stands in a fresh network namespace."""
    worker = _holder.get()

    def step_in() -> _Answer:
        _check(_libc.unshare(_NEWNET))
        try:
            return action()
        finally:
            worker.go_home()

    return worker.call(step_in)


@contextlib.contextmanager
def opened(path: str) -> Iterator[int]:
    """Hold a file descriptor of the namespace of `path` for the length of a block.

    Raises
    ------
    EnterError
        It is not there, or may not be looked at.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise EnterError(error.errno, error.strerror, path) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _set_namespace(descriptor: int) -> None:
    _check(_libc.setns(descriptor, _NEWNET))


def _check(status: int) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
