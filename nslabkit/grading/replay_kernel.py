"""The kernel of a replay: cells are sent to it, and nothing that it says is believed.

Only the end of each cell is waited for.  What a cell prints is not even received, so a gigabyte
of it costs nobody anything.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import time
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from nslabkit.grading.judge_beside import Machine
from nslabkit.jupyter import kernelspecs
from nslabkit.machine import choice, running
from nslabkit.machine.launching import launch_words
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.uml.uml_diagnosis import explain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_client.blocking.client import BlockingKernelClient

DONE, STOPPED, STUCK, ENDED = "done", "stopped", "stuck", "ended"
"""How a cell went: to its end; stopped when its time was over; not even stopped; kernel gone."""

_START = 60.0  # seconds until a kernel answers
_LOOK = 0.25  # seconds between two looks whether the kernel is still there
_PATIENCE = 5.0  # seconds that an interrupted cell has


class ReplayKernel:
    """A lesson's kernel in its sandbox; the class has a lifetime to hold.

    Parameters
    ----------
    name : str
        ``nslab`` or ``nslab-zh``, whatever kernel the notebook names.
    folder : Path
        Its working folder.
    environment : dict
        All of its environment.

    Raises
    ------
    SandboxError
        No sandbox can be made here.
    """

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        specs = KernelSpecManager(kernel_dirs=[str(kernelspecs.source())])
        self._manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
        self._manager.start_kernel(env=environment, cwd=str(folder))
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels(iopub=False, stdin=False, hb=False, control=False)

    def answers(self) -> bool:
        """Wait until the kernel answers; return whether it does."""
        return self._until_replied(self._client.kernel_info(), _START) == DONE

    def machine(self) -> Machine | None:
        """Return the sandbox that the kernel is in; None where it has ended."""
        provisioner: Any = self._manager.provisioner
        launcher = provisioner.process.pid if provisioner and provisioner.process else 0
        for sandbox in running.sandboxes():
            if _parent(sandbox.pid) == launcher:
                return Machine(launcher, sandbox.pid, sandbox.map)
        return None

    def run(self, source: str, seconds: float, *, interrupt: float | None = None) -> str:
        """Run a cell and return how it went.

        Parameters
        ----------
        source : str
            The cell.
        seconds : float
            How long it may take until it is stopped.
        interrupt : float, optional
            Seconds after which a cell without an end is interrupted, as its lesson says.
        """
        limit = seconds if interrupt is None else min(seconds, interrupt)
        sent = self._client.execute(source, allow_stdin=False, stop_on_error=False)
        went = self._until_replied(sent, limit)
        if went != STOPPED:
            return went
        self._manager.interrupt_kernel()
        went = self._until_replied(sent, _PATIENCE)
        if went != DONE:
            return STUCK if went == STOPPED else went
        return STOPPED if interrupt is None or seconds < interrupt else DONE

    def end(self) -> None:
        """End the kernel with everything in its sandbox."""
        self._client.stop_channels()
        with contextlib.suppress(Exception):  # it may have ended by itself, in whatever way
            self._manager.shutdown_kernel(now=True)

    def _until_replied(self, message: str, seconds: float) -> str:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                reply = self._client.get_shell_msg(timeout=min(left, _LOOK))
            except queue.Empty:
                if not self._manager.is_alive():
                    return ENDED
                continue
            except ValueError:  # a message without a right signature: the learner's code spoke
                continue
            if reply.get("parent_header", {}).get("msg_id") == message:
                return DONE
        return STOPPED


@contextlib.contextmanager
def empty_sandbox(folder: Path) -> Iterator[Machine]:
    """Give a sandbox in which nothing is, for the length of the block.

    Raises
    ------
    SandboxError
        None can be made here.
    """
    heard, report = os.pipe()
    words = launch_words(choice.SANDBOX, ["sleep", "infinity"], owner=os.getpid(), report=report)
    environment = plain_environment(folder)
    with subprocess.Popen(words, pass_fds=[report], env=environment, cwd=folder) as launcher:
        os.close(report)
        with os.fdopen(heard, "rb") as file:
            said = file.read()
        try:
            for sandbox in running.sandboxes():
                if said.startswith(b"ok ") and _parent(sandbox.pid) == launcher.pid:
                    yield Machine(launcher.pid, sandbox.pid, sandbox.map)
                    return
            raise explain(StageError.decode(said))
        finally:
            launcher.kill()  # and with it all that is inside


def _parent(pid: int) -> int:
    """Return the number of a process's parent (``proc_pid_stat(5)``, field 4); 0: it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - bytes, as the kernel has them
            return int(file.read().rpartition(b")")[2].split()[1])
    except OSError:
        return 0


def plain_environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment that tells nothing of who grades."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "NSLAB_UIDMAP")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return {**found, "HOME": str(home), "NSLAB_BACKEND": "sandbox", **more}
