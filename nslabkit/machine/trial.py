"""A trial: does a command run in a machine of its own, and what does it say?

The machine is a sandbox or a Linux kernel of its own (`nslabkit.machine.choice`).
"""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import SandboxError
from nslabkit.machine import choice, socket_folder
from nslabkit.machine.launching import launch_words
from nslabkit.machine.sandbox.init import FORWARDED
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.uml.uml_diagnosis import explain, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Trial:
    """What came of running a command in a sandbox.

    Attributes
    ----------
    map : str
        The uid map in force (`id_maps.KINDS`), empty if there was no sandbox.
    returncode : int or None
        Exit status of the command, None if there was no sandbox.
    stdout, stderr : str
        What the command printed.
    error : SandboxError or None
        Why there was no sandbox.
    """

    map: str
    returncode: int | None
    stdout: str
    stderr: str
    error: SandboxError | None


def try_sandbox(
    command: Sequence[str],
    *,
    timeout: float = 10.0,
    environment: Mapping[str, str] | None = None,
) -> Trial:
    """Run `command` in a fresh sandbox and return what came of it.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    timeout : float
        Seconds after which the sandbox is ended.
    environment : mapping, optional
        Environment of the command; by default this process's.

    Raises
    ------
    subprocess.TimeoutExpired
        The command took longer than `timeout`.
    """
    return _try(choice.SANDBOX, command, timeout, environment)


def try_uml(
    command: Sequence[str],
    *,
    timeout: float = 60.0,
    environment: Mapping[str, str] | None = None,
) -> Trial:
    """Run `command` on a Linux kernel of its own and return what came of it.

    Parameters
    ----------
    command, timeout, environment
        As for `try_sandbox`.

    Raises
    ------
    subprocess.TimeoutExpired
        The command took longer than `timeout`.
    """
    return _try(choice.UML, command, timeout, environment)


def _try(
    way: str, command: Sequence[str], timeout: float, environment: Mapping[str, str] | None
) -> Trial:
    try:
        machine = _Machine(way, command, environment, capture=True)
    except StageError as error:
        return Trial("", None, "", "", explain(error))
    try:
        stdout, stderr = machine.process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        machine.process.terminate()
        machine.process.communicate()
        raise
    finally:
        said = machine.report()
    if not said.startswith(b"ok "):
        failed = _failure(said, machine.process.returncode)
        return Trial("", None, stdout, stderr, explain(failed))
    return Trial(said[3:].decode(), machine.process.returncode, stdout, stderr, None)


def run(command: Sequence[str]) -> int:
    """Run `command` in a fresh machine in the place of this process; return its exit status.

    The first way that works is taken.  Standard output and signals are passed on; standard input
    and the terminal too, in a sandbox.

    Raises
    ------
    SandboxError
        There is no machine to be had; the text says why.
    """
    try:
        return choice.first_that_works(lambda way: _run(way, command))
    except choice.AllFailedError as error:
        raise _NoMachineError(error.failures) from None


def _run(way: str, command: Sequence[str]) -> int:
    machine = _Machine(way, command, None, capture=False)
    process = machine.process
    for number in FORWARDED:
        signal.signal(number, lambda number, _frame: process.send_signal(number))
    said = machine.report()
    status = process.wait()
    if not said.startswith(b"ok "):
        raise _failure(said, status)
    return status if status >= 0 else 128 - status


class _NoMachineError(SandboxError):
    """No way led to a machine: the text tells of each."""

    def __init__(self, failures: Sequence[StageError]) -> None:
        first = explain(failures[0])
        super().__init__(first.tried, first.reason, first.fix, errno=first.errno, said=first.said)
        self._text = told(failures)

    def __str__(self) -> str:
        return self._text


class _Machine:
    """A launcher that runs, and what is to be tidied up after it.

    Raises
    ------
    StageError
        The launcher cannot be started.
    """

    def __init__(
        self,
        way: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None,
        *,
        capture: bool,
    ) -> None:
        self._folder: socket_folder.SocketFolder | None = None
        self._heard, report = os.pipe()
        stream = subprocess.PIPE if capture else None
        no_input = capture or way == choice.UML
        try:
            self.process = subprocess.Popen(
                self._wrapped(way, command, report),
                pass_fds=[report],
                stdin=subprocess.DEVNULL if no_input else None,
                stdout=stream,
                stderr=stream,
                env=environment,
                text=True,
                errors="replace",
            )
        except OSError as error:  # no more processes, no memory
            self._tidy_up()
            raise StageError("launcher", error.errno or 0, str(error)) from None
        except StageError:
            self._tidy_up()
            raise
        finally:
            os.close(report)

    def _wrapped(self, way: str, command: Sequence[str], report: int) -> list[str]:
        folder = ""
        if way == choice.UML:
            self._folder = socket_folder.make()
            folder = str(self._folder.path)
        return launch_words(way, list(command), owner=os.getpid(), report=report, folder=folder)

    def report(self) -> bytes:
        """Return what the launcher said, once; waits for it."""
        with os.fdopen(self._heard, "rb") as file:
            said = file.read()
        self._heard = -1
        if self._folder is not None:
            self.process.wait()
        self._tidy_up()
        return said

    def _tidy_up(self) -> None:
        if self._heard >= 0:
            os.close(self._heard)
        if self._folder is not None:
            self._folder.remove()
            self._folder = None


def _failure(said: bytes, status: int | None) -> StageError:
    if said:
        return StageError.decode(said)
    return StageError("launcher", 0, f"exit status {status}")
