"""Does anything remain on the host, however a sandbox ends?"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kernel_shell import wait_for

from nslabkit.machine import socket_folder
from nslabkit.machine.running import sandboxes

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Host, Kernel, Start

    End = Callable[[Kernel], None]


def _shutdown(kernel: Kernel) -> None:
    kernel.manager.shutdown_kernel()


def _shutdown_now(kernel: Kernel) -> None:
    kernel.manager.shutdown_kernel(now=True)


def _kill_kernel(kernel: Kernel) -> None:
    init = _init(kernel)
    child = Path(f"/proc/{init}/task/{init}/children").read_text().split()[0]
    os.kill(int(child), signal.SIGKILL)
    _tidy_as_the_server_does(kernel)


def _kill_init(kernel: Kernel) -> None:
    os.kill(_init(kernel), signal.SIGKILL)
    _tidy_as_the_server_does(kernel)


def _kill_launcher(kernel: Kernel) -> None:
    os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)
    _tidy_as_the_server_does(kernel)


def _init(kernel: Kernel) -> int:
    (found,) = (s.pid for s in sandboxes() if _parent(s.pid) == kernel.manager.provisioner.pid)
    return found


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # somebody else's, which has just ended
        return 0


def _tidy_as_the_server_does(kernel: Kernel) -> None:
    """Jupyter notices the death and removes what it holds; the processes must go by themselves."""
    wait_for(lambda: not kernel.manager.is_alive())
    kernel.manager.cleanup_resources()


ENDS = (_shutdown, _shutdown_now, _kill_kernel, _kill_init, _kill_launcher)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__[1:])
def test_no_trace_after(end: End, start: Start, host: Host, uid_map: str) -> None:
    _run_and_end(end, start, host, uid_map)


@pytest.mark.long
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__[1:])
def test_no_trace_twenty_times_after(end: End, start: Start, host: Host, uid_map: str) -> None:
    for _ in range(20):
        _run_and_end(end, start, host, uid_map)


def _run_and_end(end: End, start: Start, host: Host, uid_map: str) -> None:
    kernel = start(uid_map)
    assert "all running" in kernel.run(host.leave_running)
    namespaces = host.namespaces()
    assert len(namespaces) >= 8  # seven of the sandbox and netns1's
    assert list(host.sockets.iterdir())
    assert list(host.runtime.glob("kernel-*"))
    end(kernel)
    host.expect_no_trace(namespaces)


def test_next_start_removes_what_a_crash_of_everything_left(start: Start, host: Host) -> None:
    """Server and launcher killed in one blow: nobody is left to remove their files."""
    folder = socket_folder.make()
    connection = host.runtime / "kernel-crashed.json"
    connection.write_text(f'{{"ip": "{folder.address}"}}')
    folder.note_connection_file(str(connection))
    young = socket_folder.make()
    os.close(young.lock)
    held = socket_folder.make()
    for crashed in (folder, held):
        os.utime(crashed.path, (1, 1))
    os.close(folder.lock)  # the kernel does this when a process dies

    kernel = start()
    assert not folder.path.exists()
    assert not connection.exists()
    assert young.path.exists(), "too young to be judged"
    assert held.path.exists(), "its owner lives"
    young.path.joinpath("lock").unlink()
    young.path.rmdir()
    held.remove()
    kernel.manager.shutdown_kernel()
    assert host.traces(set()) == []
