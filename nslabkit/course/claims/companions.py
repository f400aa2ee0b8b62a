"""Companion programs, kept running while an experiment looks."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from nslabkit.base import own_machine
from nslabkit.base.errors import NotFoundError, NslabError
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 5.0  # seconds; far more than any of this takes on a slow machine
_PAUSE = 0.01  # seconds between two looks


def eventually(condition: Callable[[], bool], patience: float = _PATIENCE) -> bool:
    """Look again and again until `condition` is true; return whether it became so in time.

    Parameters
    ----------
    condition : callable
        What to look at.
    patience : float
        Seconds to go on looking.
    """
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


def is_program(name: str) -> Callable[[int], bool]:
    """Return a condition: whether a process has become the program `name` (``/proc/PID/comm``)."""

    def become(pid: int) -> bool:
        return Path(f"/proc/{pid}/comm").read_text().strip() == name

    return become


@contextlib.contextmanager
def running(
    command: list[str], ready: Callable[[int], bool], output: IO[bytes] | None = None
) -> Iterator[int]:
    """Keep a program running for a while: yield its process id, and stop it afterwards.

    Parameters
    ----------
    command : list of str
        What to start; it gets no input.
    ready : callable
        Told the process id, says whether the program is far enough to look at it; an OSError
        counts as no.
    output : file, optional
        Where what it prints goes; dropped by default.

    Raises
    ------
    NotFoundError
        There is no such program.
    NslabError
        It ended, or was not ready in time.
    """
    tried = " ".join(command)
    own_machine.refuse_outside(tried)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:  # EACCES where a folder of PATH may not be searched
        raise NotFoundError(
            tried,
            _("There is no command called {word} on this machine.").format(word=command[0]),
            _("Check the spelling; `nslabkit doctor` names the programs that are missing."),
            errno=error.errno,
        ) from None
    try:
        there = eventually(lambda: process.poll() is not None or _asked(ready, process.pid))
        if not there or process.poll() is not None:
            raise NslabError(
                tried,
                _("The program did not get as far as the experiment needs."),
                _("Try it by hand in a cell; `nslabkit doctor` shows what this machine can do."),
            )
        yield process.pid
    finally:
        process.kill()
        process.wait()


def _asked(ready: Callable[[int], bool], pid: int) -> bool:
    try:
        return ready(pid)
    except OSError:  # its /proc is gone, or is being made
        return False
