"""Does anything remain outside, whoever dies first?"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Kernel, Start, Uml

    End = Callable[[Kernel, Uml], None]

pytestmark = pytest.mark.long


def _shutdown(kernel: Kernel, _uml: Uml) -> None:
    kernel.manager.shutdown_kernel()


def _shutdown_now(kernel: Kernel, _uml: Uml) -> None:
    kernel.manager.shutdown_kernel(now=True)


def _kill_launcher(kernel: Kernel, _uml: Uml) -> None:
    os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)


def _terminate_launcher(kernel: Kernel, _uml: Uml) -> None:
    os.kill(kernel.manager.provisioner.pid, signal.SIGTERM)


def _kill_linux(_kernel: Kernel, uml: Uml) -> None:
    os.kill(uml.main(), signal.SIGKILL)


def _kill_watcher(kernel: Kernel, _uml: Uml) -> None:
    launcher = kernel.manager.provisioner.pid
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    (watcher,) = (
        int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text() == "nslab-watcher\n"
    )
    os.kill(watcher, signal.SIGKILL)


def _kill_a_process_of_the_guest(_kernel: Kernel, uml: Uml) -> None:
    """From outside: the guest's process 1 is among them, and a Linux without it stops."""
    group = uml.main()
    for pid in uml.processes():
        if pid != group:
            with contextlib.suppress(ProcessLookupError):  # it ended with one before it
                os.kill(pid, signal.SIGKILL)


def _kill_kernel_inside(kernel: Kernel, _uml: Uml) -> None:
    kernel.client.execute("import os; os.kill(os.getpid(), 9)")


def _turn_the_machine_off(kernel: Kernel, _uml: Uml) -> None:
    kernel.client.execute("import ctypes; ctypes.CDLL(None).reboot(0x4321FEDC)")


ENDS = (
    _shutdown,
    _shutdown_now,
    _kill_launcher,
    _terminate_launcher,
    _kill_linux,
    _kill_watcher,
    _kill_a_process_of_the_guest,
    _kill_kernel_inside,
    _turn_the_machine_off,
)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__[1:])
def test_no_trace_after(end: End, start: Start, uml: Uml) -> None:
    kernel = start()
    running = kernel.run(
        "%%bash\nip netns add n; ip netns exec n sleep 1000 >/dev/null 2>&1 &\n"
        "setsid sleep 1001 >/dev/null 2>&1 &\necho running"
    )
    assert running.strip() == "running"
    assert len(uml.processes()) > 3
    end(kernel, uml)
    _tidy_as_the_server_does(kernel)
    uml.expect_no_trace()


def _tidy_as_the_server_does(kernel: Kernel) -> None:
    """Jupyter notices the death and removes what it holds; the processes must go by themselves."""
    deadline = time.monotonic() + 120
    while kernel.manager.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    kernel.manager.cleanup_resources()


SERVER = """
import sys, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="nslab", connection_file=sys.argv[1])
manager.start_kernel()
print("started", flush=True)
time.sleep(1000)
"""


def test_no_trace_after_the_server_was_killed(uml: Uml) -> None:
    file = str(uml.host.runtime / "kernel-0.json")
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, file], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "started\n"
        assert uml.processes()
        server.kill()
    uml.expect_no_trace()


def test_no_trace_after_server_launcher_and_linux_were_killed_at_once(uml: Uml) -> None:
    file = str(uml.host.runtime / "kernel-0.json")
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, file], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "started\n"
        launcher = int(Path(f"/proc/{uml.main()}/stat").read_text().rpartition(")")[2].split()[1])
        for pid in (server.pid, launcher, uml.main()):
            os.kill(pid, signal.SIGKILL)
    uml.expect_no_trace()
