"""Entering a running notebook's machine from a terminal.

Into a sandbox by joining its namespaces; into a Linux kernel of its own through its door
(`nslabkit.machine.uml.guest_entry`).
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from nslabkit.base.errors import SandboxError
from nslabkit.base.language import translate as _
from nslabkit.machine import choice, leaving
from nslabkit.machine.running import environment
from nslabkit.machine.sandbox.init import FORWARDED, exit_status
from nslabkit.machine.sandbox.launcher import environment_inside
from nslabkit.machine.system_calls import NAMESPACE_FLAGS, StageError, join, keep_capabilities
from nslabkit.machine.uml.guest_entry import visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.machine.running import RunningSandbox

# What belongs to the terminal in front of the person, not to the notebook.
_OF_THE_TERMINAL = ("TERM", "COLORTERM", "TERM_PROGRAM", "LS_COLORS", "SHELL")
_CANNOT_EXECUTE = 127


def shell() -> str:
    """Return the user's shell, ``/bin/sh`` where the environment names none."""
    return os.environ.get("SHELL") or "/bin/sh"


def enter(sandbox: RunningSandbox, command: Sequence[str] = ()) -> int:
    """Run `command`, by default a shell, inside `sandbox` and return its exit status.

    Equivalent to ``nsenter --target PID --all``, except that the capabilities are kept under
    every uid map.  This process itself joins the namespaces, so it must have one thread only
    and should end soon after.

    Raises
    ------
    SandboxError
        The sandbox has ended, or the kernel does not let us in.
    """
    words = list(command) or [shell()]
    if sandbox.backend == choice.UML:
        return visit(sandbox, words, _own())
    try:
        inside = _environment(sandbox)
        descriptor = os.pidfd_open(sandbox.pid)
        join(descriptor, tuple(NAMESPACE_FLAGS))
        os.close(descriptor)
    except (StageError, OSError) as error:
        raise _not_entered(sandbox, error.errno) from None
    group = leaving.foreground_group()
    child = os.fork()  # only a child is in the PID namespace, setns(2)
    if child == 0:
        _become(words, inside, sandbox)
    status = _wait(child)
    leaving.give_back(group)
    return status


def _own() -> dict[str, str]:
    return {name: os.environ[name] for name in _OF_THE_TERMINAL if name in os.environ}


def _environment(sandbox: RunningSandbox) -> dict[str, str]:
    outside = str(Path("/proc/self/ns/net").readlink())
    inside = environment_inside({**environment(sandbox), **_own()}, sandbox.map, outside)
    inside.pop("JPY_PARENT_PID", None)
    return inside


def _become(words: list[str], inside: dict[str, str], sandbox: RunningSandbox) -> NoReturn:
    try:
        if sandbox.map == "self":
            keep_capabilities()
        if sandbox.map == "shifted":  # our own number is none in there
            os.setgroups([])
            os.setgid(0)
            os.setuid(0)
        if os.isatty(0):
            # The shell gives the terminal back to the group it was started in; that group must
            # be one that has a number inside.
            os.setpgid(0, 0)
            leaving.give_back(os.getpid())
        os.chdir(sandbox.folder)
        os.execvpe(words[0], words, inside)  # noqa: S606 - no shell wanted
    except (OSError, StageError) as error:
        text = _("{program} could not be started in the machine: {error}").format(
            program=words[0], error=os.strerror(error.errno or 0)
        )
        os.write(2, f"{text}\n".encode())
    finally:
        os._exit(_CANNOT_EXECUTE)


def _wait(child: int) -> int:
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)  # the terminal sends them to the child as well
    descriptor = os.pidfd_open(child)  # a number could be somebody else's by then

    def forward(number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):  # it has ended
            signal.pidfd_send_signal(descriptor, number)

    for number in set(FORWARDED) - {signal.SIGINT, signal.SIGQUIT}:
        signal.signal(number, forward)
    while True:
        status = os.waitpid(child, os.WUNTRACED)[1]
        if not os.WIFSTOPPED(status):
            return exit_status(status)
        os.kill(child, signal.SIGCONT)  # Ctrl-Z: nobody out here has an ``fg`` for it


def _not_entered(sandbox: RunningSandbox, errno: int | None) -> SandboxError:
    return SandboxError(
        f"nsenter --target {sandbox.pid} --all",
        _("The sandbox of {notebook} has ended, or it belongs to somebody else.").format(
            notebook=sandbox.name
        ),
        _("See which sandboxes are running with `nslabkit ps`."),
        errno=errno,
    )
