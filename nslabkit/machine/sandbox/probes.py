"""Sandbox probes: how far does making a sandbox get on this machine?

Nothing is guessed: a sandbox is made and a veth pair added in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.machine import socket_folder
from nslabkit.machine.sandbox.sandbox_diagnosis import diagnose
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.tools import check_tools
from nslabkit.machine.trial import try_sandbox

if TYPE_CHECKING:
    from nslabkit.base.errors import SandboxError

_VETH = ("ip", "link", "add", "nslab0", "type", "veth", "peer", "name", "nslab1")


@dataclass(frozen=True)
class Probe:
    """One step that was tried.

    Attributes
    ----------
    name : str
        ``tools``, ``folder``, ``sandbox`` or ``veth``.
    passed : bool or None
        None where an earlier step failed, so that this one was not tried.
    seen : str
        What was seen: the uid map in force, the folder's place, what a program said.
    error : SandboxError or None
        Why it failed and what helps.
    """

    name: str
    passed: bool | None
    seen: str
    error: SandboxError | None = None


def probes() -> tuple[Probe, ...]:
    """Try every step of starting a sandbox, in well under a second."""
    trial = try_sandbox(_VETH)
    sandbox = Probe("sandbox", trial.error is None, trial.map, trial.error)
    if trial.error is not None:
        veth = Probe("veth", None, "")
    elif trial.returncode:
        said = trial.stderr.strip()
        veth = Probe("veth", passed=False, seen=said, error=diagnose(StageError("veth", 0, said)))
    else:
        veth = Probe("veth", passed=True, seen=" ".join(_VETH))
    return (_tools(), _folder(), sandbox, veth)


def _tools() -> Probe:
    try:
        found = check_tools()
    except StageError as error:
        return Probe("tools", passed=False, seen=error.detail, error=diagnose(error))
    return Probe("tools", passed=True, seen=", ".join(found))


def _folder() -> Probe:
    try:
        folder = socket_folder.make()
    except StageError as error:
        return Probe("folder", passed=False, seen=error.detail, error=diagnose(error))
    folder.remove()
    return Probe("folder", passed=True, seen=str(folder.path.parent))
