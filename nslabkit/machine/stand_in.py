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
import sys
import time
from typing import TYPE_CHECKING, Any

from nslabkit.machine import choice, socket_folder
from nslabkit.machine.carrier import Channels
from nslabkit.machine.launching import PATIENCE, launch_words
from nslabkit.machine.sandbox import launcher
from nslabkit.machine.sandbox.init import collect_signals, exit_status
from nslabkit.machine.system_calls import StageError, watch_folder
from nslabkit.machine.tools import check_tools

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK = 20  # milliseconds between checks that the kernel has made its sockets
_SLOW_LOOK = 1000  # where the Linux kernel tells that it has
_ALONE = 60.0  # seconds until somebody must have connected, where nobody seems to have started us
_FAREWELL = 5.0  # seconds for a launcher that has told of its failure to tidy up
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
        channels = _channels(connection_file, folder.name)
        try:
            stand_in = _StandIn(channels, folder.name, pending, wakeup, owner)
            stand_in.alone = _seems_orphaned(os.getppid())
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


def _seems_orphaned(parent: int) -> bool:
    """Return whether who started us may have ended before we could look, and `parent` is another.

    ``JPY_PARENT_PID`` is what Jupyter's clients write; it means nothing in another PID namespace.
    """
    client = os.environ.get("JPY_PARENT_PID", "")
    if client.isdigit():
        return int(client) != parent and not os.path.exists(f"/proc/{client}")
    return parent == 1


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
        self.alone = False  # whether it is to end if no client ever comes

    def run(self, way: str, command: Callable[[str, str], list[str]]) -> int:
        """Run the kernel in a machine made in this way; return its exit status.

        Raises
        ------
        StageError
            The machine cannot be made so.
        """
        file = f"{self._folder}/kernel.json"
        heard, report = os.pipe()
        made = _watch(f"{self._folder}/s")
        try:
            words = launch_words(
                way,
                command(way, file),
                owner=os.getpid(),
                report=report,
                folder=self._folder,
                connection_file=file,
            )
            start = _fork if way == choice.SANDBOX else _spawn
            pid = start(words, report)
        except OSError as error:  # no more processes, no memory
            raise StageError("launcher", error.errno or 0, str(error)) from None
        finally:
            os.close(report)
        process = os.pidfd_open(pid)
        try:
            self._wait_for_machine(process, heard, PATIENCE[way])
            self._carry(process, made)
        finally:
            _kill(process)
            status = exit_status(os.waitpid(pid, 0)[1])
            for descriptor in (process, heard, made):
                if descriptor is not None:
                    os.close(descriptor)
        return status

    def _wait_for_machine(self, process: int, heard: int, patience: float) -> None:
        """Return when the machine stands, or nobody wants it any more."""
        poll = self._poll(heard)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            ready = self._look(poll, process, _SLOW_LOOK)
            if heard in ready:
                return _expect_machine(os.read(heard, 65536), process)
            if self._owner in ready:
                return None
        raise StageError("timeout", 0, f"{patience:.0f} s")

    def _carry(self, process: int, made: int | None) -> None:
        """Let clients in as soon as the kernel listens, until it or its owner has ended."""
        poll = self._poll(process, made)
        pause: int | None = _LOOK if made is None else None
        listens = False
        deadline = float("inf")
        while time.monotonic() < deadline:
            if not listens and self._channels.kernel_listens():
                listens, pause = True, _SLOW_LOOK if self.alone else None
                deadline = time.monotonic() + _ALONE if self.alone else deadline
                if made is not None:
                    poll.unregister(made)
                for descriptor in self._channels.descriptors:
                    poll.register(descriptor, select.POLLIN)
            ready = self._look(poll, process, pause)
            if process in ready or self._owner in ready:
                return
            for descriptor in ready.intersection(self._channels.descriptors):
                self._channels.accept(descriptor)
                pause, deadline = None, float("inf")
            if made is not None and made in ready:
                os.read(made, 4096)

    def _poll(self, *descriptors: int | None) -> select.poll:
        poll = select.poll()
        for descriptor in (self._wakeup, self._owner, *descriptors):
            if descriptor is not None:
                poll.register(descriptor, select.POLLIN)
        return poll

    def _look(self, poll: select.poll, process: int, pause: int | None) -> set[int]:
        """Wait for what happens, pass signals on, and return what else there is to do."""
        ready = {descriptor for descriptor, _events in poll.poll(pause)}
        self._pass_signals_on(process)
        return ready

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


def _spawn(words: list[str], report: int) -> int:
    """Start a launcher in a session of its own: signals reach it through us, each once."""
    os.set_inheritable(report, True)  # noqa: FBT003 - takes no keyword
    nothing = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    return os.posix_spawn(words[0], words, os.environ, file_actions=[nothing], setsid=True)


def _fork(words: list[str], report: int) -> int:
    """Do the same with a copy of this process: to start another Python takes 40 ms more.

    It keeps nothing of ours but the report; the client's sockets above all must not get inside.
    """
    pid = os.fork()
    if pid:
        return pid
    status = launcher.COULD_NOT_START
    try:
        signal.set_wakeup_fd(-1)
        os.setsid()
        os.closerange(3, report)
        os.closerange(report + 1, os.sysconf("SC_OPEN_MAX"))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        status = launcher.main(words[words.index("launch") + 1 :])
    except BaseException:  # noqa: BLE001 - the end of this process, which nobody else would report
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _watch(folder: str) -> int | None:
    """Return what can be read when a file is made there; None if a user may have no more of it."""
    try:
        return watch_folder(folder)
    except StageError:
        return None


def _expect_machine(said: bytes, process: int) -> None:
    if not said.startswith(b"ok "):
        select.select([process], [], [], _FAREWELL)
        raise StageError.decode(said or b"ended without a word")


def _kill(process: int) -> None:
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it has ended
