"""Does a command run in a sandbox of its own, and what does it say?"""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.errors import SandboxError
from nslabkit.sandbox.diagnosis import diagnose
from nslabkit.sandbox.init import FORWARDED
from nslabkit.sandbox.launcher import launch_command
from nslabkit.sandbox.system_calls import StageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Trial", "run", "try_sandbox"]


@dataclass(frozen=True)
class Trial:
    """What came of running a command in a sandbox.

    Attributes
    ----------
    map : str
        The uid map in force (``auto``, ``self``, ``full``), empty if there was no sandbox.
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
    try:
        process, report = _launch(command, environment, capture=True)
    except SandboxError as error:
        return Trial("", None, "", "", error)
    try:
        stdout, stderr = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    finally:
        said = _read_all(report)
    if not said.startswith(b"ok "):
        return Trial("", None, stdout, stderr, diagnose(_failure(said, process.returncode)))
    return Trial(said[3:].decode(), process.returncode, stdout, stderr, None)


def run(command: Sequence[str]) -> int:
    """Run `command` in a fresh sandbox in the place of this process; return its exit status.

    Standard input, output and the terminal are passed on, signals too.

    Raises
    ------
    SandboxError
        There is no sandbox to be had; the text says why.
    """
    process, report = _launch(command, None, capture=False)
    for number in FORWARDED:
        signal.signal(number, lambda number, _frame: process.send_signal(number))
    said = _read_all(report)
    status = process.wait()
    if not said.startswith(b"ok "):
        raise diagnose(_failure(said, status))
    return status if status >= 0 else 128 - status


def _launch(
    command: Sequence[str], environment: Mapping[str, str] | None, *, capture: bool
) -> tuple[subprocess.Popen[str], int]:
    """Start the launcher; return it and the descriptor to read its report from."""
    report_read, report_write = os.pipe()
    stream = subprocess.PIPE if capture else None
    try:
        process = subprocess.Popen(
            launch_command(list(command), owner=os.getpid(), report=report_write),
            pass_fds=[report_write],
            stdin=subprocess.DEVNULL if capture else None,
            stdout=stream,
            stderr=stream,
            env=environment,
            text=True,
            errors="replace",
        )
    except OSError as error:  # no more processes, no memory
        os.close(report_read)
        raise diagnose(StageError("launcher", error.errno or 0, str(error))) from None
    finally:
        os.close(report_write)
    return process, report_read


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _failure(said: bytes, status: int | None) -> StageError:
    if said:
        return StageError.decode(said)
    return StageError("launcher", 0, f"exit status {status}")
