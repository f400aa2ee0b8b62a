"""The kernel provisioner: starts, interrupts and ends a kernel in a machine of its own.

A kernel provisioner (``jupyter_client.provisioning``), named in the kernelspec's metadata.
Jupyter keeps managing a local process; here that process is a launcher, which passes signals
on.  Messages go over unix sockets, because TCP does not cross network namespaces.

This is also where it is decided what the machine is made of (`nslabkit.machine.choice`).
"""

from __future__ import annotations

import asyncio
import os
import time
import weakref
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from nslabkit.base.errors import SandboxError
from nslabkit.base.folding import folded
from nslabkit.base.language import translate as _
from nslabkit.jupyter import kernel_command
from nslabkit.machine import choice, socket_folder
from nslabkit.machine.launching import PATIENCE, launch_words
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.tools import check_tools
from nslabkit.machine.uml.uml_diagnosis import explain, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_client.connect import KernelConnectionInfo

_DIALOG_COLUMNS = 96  # JupyterLab shows the text as it is, in a dialog 1000 pixels wide
_PROGRESS = 2.0  # seconds between two lines in the server's log


class KernelNotStartedError(SandboxError):
    """Why a notebook's kernel could not start, told in that kernel's language.

    The server that shows the text may speak another one, so the text is made once and kept.

    Parameters
    ----------
    failures : sequence of StageError
        The steps that failed, one for each way that was tried.
    language : str
        The kernel's ``NSLAB_LANG``; empty for the server's own language.
    """

    def __init__(self, failures: Sequence[StageError], language: str) -> None:
        kept = os.environ.get("NSLAB_LANG")
        if language:
            os.environ["NSLAB_LANG"] = language
        try:
            error = explain(failures[0])
            self._text = folded(told(failures), _DIALOG_COLUMNS)
        finally:
            os.environ.pop("NSLAB_LANG", None)
            if kept is not None:
                os.environ["NSLAB_LANG"] = kept
        super().__init__(error.tried, error.reason, error.fix, errno=error.errno, said=error.said)

    def __str__(self) -> str:
        """Return the text in the kernel's language."""
        return self._text


def _kernel_in(way: str, command: list[str]) -> list[str]:
    """Return the kernel's own command: with ours in its place two machines would be made."""
    if kernel_command.MODULE not in command:
        return command  # of a kernelspec that somebody else has written
    arguments = command[command.index(kernel_command.MODULE) + 1 :]
    return kernel_command.kernel_in(way, command[0], *kernel_command.split(arguments))


def _remove(folder: socket_folder.SocketFolder, owner: int) -> None:
    """Remove a folder that is still there when its owner exits; a fork of it is no owner."""
    if os.getpid() == owner:
        folder.remove()


