"""The sandbox launcher: stands outside and looks after one sandbox.

The launcher makes the namespaces, starts process 1 inside, reports whether that worked, passes
signals on, and when the sandbox or the Jupyter server ends it removes the files that belonged
to them.  It is started by `launching.launch_words`, with the standard library only.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from nslabkit.base import own_machine
from nslabkit.machine import leaving
from nslabkit.machine.leaving import remove_all
from nslabkit.machine.sandbox import init
from nslabkit.machine.sandbox.id_maps import enter_user_namespace
from nslabkit.machine.sandbox.mounts import SHIMS
from nslabkit.machine.system_calls import StageError, unshare

COULD_NOT_START = 70  # EX_SOFTWARE of sysexits.h; the report says why
ADMIN_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
# Outside of the inner user namespace, in which `init` makes the others: what is mounted before
# is locked there.
_NAMESPACES = ("mnt", "pid")
# What leads out: services of the login, which would do outside what a cell asks them for.
_LEADS_OUT = (
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "GPG_AGENT_INFO",
    "DOCKER_HOST",
    "CONTAINER_HOST",
    "NOTIFY_SOCKET",
    "PULSE_SERVER",
    "SESSION_MANAGER",
    "WAYLAND_DISPLAY",
)


def taken_apart(arguments: list[str]) -> tuple[dict[str, str], list[str], int]:
    """Return what `launching.launch_words` put together: options, command, where to report."""
    separator = arguments.index("--")
    options = dict(argument[2:].split("=", 1) for argument in arguments[:separator])
    report = int(options["report"])
    # It came to us through an exec; the command must not get it.
    os.set_inheritable(report, False)  # noqa: FBT003 - takes no keyword
    return options, arguments[separator + 1 :], report


def main(arguments: list[str]) -> int:
    """Run the launcher; return the exit status of the command in the sandbox."""
    options, command, report = taken_apart(arguments)
    folder, connection_file = options["folder"], options["connection-file"]
    # Held back until process 1 is there to get them: none is lost, however early it comes.
    signal.pthread_sigmask(signal.SIG_BLOCK, init.FORWARDED)
    lock = hold(folder)
    terminal_group = leaving.foreground_group()
    owner = None
    try:
        owner = owner_of(int(options["owner"]))
        process = _start(command, [folder, connection_file], owner, report)
    except StageError as error:
        say(report, error.encode())
        return COULD_NOT_START
    except OSError as error:
        say(report, StageError("launcher", error.errno or 0, str(error)).encode())
        return COULD_NOT_START
    _forward_signals_to(process)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, init.FORWARDED)
    status = init.exit_status(os.waitpid(process, 0)[1])
    leaving.give_back(terminal_group)
    if owner is not None and has_ended(owner):
        remove(folder, connection_file)
    if lock is not None:
        os.close(lock)
    return status


def _start(command: list[str], paths: list[str], owner: int | None, report: int) -> int:
    """Make the namespaces and process 1 in them; return its pid once `command` runs."""
    own = os.pidfd_open(os.getpid())
    owners = [own] if owner is None else [own, owner]
    needed = needed_paths(paths)
    outside = os.readlink("/proc/self/ns/net")
    kind = enter_user_namespace(os.environ.get("NSLAB_UIDMAP", ""), writable_paths(paths))
    for namespace in _NAMESPACES:
        unshare(namespace)
    inside = environment_inside(dict(os.environ), kind, outside)
    os.environ.clear()
    os.environ.update(inside)
    failure_read, failure_write = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(failure_read)
        os.close(report)
        init.run(command, needed, kind, owners, failure_write)
    os.close(failure_write)
    os.close(own)
    failure = b"".join(iter(lambda: os.read(failure_read, 4096), b""))
    os.close(failure_read)
    if failure:
        os.waitpid(process, 0)
        raise StageError.decode(failure)
    say(report, f"ok {kind}".encode())
    return process


def owner_of(pid: int) -> int | None:
    """Return a pidfd of the process that started us, None if the sandbox shall outlive it."""
    if not pid:
        return None
    descriptor = os.pidfd_open(os.getppid())
    if os.getppid() != pid:  # asked after the pidfd was opened, so that it cannot change between
        raise StageError("owner", 0, str(pid))
    return descriptor


def hold(folder: str) -> int | None:
    """Lock the folder of sockets: as long as someone does, it is not a leftover."""
    if not folder:
        return None
    import fcntl

    descriptor = os.open(f"{folder}/{leaving.LOCK}", os.O_RDONLY | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def environment_inside(environment: dict[str, str], kind: str, outside: str = "") -> dict[str, str]:
    """Return `environment` as it must be in a sandbox whose map is `kind`.

    `outside` is the network namespace of who is not in it, for `base.own_machine` to compare.
    Commands are found that only root needs outside (``nft``, ``sysctl``), and ``sudo`` is ours.
    What names a service of the login is left out: it is out of reach in here.
    """
    path = environment.get("PATH", os.defpath).split(":")
    missing = [folder for folder in ADMIN_FOLDERS if folder not in path]
    changed = {
        own_machine.SANDBOX: kind,
        own_machine.OUTSIDE: outside,
        "PATH": ":".join([SHIMS, *(folder for folder in path if folder != SHIMS), *missing]),
    }
    if "JPY_PARENT_PID" in environment:
        # ipykernel ends itself when its parent is process 1, which in here it always is; the
        # value 1 turns that check off.  Process 1 watches the server instead.
        changed["JPY_PARENT_PID"] = "1"
    kept = {name: value for name, value in environment.items() if name not in _LEADS_OUT}
    return {**kept, **changed}


def needed_paths(paths: list[str]) -> list[str]:
    """Return what must stay visible although ``/run`` is emptied."""
    programs = os.environ.get("PATH", os.defpath).split(":")
    home = os.environ.get("HOME", "")
    # Of the connection file's folder nothing else: it may be the login's own in /run/user.
    needed = [os.getcwd(), sys.prefix, "/etc/resolv.conf", home, *programs, *paths]
    return [path for path in needed if path and path != SHIMS]


def writable_paths(paths: list[str]) -> tuple[str, ...]:
    """Return what a notebook writes, or reads though it is nobody else's."""
    needed = (os.getcwd(), sys.prefix, os.environ.get("HOME", ""), *paths)
    return tuple(path for path in needed if path)


def say(report: int, text: bytes) -> None:
    """Tell `text` to whoever waits for the machine."""
    try:
        os.write(report, text)
    except BrokenPipeError:
        pass  # who asked has gone; process 1 will see that too
    os.close(report)


def _forward_signals_to(process: int) -> None:
    descriptor = os.pidfd_open(process)  # a number could be somebody else's by then

    def forward(number: int, _frame: object) -> None:
        try:
            signal.pidfd_send_signal(descriptor, number)
        except ProcessLookupError:
            pass  # it has ended, and so shall we

    for number in init.FORWARDED:
        signal.signal(number, forward)


def has_ended(descriptor: int) -> bool:
    """Return whether the process behind a pidfd has ended."""
    return bool(select.select([descriptor], [], [], 0)[0])


def remove(folder: str, connection_file: str) -> None:
    """Remove what the server would have removed, had it lived."""
    try:
        if connection_file:
            os.unlink(connection_file)
    except FileNotFoundError:
        pass  # never written, or removed by the server in its last moment
    if folder:
        remove_all(folder)
