"""How does Jupyter start, interrupt and end a kernel that lives in a sandbox?

A kernel provisioner (``jupyter_client.provisioning``), named in the kernelspec's metadata.
Jupyter keeps managing a local process; here that process is the launcher, which passes signals
on.  Messages go over unix sockets, because TCP does not cross network namespaces.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from nslabkit.errors import SandboxError
from nslabkit.sandbox import socket_folder
from nslabkit.sandbox.diagnosis import diagnose
from nslabkit.sandbox.folding import folded
from nslabkit.sandbox.launcher import launch_command
from nslabkit.sandbox.system_calls import StageError
from nslabkit.sandbox.tools import check_tools

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

_DIALOG_COLUMNS = 96  # JupyterLab shows the text as it is, in a dialog 1000 pixels wide
_PATIENCE = 20.0  # seconds until a sandbox must have reported; it takes about 0.1


class KernelNotStartedError(SandboxError):
    """Why a notebook's kernel could not start, told in that kernel's language.

    The server that shows the text may speak another one, so the text is made once and kept.

    Parameters
    ----------
    failed : StageError
        The step that failed.
    language : str
        The kernel's ``NSLAB_LANG``; empty for the server's own language.
    """

    def __init__(self, failed: StageError, language: str) -> None:
        kept = os.environ.get("NSLAB_LANG")
        if language:
            os.environ["NSLAB_LANG"] = language
        try:
            error = diagnose(failed)
            self._text = folded(str(error), _DIALOG_COLUMNS)
        finally:
            os.environ.pop("NSLAB_LANG", None)
            if kept is not None:
                os.environ["NSLAB_LANG"] = kept
        super().__init__(error.tried, error.reason, error.fix, errno=error.errno, said=error.said)

    def __str__(self) -> str:
        """Return the text in the kernel's language."""
        return self._text


class SandboxProvisioner(LocalProvisioner):
    """Start the kernel in namespaces of its own and leave nothing behind.

    The class has a lifetime to hold: the folder of the kernel's sockets.
    """

    _folder: socket_folder.SocketFolder | None = None
    _report: int = -1

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - jupyter_client's signature
        """Choose the sockets and wrap the kernel's command into the launcher's."""
        manager = self.parent
        assert manager is not None  # Jupyter makes a provisioner for a manager
        if self._folder is None:
            socket_folder.remove_leftovers()
            try:
                check_tools()
                self._folder = socket_folder.make()
            except StageError as error:
                raise self._explained(error) from None
        manager.transport, manager.ip = "ipc", self._folder.address
        kwargs = await super().pre_launch(**kwargs)
        self._folder.note_connection_file(manager.connection_file)
        self._report, report = os.pipe()
        kwargs["pass_fds"] = [report]
        kwargs["cmd"] = launch_command(
            kwargs["cmd"],
            owner=0 if kwargs.get("independent") else os.getpid(),
            report=report,
            folder=str(self._folder.path),
            connection_file=manager.connection_file,
        )
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401 - as above
        """Start the launcher and wait until the machine stands.

        Raises
        ------
        SandboxError
            It does not; the text says why and what to do.
        """
        try:
            info = await super().launch_kernel(cmd, **kwargs)
        except OSError as error:  # no more processes, no memory
            os.close(self._report)
            said = StageError("launcher", error.errno or 0, str(error)).encode()
        else:
            said = b""
        finally:
            os.close(kwargs["pass_fds"][0])
        said = said or await self._reported()
        if said.startswith(b"ok "):
            return info
        await self._give_up()
        raise self._explained(StageError.decode(said))

    def _explained(self, failed: StageError) -> KernelNotStartedError:
        return KernelNotStartedError(failed, self.kernel_spec.env.get("NSLAB_LANG", ""))

    async def _give_up(self) -> None:
        """Leave nothing of a kernel that did not start."""
        await self.kill()
        await self.wait()
        if self.parent is not None:
            self.parent.cleanup_connection_file()
        await self.cleanup()

    async def cleanup(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002 - jupyter_client's signature
        """Remove the folder of sockets, unless the kernel is only restarted."""
        await super().cleanup(restart=restart)
        if not restart and self._folder is not None:
            self._folder.remove()
            self._folder = None

    async def _reported(self) -> bytes:
        """Return what the launcher says, waiting without blocking the server."""
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[bytes] = loop.create_future()

        def hear() -> None:
            if not heard.done():
                heard.set_result(os.read(self._report, 4096) or b"ended without a word")

        loop.add_reader(self._report, hear)
        try:
            return await asyncio.wait_for(heard, _PATIENCE)
        except TimeoutError:
            return StageError("timeout", 0, f"{_PATIENCE:.0f} s").encode()
        finally:
            loop.remove_reader(self._report)
            os.close(self._report)
