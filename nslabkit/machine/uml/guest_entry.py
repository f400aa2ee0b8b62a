"""Entering a running guest from a terminal.

Its namespaces are inside another Linux kernel, where ``setns(2)`` does not reach.  The launcher
listens at a door instead (`guest_sockets`); what goes through it is carried by the line.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import termios
import tty
from typing import TYPE_CHECKING

from nslabkit.base.errors import SandboxError
from nslabkit.base.language import translate as _
from nslabkit.machine.sandbox.init import FORWARDED
from nslabkit.machine.uml.session import Say, Session, number_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.machine.running import RunningSandbox

_CANNOT_EXECUTE = 127
_PATIENCE = 10.0  # seconds for a launcher whose guest has ended to end too
_BY_SIGNAL = 128  # a shell's exit status of a command that a signal ended: so much more


def visit(machine: RunningSandbox, words: list[str], variables: dict[str, str]) -> int:
    """Run `words` in the guest of `machine` and return its exit status.

    It has a terminal if standard input and output are one; else three streams, and the signals
    that this process gets.

    Parameters
    ----------
    machine : RunningSandbox
        Its backend is ``uml``.
    words : list of str
        Program and arguments.
    variables : dict
        Environment in addition to the notebook's.

    Raises
    ------
    SandboxError
        The machine has ended, or takes nobody more in.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        launcher = os.pidfd_open(machine.pid)
        connection.connect(machine.door)
    except OSError as error:
        connection.close()
        raise _not_entered(machine, error.errno) from None
    with connection, _raw_terminal() as terminal:
        visitor = _Visitor(connection, terminal=terminal)
        visitor.ask(words, variables)
        status = visitor.serve()
    if visitor.failed:
        text = _("{program} could not be started in the machine: {error}").format(
            program=words[0], error=os.strerror(visitor.failed)
        )
        os.write(2, f"{text}\n".encode())
        return _CANNOT_EXECUTE
    if status is None:
        # Who asks next whether it runs must not be told of one that is just ending.
        ended = bool(select.select([launcher], [], [], _PATIENCE)[0])
        if not (ended and visitor.started):
            raise _not_entered(machine, None)
        status = _BY_SIGNAL + signal.SIGKILL
    os.close(launcher)
    return status


@contextlib.contextmanager
def _raw_terminal() -> Iterator[bool]:
    """Let every key through, Ctrl-C too; give whether there is a terminal."""
    if not (os.isatty(0) and os.isatty(1)):
        yield False
        return
    kept = termios.tcgetattr(0)
    tty.setraw(0, termios.TCSADRAIN)  # and keep what was typed already
    try:
        yield True
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, kept)


class _Visitor:
    """Our end of the visit.

    The class has a lifetime to hold: the signals that are passed on.

    Attributes
    ----------
    failed : int
        Number of the error because of which the command did not start.
    started : bool
        Whether the command ran.
    """

    def __init__(self, connection: socket.socket, *, terminal: bool) -> None:
        self.failed = 0
        self.started = False
        self._status: int | None = None
        self._terminal = terminal
        self._session = Session(connection, self._obey)

    def ask(self, words: list[str], variables: dict[str, str]) -> None:
        """Say what is to be run, and let the streams flow."""
        size = _size() if self._terminal else None
        wanted = {"words": words, "environment": variables, "size": size}
        self._session.send(Say.START, json.dumps(wanted).encode())
        self._session.read_from(0, Say.INPUT, lambda: self._session.send(Say.END_OF_INPUT))
        self._session.write_to(1, Say.OUTPUT)
        self._session.write_to(2, Say.ERRORS)
        self._pass_signals_on()

    def serve(self) -> int | None:
        """Carry everything until the command ends; None if the machine ended first."""
        while self._session.alive and self._status is None and not self.failed:
            self._session.step()
            if self._session.broken:
                return _BY_SIGNAL + signal.SIGPIPE  # as a program whose reader has gone
        while self._session.waiting and not self._session.broken:
            self._session.step()
        return self._status

    def _obey(self, what: Say, data: bytes) -> None:
        if what is Say.ENDED:
            self._status = number_in(data)
        elif what is Say.FAILED:
            self.failed = number_in(data)
        elif what is Say.STARTED:
            self.started = True

    def _pass_signals_on(self) -> None:
        read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        pending: list[int] = []
        for number in (*FORWARDED, signal.SIGWINCH):
            signal.signal(number, lambda number, _frame: pending.append(number))
        signal.set_wakeup_fd(write)

        def forward() -> None:
            os.read(read, 512)
            while pending:
                number = pending.pop(0)
                if number != signal.SIGWINCH:
                    self._session.send_number(Say.SIGNAL, number)
                elif self._terminal:
                    self._session.send_size(*_size())

        self._session.watch(read, forward)


def _size() -> tuple[int, int]:
    columns, rows = os.get_terminal_size(1)
    return rows, columns


def _not_entered(machine: RunningSandbox, errno: int | None) -> SandboxError:
    return SandboxError(
        f"nslabkit enter {machine.pid}",
        _(
            "The machine of {notebook} has ended, or it has no memory for another "
            "program. It is a Linux kernel of its own, and the only way in is through "
            "its launcher."
        ).format(notebook=machine.name),
        _("See which machines are running with `nslabkit ps`, or restart the notebook's kernel."),
        errno=errno,
    )
