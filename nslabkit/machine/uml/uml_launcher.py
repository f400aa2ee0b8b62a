"""The guest's launcher: stands outside and looks after one guest.

The launcher starts the kernel as a program, carries the notebook's channels and signals to the
command inside, brings its output out, and ends when the command, the kernel or the Jupyter server
ends, whichever comes first.  It reports as the sandbox's launcher does, so that whoever started
it need not know which one it is.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time

from nslabkit.machine.sandbox.init import FORWARDED
from nslabkit.machine.sandbox.launcher import (
    COULD_NOT_START,
    has_ended,
    hold,
    needed_paths,
    owner_of,
    remove,
    say,
    taken_apart,
)
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.uml import command_line, guard, guest_sockets, memory
from nslabkit.machine.uml.mux import Mux, What, number_in

KIND = "uml"  # where a sandbox names its uid map
_LAST_WORDS = 4096  # bytes of the kernel's messages that are kept to explain a failure
_DYING = 2.0  # seconds for the kernel's program to end by itself after the command has ended
_LOOK = 1.0  # seconds between checks that the program is still running
_MIB = 1024 * 1024


def main(arguments: list[str]) -> int:
    """Run the launcher; return the exit status of the command in the guest."""
    options, command, report = taken_apart(arguments)
    signal.pthread_sigmask(signal.SIG_BLOCK, FORWARDED)
    lock = hold(options["folder"])
    guest = None
    try:
        guest = Guest(options, report)
        guest.start(command)
        return guest.serve()
    except StageError as error:
        say(report, error.encode())
        return COULD_NOT_START
    except OSError as error:
        say(report, StageError("launcher", error.errno or 0, str(error)).encode())
        return COULD_NOT_START
    finally:
        if guest is not None:
            guest.end()
        if lock is not None:
            os.close(lock)


class Guest:
    """One running kernel and what belongs to it out here.

    The class has a lifetime to hold: the kernel's process group, sockets and files.

    Parameters
    ----------
    options : dict
        As `launching.launch_words` writes them.
    report : int
        Where to say what came of it.
    """

    def __init__(self, options: dict[str, str], report: int) -> None:
        self._kernel, self._folder = options["kernel"], options["folder"]
        self._connection_file = options["connection-file"]
        self._report = report
        self._reported = False
        self._status: int | None = None  # of the command, once it has ended
        self._failed: StageError | None = None
        self._said = b""  # the kernel's last messages
        self._pid = 0  # of the kernel's program, which also is its process group
        self._paths: list[str] = []  # our sockets
        self._servers: list[tuple[socket.socket, int]] = []
        self._name = f"g{os.getpid()}"
        self._job = os.path.join(self._folder, f"job{os.getpid()}")
        self._door = guest_sockets.door_of(self._folder, os.getpid())
        self._owner = owner_of(int(options["owner"]))
        self._watcher = guard.start(
            [self._job, self._door, os.path.join(self._folder, self._name)],
            self._owner,
            (self._folder, self._connection_file),
        )

    def start(self, command: list[str]) -> None:
        """Start the kernel; it goes on booting when this returns.

        Raises
        ------
        StageError
            It cannot be started at all.
        """
        size = memory.for_guest()
        if size < memory.MINIMUM:
            raise StageError("uml-memory", 0, f"{size // _MIB} {memory.MINIMUM // _MIB}")
        place = memory.place(size)
        if place is None:
            raise StageError("uml-folder", 0, str(size // _MIB))
        self._open_sockets()
        self._write_job(command)
        ours, theirs = socket.socketpair()
        self._line = ours
        self._mux = Mux(ours.fileno())
        self._mux.heard = self._hear
        said, says = os.pipe()
        line = theirs.fileno()
        words = command_line.arguments(self._name, self._folder, self._job, size, line)
        self._pid = self._execute(words, place, says)
        self._watcher.watch_over(self._pid)
        os.close(says)
        theirs.close()
        self._watch(said)

    def _write_job(self, command: list[str]) -> None:
        """Write down what the guest is to do; it reads our files."""
        job = {
            "command": command,
            "environment": dict(os.environ),
            "folder": os.getcwd(),
            "needed": [*needed_paths([self._connection_file]), command_line.package()],
            "sockets": self._paths,
        }
        descriptor = os.open(self._job, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(job, file)

    def _open_sockets(self) -> None:
        """Take the kernel's place: bind the sockets that Jupyter will connect to.

        Nobody is let in before the kernel inside listens; until then they wait in the queue.
        """
        self._paths = guest_sockets.paths_of(self._connection_file)
        for channel, path in enumerate(self._paths):
            self._servers.append((guest_sockets.listen(path), channel))

    def _open_door(self) -> None:
        """Let others in; the path is there only as long as they may come."""
        self._servers.append((guest_sockets.listen(self._door), guest_sockets.DOOR))

    def _execute(self, arguments: list[str], place: str, says: int) -> int:
        """Start the kernel's program in a session of its own."""
        pid = os.fork()
        if pid:
            return pid
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDONLY)
            for descriptor, target in ((nothing, 0), (says, 1), (says, 2)):
                os.dup2(descriptor, target)
            for number in (*FORWARDED, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, FORWARDED)
            os.execve(self._kernel, arguments, command_line.environment(place))  # noqa: S606 - no shell wanted
        except OSError as error:
            os.write(2, f"{self._kernel}: {error.strerror}\n".encode())
        os._exit(127)

    def _watch(self, said: int) -> None:
        read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        pending: list[int] = []
        for number in FORWARDED:
            signal.signal(number, lambda number, _frame: pending.append(number))
        signal.set_wakeup_fd(write)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, FORWARDED)

        def forward() -> None:
            os.read(read, 512)
            while pending:
                self._mux.send_number(What.SIGNAL, pending.pop(0))

        def listen() -> None:
            data = os.read(said, _LAST_WORDS)
            if data:
                self._said = (self._said + data)[-_LAST_WORDS:]
            else:
                self._mux.forget(said)

        def stop_with(process: int) -> None:
            def stop() -> None:
                self._mux.forget(process)
                self._mux.alive = False

            self._mux.watch(process, stop)

        self._mux.watch(read, forward)
        self._mux.watch(said, listen)
        if self._owner is not None:
            stop_with(self._owner)
        stop_with(os.pidfd_open(self._watcher.pid))
        stop_with(os.pidfd_open(self._pid))

    def serve(self) -> int:
        """Carry everything both ways until somebody ends; return the command's exit status."""
        while self._mux.alive:
            self._mux.serve(_LOOK)
        self._mux.drain()
        if not self._reported:
            raise self._failed or StageError("uml-ended", 0, self._said.decode(errors="replace"))
        return 1 if self._status is None else self._status

    def _hear(self, what: What, data: bytes) -> None:
        if what is What.STARTED:
            self._open_door()
            for server, channel in self._servers:
                self._mux.listen(server, channel)
            self._reported = True
            say(self._report, f"ok {KIND}".encode())
        elif what is What.ENDED:
            self._status = number_in(data)
        elif what is What.FAILED:
            self._failed = StageError.decode(data)
        elif what in (What.OUTPUT, What.ERRORS):
            _write_all(1 if what is What.OUTPUT else 2, data)

    def end(self) -> None:
        """Leave nothing of it."""
        if self._pid:
            self._let_it_end()
            guard.end_group(self._pid)
            os.waitpid(self._pid, 0)
        own = os.path.join(self._folder, self._name)
        for path in [*self._paths, self._door, self._job, own]:
            guard.remove_quietly(path)
        self._watcher.dismiss()
        if self._owner is not None and has_ended(self._owner):
            remove(self._folder, self._connection_file)

    def _let_it_end(self) -> None:
        """Give the program a moment, if the command has ended and it is about to end itself."""
        deadline = time.monotonic() + (_DYING if self._status is not None else 0)
        while time.monotonic() < deadline:
            if os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return
            time.sleep(0.01)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BrokenPipeError:
            return  # nobody reads it any more
