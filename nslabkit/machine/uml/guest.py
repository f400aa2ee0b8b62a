"""Process 1 of the guest.

It makes the machine that a lesson expects, the same as in a sandbox (`sandbox.mounts`),
starts the one command, carries its channels, output and signals over the serial line, lets others
in (`door`), reaps orphans, and turns the machine off when the command has ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import time
from typing import Any

from nslabkit.machine.sandbox import mounts
from nslabkit.machine.sandbox.init import exit_status
from nslabkit.machine.sandbox.launcher import environment_inside
from nslabkit.machine.system_calls import MS_NODEV, MS_NOEXEC, MS_NOSUID, StageError, drain, mount
from nslabkit.machine.uml import door, guest_sockets
from nslabkit.machine.uml.mux import Mux, What, number_in
from nslabkit.machine.uml.uml_launcher import KIND

_LINE = "/dev/ttyS0"
_PLACES = ("/run", "/tmp")  # noqa: S108 - the guest's own
_POWER_OFF = 0x4321FEDC  # reboot(2)
_CANNOT_EXECUTE = 127
_POLL = 0.02  # seconds between checks that the kernel has made its sockets


def main(arguments: list[str]) -> int:
    """Be process 1; never returns."""
    with open(arguments[0], encoding="utf-8") as file:
        job = json.load(file)
    # /dev comes first: without the line nothing can be said.
    _mount_devices()
    mux = Mux(_open_line(), lambda channel: _connect(job, channel))
    try:
        _set_up(job)
        child = _start(job, mux)
    except StageError as error:
        _fail(mux, error)
    except OSError as error:
        _fail(mux, StageError("uml-machine", error.errno or 0, str(error.filename or error)))
    else:
        _serve(mux, child, job)
    _turn_off()
    return 0


def _mount_devices() -> None:
    mount("dev", "/dev", "devtmpfs", MS_NOSUID)
    for name, kind, options in (
        ("pts", "devpts", "mode=620,ptmxmode=666"),
        ("shm", "tmpfs", "mode=1777"),
        ("mqueue", "mqueue", None),
    ):
        os.makedirs(f"/dev/{name}", exist_ok=True)
        mount(kind, f"/dev/{name}", kind, MS_NOSUID, options)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink(f"/proc/self/fd{target}", f"/dev/{name}")


def _open_line() -> int:
    import tty

    line = os.open(_LINE, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    tty.setraw(line)
    return line


def _set_up(job: dict[str, Any]) -> None:
    mounts.set_up(job["needed"], _PLACES)
    mount("cgroup2", "/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    if job["sockets"]:
        folder = os.path.dirname(job["sockets"][0])
        os.makedirs(folder, exist_ok=True)
        # Sockets with the same paths are outside, where ours would be in their way.
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700")


def _start(job: dict[str, Any], mux: Mux) -> int:
    """Start the command; its output goes over the line."""
    pipes = [os.pipe() for _ in range(2)]
    failed_read, failed_write = os.pipe()
    child = os.fork()
    if child == 0:
        _become(job, [write for _read, write in pipes], failed_write)
    os.close(failed_write)
    for (read, write), what in zip(pipes, (What.OUTPUT, What.ERRORS), strict=True):
        os.close(write)
        mux.relay(read, what)
    failure = os.read(failed_read, 4096)  # ends when the command runs
    os.close(failed_read)
    if failure:
        os.waitpid(child, 0)
        raise StageError.decode(failure)
    return child


def _become(job: dict[str, Any], outputs: list[int], failed: int) -> None:
    """Become the command, in a session of its own as Jupyter starts its kernels."""
    command = job["command"]
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for descriptor, target in zip(outputs, (1, 2), strict=True):
            os.dup2(descriptor, target)
        environment = environment_inside(job["environment"], KIND)
        os.chdir(job["folder"])
        os.environ.clear()
        os.environ.update(environment)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execvp(command[0], command)  # noqa: S606 - no shell wanted
    except OSError as error:
        os.write(failed, StageError("exec", error.errno or 0, command[0]).encode())
    os._exit(_CANNOT_EXECUTE)


def _connect(job: dict[str, Any], channel: int) -> socket.socket:
    """Connect to the kernel's socket of a channel, once: who is outside tries again."""
    if channel == guest_sockets.DOOR:
        return door.let_in(job, KIND)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(job["sockets"][channel])
    except OSError:
        connection.close()
        raise
    return connection


def _serve(mux: Mux, child: int, job: dict[str, Any]) -> None:
    """Carry everything both ways until the command has ended."""
    read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(write)
    mux.watch(read, lambda: drain(read))

    def obey(what: What, data: bytes) -> None:
        if what is What.SIGNAL:
            _pass_on(child, number_in(data))

    mux.heard = obey
    ready = False
    while mux.alive:
        if not ready and all(os.path.exists(path) for path in job["sockets"]):
            mux.send(What.STARTED)
            ready = True
        mux.serve(None if ready else _POLL)
        status = _reap(child)
        if status is not None:
            mux.drain()
            mux.send_number(What.ENDED, status)
            mux.drain()
            return


def _pass_on(child: int, number: int) -> None:
    try:
        os.killpg(child, number)
    except ProcessLookupError:
        pass  # it has ended: the next SIGCHLD says so


def _reap(child: int) -> int | None:
    """Collect every process that has ended; return the command's exit status if it was that."""
    ended = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        if pid == child:
            ended = exit_status(status)


def _fail(mux: Mux, error: StageError) -> None:
    mux.send(What.FAILED, error.encode())
    mux.drain()


def _turn_off() -> None:
    os.sync()
    ctypes.CDLL(None).reboot(_POWER_OFF)
    while True:  # process 1 must not end before the machine does
        time.sleep(1)
