"""Running machines, and the notebook that each belongs to.

Read from ``/proc`` at every call: there is no register that could be wrong.  A sandbox is known
by its process 1: its name (`init.PROCESS_NAME`) and its two numbers, ours and 1
(``NSpid`` in ``proc_pid_status(5)``).  The processes of a Linux kernel of its own are its own
affair; it is known by its launcher, whose door is open.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.machine import choice
from nslabkit.machine.sandbox import shifted_ids
from nslabkit.machine.sandbox.init import PROCESS_NAME
from nslabkit.machine.uml.guest_sockets import door_in

if TYPE_CHECKING:
    from collections.abc import Container

_PROC = Path("/proc")
_START_TIME = 19  # field 22 of /proc/PID/stat, counted from the state (proc_pid_stat(5))


@dataclass(frozen=True)
class RunningSandbox:
    """One machine of this user: a sandbox, or a Linux kernel of its own.

    Attributes
    ----------
    pid : int
        Its process 1, by its number out here; the launcher of a Linux kernel of its own.
    backend : str
        ``sandbox`` or ``uml``.
    notebook : str
        Path of the notebook (Jupyter's ``JPY_SESSION_NAME``); empty if no notebook started it.
    map : str
        The uid map in force (`id_maps.KINDS`); empty where there is none (``uml``).
    age : float
        Seconds since it started.
    folder : str
        Its working folder.
    lessons : str
        The folder of lessons that its JupyterLab serves (``NSLAB_LESSONS``); empty if none does.
    door : str
        Path of the socket that leads into a Linux kernel of its own; empty for a sandbox.
    """

    pid: int
    backend: str
    notebook: str
    map: str
    age: float
    folder: str
    lessons: str
    door: str

    @property
    def name(self) -> str:
        """The notebook's file name, or a dash."""
        return Path(self.notebook).name or "-"


def sandboxes(uids: Container[int] | None = None) -> tuple[RunningSandbox, ...]:
    """Return the running machines of this user, or of the users `uids`, the oldest first."""
    found = []
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if not (_is_ours(folder) if uids is None else _uid(folder) in uids):
                continue
            door = _door(folder)
            if door or _is_process_1(folder):
                found.append(_described(folder, door))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it ended while we looked
    return tuple(sorted(found, key=lambda sandbox: -sandbox.age))


def environment(sandbox: RunningSandbox) -> dict[str, str]:
    """Return the environment with which `sandbox` was started."""
    return _environment(_PROC / str(sandbox.pid))


def _uid(folder: Path) -> int:
    return int(_fields(folder)["Uid"][0])


def _is_ours(folder: Path) -> bool:
    uid = _uid(folder)
    return uid == os.getuid() or (os.getuid() == 0 and uid == shifted_ids.FIRST)


def _is_process_1(folder: Path) -> bool:
    name = (folder / "comm").read_bytes().strip()
    return name == PROCESS_NAME.encode() and _fields(folder).get("NSpid", [])[1:] == ["1"]


def _fields(folder: Path) -> dict[str, list[str]]:
    lines = os.fsdecode((folder / "status").read_bytes()).splitlines()  # a name may be no text
    return {name: value.split() for name, _colon, value in (line.partition(":") for line in lines)}


def _door(folder: Path) -> str:
    """Return the door of the guest whose launcher this is; empty if there is none (yet).

    A launcher's children have its command line for a moment, but no door of their own.
    """
    command = os.fsdecode((folder / "cmdline").read_bytes()).split("\0")
    door = door_in(command, int(folder.name))
    return door if door and Path(door).exists() else ""


def _described(folder: Path, door: str) -> RunningSandbox:
    started_with = _environment(folder)
    return RunningSandbox(
        pid=int(folder.name),
        backend=choice.UML if door else choice.SANDBOX,
        notebook=started_with.get("JPY_SESSION_NAME", ""),
        map="" if door else _map(folder),
        age=_age(folder),
        folder=str((folder / "cwd").readlink()),
        lessons=started_with.get("NSLAB_LESSONS", ""),
        door=door,
    )


def _environment(folder: Path) -> dict[str, str]:
    text = os.fsdecode((folder / "environ").read_bytes())
    pairs = (entry.partition("=") for entry in text.split("\0") if "=" in entry)
    return {name: value for name, _equals, value in pairs}


def _map(folder: Path) -> str:
    """Tell the kind of map from the map itself (``user_namespaces(7)``)."""
    lines = [line.split() for line in (folder / "uid_map").read_text().splitlines()]
    if not lines:  # that of a process that is ending reads empty
        raise ProcessLookupError
    inside, outside, _count = lines[0]
    if inside != outside:
        return "shifted" if int(outside) == shifted_ids.FIRST else "auto"
    return "full" if inside == "0" else "self"


def _age(folder: Path) -> float:
    after_name = os.fsdecode((folder / "stat").read_bytes()).rpartition(")")[2].split()
    started = int(after_name[_START_TIME]) / os.sysconf("SC_CLK_TCK")
    return float((_PROC / "uptime").read_text().split()[0]) - started
