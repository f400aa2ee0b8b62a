"""Process 1 of the sandbox (init).

It sets up the machine, starts the one command, forwards signals to it, reaps orphans, and ends
with the command, the launcher or the Jupyter server, whichever ends first.  When it ends, the
Linux kernel kills every process left in the PID namespace and frees the rest
(``pid_namespaces(7)``).
"""

from __future__ import annotations

import os
import select
import signal

from nslabkit.machine import leaving
from nslabkit.machine.sandbox import limits, mounts
from nslabkit.machine.sandbox.id_maps import OF_ROOT, enter_inner_user_namespace
from nslabkit.machine.system_calls import (
    StageError,
    die_with_parent,
    drain,
    set_process_name,
    unshare,
)

FORWARDED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
PROCESS_NAME = "nslab-init"
_NAMESPACES = ("mnt", "net", "uts", "ipc", "cgroup")
_CANNOT_EXECUTE = 127
_OWNER_ENDED = 143


def run(
    command: list[str], needed_paths: list[str], kind: str, owners: list[int], report: int
) -> None:
    """Be process 1 for the life of `command`; never returns.

    Parameters
    ----------
    command : list of str
        The program and its arguments, found on PATH.
    needed_paths : list of str
        See `mounts.set_up`.
    kind : str
        The map in force, see `id_maps`.
    owners : list of int
        pidfds: when one of these processes ends, so does the sandbox.
    report : int
        Pipe on which a failure is told; closed without a word once the command runs.
    """
    try:
        die_with_parent(signal.SIGKILL)
        set_process_name(PROCESS_NAME)
        # Signals come from the launcher only, each once: not from the terminal as well.
        os.setpgid(0, 0)
        _make_machine(needed_paths, kind)
        pending, wakeup = collect_signals()
        child = _start(command, report)
    except StageError as error:
        os.write(report, error.encode())
        os._exit(1)
    except OSError as error:
        failed = StageError("machine", error.errno or 0, str(error.filename or ""))
        os.write(report, failed.encode())
        os._exit(1)
    os.close(report)
    _serve(child, owners, pending, wakeup)


def _make_machine(needed_paths: list[str], kind: str) -> None:
    """Mount what is locked, enter the namespaces that the notebook owns, and finish in them."""
    in_force = limits.from_environment()
    mounts.cover(needed_paths, in_force)
    limits.set_on_processes(in_force)
    if kind in OF_ROOT:
        mounts.make_devices()
    if kind == "full":
        mounts.keep_a_whole_proc()
    enter_inner_user_namespace(kind)
    for namespace in _NAMESPACES:
        unshare(namespace)
    die_with_parent(signal.SIGKILL)  # asked again: a change of user namespace may forget it
    limits.set_on_namespaces(in_force)
    mounts.show_own(protected=kind == "full")


def collect_signals() -> tuple[list[int], int]:
    """Note signals in a list and wake up `select.poll`: nothing is lost between two of them.

    Returns
    -------
    tuple
        The list, and the descriptor that can be read when something is in it or a child ended.
    """
    pending: list[int] = []
    wakeup_read, wakeup_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    for number in FORWARDED:
        signal.signal(number, lambda number, _frame: pending.append(number))
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wakeup_write)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, FORWARDED)  # whoever started us may hold them back
    return pending, wakeup_read


def _start(command: list[str], report: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        signal.set_wakeup_fd(-1)
        _take_terminal()
        for number in (*FORWARDED, signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)  # noqa: S606 - no shell wanted
    except OSError as error:
        os.write(report, StageError("exec", error.errno or 0, command[0]).encode())
    os._exit(_CANNOT_EXECUTE)


def _take_terminal() -> None:
    """Give the command a process group of its own, in the terminal's foreground if there is one.

    Without a terminal it becomes a session of its own, as Jupyter starts its kernels.
    """
    if os.isatty(0):
        os.setpgid(0, 0)
        leaving.give_back(os.getpid())
    else:
        os.setsid()


def _serve(child: int, owners: list[int], pending: list[int], wakeup: int) -> None:
    poll = select.poll()
    for descriptor in (wakeup, *owners):
        poll.register(descriptor, select.POLLIN)
    while True:
        for descriptor, _events in poll.poll():
            if descriptor in owners:
                os._exit(_OWNER_ENDED)
            drain(descriptor)
        while pending:
            _forward(child, pending.pop(0))
        _reap(child)


def _forward(child: int, number: int) -> None:
    try:
        os.killpg(child, number)
    except ProcessLookupError:
        pass  # it has ended: the next SIGCHLD says so


def _reap(child: int) -> None:
    """Collect every process that has ended; end with the command's status if it was that one."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if os.WIFSTOPPED(status):
            _continue(child, pid)
        elif pid == child:
            os._exit(exit_status(status))


def _continue(child: int, pid: int) -> None:
    """Wake the command if Ctrl-Z stopped it: nobody in here has an ``fg`` to wake it later."""
    if pid == child:
        os.killpg(child, signal.SIGCONT)


def exit_status(wait_status: int) -> int:
    """Return the exit status that a shell would give for ``waitpid``'s `wait_status`."""
    code = os.waitstatus_to_exitcode(wait_status)
    return code if code >= 0 else 128 - code