class SandboxProvisioner(LocalProvisioner):
    """Start the kernel in a machine of its own and leave nothing behind.

    The class has a lifetime to hold: the folder of the kernel's sockets.
    """

    backend = Unicode(
        choice.AUTO,
        config=True,
        help="auto, sandbox or uml; set it in the kernelspec: "
        '"kernel_provisioner": {"config": {"backend": "uml"}}. NSLAB_BACKEND wins over it.',
    )

    _folder: socket_folder.SocketFolder | None = None
    _at_exit: weakref.finalize[..., SandboxProvisioner] | None = None
    _ways: tuple[str, ...] = ()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - jupyter_client's signature
        """Choose the sockets and what is to be tried."""
        manager = self.parent
        assert manager is not None  # Jupyter makes a provisioner for a manager
        # A signal stops a cell that keeps all threads from running, too.  The kernelspec says
        # "message" for clients that would signal each process of the tree (VS Code).
        self.kernel_spec.interrupt_mode = "signal"
        if self._folder is None:
            socket_folder.remove_leftovers()
            try:
                check_tools()
                self._folder = socket_folder.make()
            except StageError as error:
                raise self._explained([error]) from None
        manager.transport, manager.ip = "ipc", self._folder.address
        kwargs = await super().pre_launch(**kwargs)
        self._folder.note_connection_file(manager.connection_file)
        try:
            self._ways = choice.ways(kwargs.get("env") or os.environ, self.backend)
        except StageError as error:
            await self._give_up()
            raise self._explained([error]) from None
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401 - as above
        """Start a machine, the first way that works, and wait until it stands.

        Raises
        ------
        SandboxError
            None does; the text says why and what to do.
        """
        failures: list[StageError] = []
        for way in self._ways:
            try:
                return await self._launch(way, cmd, kwargs)
            except StageError as error:
                await self._end_attempt()
                failures.append(error)
                if not choice.may_try_another(error):
                    break
        await self._give_up()
        raise self._explained(failures)

    async def _launch(
        self, way: str, command: list[str], kwargs: dict[str, Any]
    ) -> KernelConnectionInfo:
        """Wait for the launcher's word; a StageError names the step that failed."""
        heard, report = os.pipe()
        try:
            wrapped = self._wrapped(way, command, report, independent=kwargs.get("independent"))
            info = await super().launch_kernel(wrapped, **{**kwargs, "pass_fds": [report]})
        except OSError as error:  # no more processes, no memory
            os.close(heard)
            raise StageError("launcher", error.errno or 0, str(error)) from None
        except StageError:
            os.close(heard)
            raise
        finally:
            os.close(report)
        said = await self._reported(heard, way)
        if not said.startswith(b"ok "):
            raise StageError.decode(said)
        if not kwargs.get("independent") and self._at_exit is None:
            # `jupyter console` ends without `cleanup`, and at times after its kernel.
            self._at_exit = weakref.finalize(self, _remove, self._folder, os.getpid())
        return info

    def _wrapped(
        self, way: str, command: list[str], report: int, *, independent: bool | None
    ) -> list[str]:
        assert self._folder is not None  # made before
        assert self.parent is not None
        options: dict[str, Any] = {
            "owner": 0 if independent else os.getpid(),
            "report": report,
            "folder": str(self._folder.path),
            "connection_file": self.parent.connection_file,
        }
        return launch_words(way, _kernel_in(way, command), **options)

    def _explained(self, failures: Sequence[StageError]) -> KernelNotStartedError:
        return KernelNotStartedError(failures, self.kernel_spec.env.get("NSLAB_LANG", ""))

    async def _end_attempt(self) -> None:
        await self.kill()
        await self.wait()

    async def _give_up(self) -> None:
        """Leave nothing of a kernel that did not start."""
        await self._end_attempt()
        if self.parent is not None:
            self.parent.cleanup_connection_file()
        await self.cleanup()

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - jupyter_client's signature
        """Remove the folder of sockets, unless the kernel is only restarted."""
        await super().cleanup(restart=restart)
        if not restart and self._folder is not None:
            if self._at_exit is not None:
                self._at_exit.detach()
                self._at_exit = None
            self._folder.remove()
            self._folder = None

    async def _reported(self, report: int, way: str) -> bytes:
        """Return what the launcher says, waiting without blocking the server."""
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[bytes] = loop.create_future()

        def hear() -> None:
            if not heard.done():
                heard.set_result(os.read(report, 65536) or b"ended without a word")

        loop.add_reader(report, hear)
        progress = loop.create_task(self._tell_progress()) if way == choice.UML else None
        try:
            return await asyncio.wait_for(heard, PATIENCE[way])
        except TimeoutError:
            stage = "uml-timeout" if way == choice.UML else "timeout"
            return StageError(stage, 0, f"{PATIENCE[way]:.0f} s").encode()
        finally:
            if progress is not None:
                progress.cancel()
            loop.remove_reader(report)
            os.close(report)

    async def _tell_progress(self) -> None:
        """Say in the server's log that something goes on."""
        begun = time.monotonic()
        self.log.info(_("This notebook gets a Linux kernel of its own; it is starting …"))
        while True:
            await asyncio.sleep(_PROGRESS)
            seconds = f"{time.monotonic() - begun:.0f}"
            self.log.info(_("Starting a Linux kernel … {seconds} s").format(seconds=seconds))
