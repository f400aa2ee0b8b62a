"""The door of a running guest: the way in for a second command.

Process 1 lets it in: for every connection to the door it makes one process, which starts the
command, with a terminal of its own if there is one outside, and carries what both say
(`session`).  When the connection ends first, the command is hung up on, as by a
terminal that was closed.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import struct
import termios
from typing import Any, NoReturn

from nslabkit.machine.sandbox.init import FORWARDED, exit_status
from nslabkit.machine.sandbox.launcher import environment_inside
from nslabkit.machine.system_calls import set_process_name
from nslabkit.machine.uml.session import Say, Session, number_in, size_in

NAME = "nslab-door"
_CANNOT_EXECUTE = 127
_LAST = 2 * 65536  # bytes that two pipes may hold when their writer ends (pipe(7))
_FAREWELL = 10.0  # seconds for the other end to take the exit status and go


def let_in(job: dict[str, Any], kind: str) -> socket.socket:
    """Make the process that serves one visitor, and return the connection to it.

    Parameters
    ----------
    job : dict
        What the guest was told: its ``environment`` and its ``folder``.
    kind : str
        The machine's kind, for ``NSLAB_SANDBOX``.

    Raises
    ------
    OSError
        There is no memory for a process more.
    """
    ours, theirs = socket.socketpair()
    try:
        child = os.fork()
    except OSError:
        ours.close()
        theirs.close()
        raise
    if child == 0:
        try:
            _leave_all_but(theirs.fileno())
            _Visit(theirs, job, kind).serve()
        finally:
            os._exit(0)
    theirs.close()
    return ours


def _leave_all_but(kept: int) -> None:
    """Let go of what belongs to process 1: the line, and who wakes it up."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # By number: to unregister them would take them from process 1's own selector too.
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
    set_process_name(NAME)


class _Visit:
    """One command and its visitor.

    The class has a lifetime to hold: the command's process and its terminal or pipes.
    """

    def __init__(self, connection: socket.socket, job: dict[str, Any], kind: str) -> None:
        self._session = Session(connection, self._obey)
        self._job, self._kind = job, kind
        self._child = 0
        self._terminal = -1
        self._over = False  # the command has ended, or never began

    def serve(self) -> None:
        """Serve until the command ends or the visitor goes."""
        while self._session.alive and not self._over:
            self._session.step()
        if self._child and self._session.alive:
            self._bring_the_rest()
            status = exit_status(os.waitpid(self._child, 0)[1])
            self._session.send_number(Say.ENDED, status)
        elif self._child:
            self._signal(signal.SIGHUP)
            self._signal(signal.SIGCONT)  # or one that is stopped would not notice
        while self._session.alive and self._session.step(_FAREWELL):
            pass

    def _bring_the_rest(self) -> None:
        """Send what the command wrote before it ended; what it left running may go on writing."""
        last = self._session.read + _LAST
        while self._session.alive and self._session.read < last:
            if not self._session.step(None if self._session.full else 0):
                return

    def _obey(self, what: Say, data: bytes) -> None:
        if what is Say.START and not self._child:
            self._start(json.loads(data))
        elif what is Say.SIGNAL and self._child:
            self._signal(number_in(data))
        elif what is Say.SIZE and self._terminal >= 0:
            _set_size(self._terminal, *size_in(data))
        elif what is Say.END_OF_INPUT:
            self._session.finish(Say.INPUT)

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._child, number)
        except ProcessLookupError:
            pass  # it has ended

    def _start(self, wanted: dict[str, Any]) -> None:
        failed_read, failed_write = os.pipe()
        inner = self._open_terminal(wanted["size"]) if wanted["size"] else self._open_pipes()
        self._child = os.fork()
        if self._child == 0:
            self._become(wanted, inner, failed_write)
        for descriptor in {failed_write, *inner}:
            os.close(descriptor)
        failure = os.read(failed_read, 16)  # ends when the command runs
        os.close(failed_read)
        if failure:
            os.waitpid(self._child, 0)
            self._child, self._over = 0, True
            self._session.send_number(Say.FAILED, int(failure))
        else:
            self._session.send(Say.STARTED)
            self._notice_its_end(os.pidfd_open(self._child))

    def _notice_its_end(self, process: int) -> None:
        def end() -> None:
            self._over = True
            self._session.forget(process)

        self._session.watch(process, end)

    def _open_terminal(self, size: list[int]) -> tuple[int, int, int]:
        outer, inner = os.openpty()
        _set_size(inner, *size)
        os.set_blocking(outer, False)
        self._terminal = outer
        self._session.read_from(outer, Say.OUTPUT, lambda: None)
        self._session.write_to(outer, Say.INPUT)
        return inner, inner, inner

    def _open_pipes(self) -> tuple[int, int, int]:
        (in_read, in_write), (out_read, out_write), (err_read, err_write) = (
            os.pipe() for _ in range(3)
        )
        for descriptor in (in_write, out_read, err_read):
            os.set_blocking(descriptor, False)
        self._session.write_to(in_write, Say.INPUT)
        self._session.read_from(out_read, Say.OUTPUT, lambda: None)
        self._session.read_from(err_read, Say.ERRORS, lambda: None)
        return in_read, out_write, err_write

    def _become(self, wanted: dict[str, Any], inner: tuple[int, int, int], failed: int) -> NoReturn:
        words = wanted["words"]
        try:
            os.setsid()
            if wanted["size"]:
                fcntl.ioctl(inner[0], termios.TIOCSCTTY, 0)
            for target, descriptor in enumerate(inner):
                os.dup2(descriptor, target)
            inside = environment_inside(
                {**self._job["environment"], **wanted["environment"]}, self._kind
            )
            inside.pop("JPY_PARENT_PID", None)
            os.chdir(self._job["folder"])
            for number in (*FORWARDED, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            os.environ.clear()
            os.environ.update(inside)  # execvp looks for the program on its PATH
            os.execvp(words[0], words)  # noqa: S606 - no shell wanted
        except OSError as error:
            os.write(failed, b"%d" % (error.errno or 0))
        finally:
            os._exit(_CANNOT_EXECUTE)


def _set_size(terminal: int, rows: int, columns: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
