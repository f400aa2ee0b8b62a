"""A kernel's stand-in outside of its machine: the process that its client has started.

It makes the machine, carries the kernel's channels (`carrier`) and the signals it gets into it, and
ends with the kernel.  The kernel ends with it, and with the process that started it.  What it
needs beyond the standard library it imports only to explain a failure: it runs before each kernel
that a client starts by the kernelspec's own command.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
from typing import TYPE_CHECKING, Any

from nslabkit.machine import choice, socket_folder
from nslabkit.machine.carrier import Channels
from nslabkit.machine.launching import PATIENCE, launch_words
from nslabkit.machine.sandbox.init import collect_signals, exit_status
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.tools import check_tools

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["run"]

_LOOK = 10  # milliseconds between two looks whether the kernel has made its sockets
_OWNER_ENDED = 143


def run(command: Callable[[str, str], list[str]], connection_file: str) -> int:
    """Run a kernel in a machine of its own in the place of this process; return its exit status.

    Parameters
    ----------
    command : callable
        Given the way (`choice.WAYS`) and the connection file inside, returns the kernel's command.
    connection_file : str
        The client's, with the transport ``tcp`` or ``ipc``; removed in the end.

    Raises
    ------
    choice.AllFailedError
        There is no machine to be had.
    """
    pending, wakeup = collect_signals()
    owner = _parent()
    try:
        socket_folder.remove_leftovers()
        check_tools()
        folder = socket_folder.make()
    except StageError as error:
        raise choice.AllFailedError([error]) from None
    try:
        channels = _channels(connection_file, str(folder.path))
        try:
            stand_in = _StandIn(channels, str(folder.path), pending, wakeup, owner)
            return choice.first_that_works(lambda way: stand_in.run(way, command))
        finally:
            channels.close()
    finally:
        folder.remove()
        _remove(connection_file)


def _parent() -> int | None:
    """Return a pidfd of the process that started us; None where it is in another PID namespace."""
    parent = os.getppid()
    return os.pidfd_open(parent) if parent else None


def _channels(connection_file: str, folder: str) -> Channels:
    """Bind what the connection file says, and write the one for inside."""
    try:
        with open(connection_file, encoding="utf-8") as file:
            connection = json.load(file)
        # In a folder below: a guest covers the one that its sockets lie in.
        os.mkdir(f"{folder}/s", 0o700)
        channels = Channels(connection, f"{folder}/s/k")
    except (OSError, ValueError, KeyError, TypeError) as error:
        number = (error.errno if isinstance(error, OSError) else None) or 0
        detail = f"{connection_file}: {error}"
        raise choice.AllFailedError([StageError("channels", number, detail)]) from None
    _write(f"{folder}/kernel.json", channels.inside)
    if channels.outside != connection:
        _write(connection_file, channels.outside)
    return channels


def _write(path: str, connection: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(connection, file)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass  # the client was quicker


class _StandIn:
    """What goes on around one kernel.

    The class has a lifetime to hold: what is waited for.
    """

    def __init__(
        self, channels: Channels, folder: str, pending: list[int], wakeup: int, owner: int | None
    ) -> None:
        self._channels, self._folder = channels, folder
        self._pending, self._wakeup, self._owner = pending, wakeup, owner

    def run(self, way: str, command: Callable[[str, str], list[str]]) -> int:
        """Run the kernel in a machine made in this way; return its exit status.

        Raises
        ------
        StageError
            The machine cannot be made so.
        """
        file = f"{self._folder}/kernel.json"
        inside = {"folder": self._folder, "connection_file": file}
        heard, report = os.pipe()
        try:
            launcher = _spawn(
                launch_words(way, command(way, file), owner=os.getpid(), report=report, **inside),
                report,
            )
        except OSError as error:  # no more processes, no memory
            raise StageError("launcher", error.errno or 0, str(error)) from None
        finally:
            os.close(report)
        process = os.pidfd_open(launcher)
        try:
            self._serve(process, heard, PATIENCE[way])
        finally:
            _kill(process)
            status = exit_status(os.waitpid(launcher, 0)[1])
            os.close(process)
            os.close(heard)
        return status

    def _serve(self, process: int, heard: int, patience: float) -> None:
        """Wait for the machine, then carry channels and signals until somebody ends."""
        poll = select.poll()
        for descriptor in (self._wakeup, process, heard, *self._owners()):
            poll.register(descriptor, select.POLLIN)
        deadline = time.monotonic() + patience
        stands = listens = False
        while True:
            ready = [descriptor for descriptor, _events in poll.poll(_pause(stands, listens))]
            if heard in ready:
                _expect_machine(os.read(heard, 65536))
                poll.unregister(heard)
                stands = True
            elif not stands and time.monotonic() > deadline:
                raise StageError("timeout", 0, f"{patience:.0f} s")
            if stands and not listens and self._channels.kernel_listens():
                for descriptor in self._channels.descriptors:
                    poll.register(descriptor, select.POLLIN)
                listens = True
            self._pass_signals_on(process)
            if process in ready or not set(self._owners()).isdisjoint(ready):
                return
            for descriptor in set(self._channels.descriptors).intersection(ready):
                self._channels.accept(descriptor)

    def _owners(self) -> list[int]:
        return [] if self._owner is None else [self._owner]

    def _pass_signals_on(self, process: int) -> None:
        try:
            os.read(self._wakeup, 512)
        except BlockingIOError:
            pass  # none has come
        while self._pending:
            try:
                signal.pidfd_send_signal(process, self._pending.pop(0))
            except ProcessLookupError:
                pass  # it has ended, and so shall we


def _pause(stands: bool, listens: bool) -> int | None:  # noqa: FBT001 - private
    """Return for how many milliseconds nothing need be looked at."""
    if listens:
        return None
    return _LOOK if stands else 1000


def _spawn(words: list[str], report: int) -> int:
    """Start a launcher in a session of its own: signals reach it through us, each once."""
    os.set_inheritable(report, True)  # noqa: FBT003 - takes no keyword
    nothing = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    return os.posix_spawn(words[0], words, os.environ, file_actions=[nothing], setsid=True)


def _expect_machine(said: bytes) -> None:
    if not said.startswith(b"ok "):
        raise StageError.decode(said or b"ended without a word")


def _kill(process: int) -> None:
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it has ended
