"""How the keeper is started: as systemd's service where systemd runs, else as a process of its own.

As a service it comes back when the machine starts.  https://www.freedesktop.org/software/systemd/man/systemd.service.html
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base import files, processes
from nslabkit.base.errors import NotSupportedError
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from nslabkit.workshop.workshop_state import Workshop

__all__ = ["made", "remove", "start", "stop", "text"]

UNIT = Path("/etc/systemd/system/nslabkit-workshop.service")
_RUNNING = Path("/run/systemd/system")  # sd_booted(3)


def text(folder: Path) -> str:
    """Return the unit's file.

    KillMode=process: learners' servers, which are in the same group of processes for systemd, go
    on when the keeper is restarted; ``nslabkit workshop stop`` ends them.
    """
    return f"""[Unit]
Description=nslabkit workshop in {folder}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={sys.executable} -m nslabkit.workshop.keeper {folder}
Restart=always
RestartSec=2
KillMode=process
TasksMax=infinity

[Install]
WantedBy=multi-user.target
"""


def booted() -> bool:
    """Whether systemd runs this machine."""
    return _RUNNING.is_dir() and shutil.which("systemctl") is not None


def start(workshop: Workshop) -> list[int]:
    """Start the keeper, and return its process id and when it started.

    Raises
    ------
    NotSupportedError
        systemd refuses it.
    """
    folder = workshop.places.folder
    if booted():
        files.replace_file(UNIT, text(folder).encode(), 0o644)
        _systemctl("daemon-reload")
        _systemctl("enable", "--now", UNIT.name)
        pid = int(_systemctl("show", "--property=MainPID", "--value", UNIT.name))
    else:
        log = workshop.places.hub / "keeper.log"
        with log.open("ab") as said:
            pid = subprocess.Popen(
                [sys.executable, "-m", "nslabkit.workshop.keeper", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/",
                start_new_session=True,
            ).pid
    found = processes.of(pid)
    return [pid, found.started] if found else []


def stop(workshop: Workshop) -> None:
    """Have systemd stop the keeper, and not start it again with the machine."""
    del workshop
    if booted() and UNIT.exists():
        _systemctl("disable", "--now", UNIT.name)


def made() -> list[str]:
    """Return a line for the unit's file, if it is there."""
    return [str(UNIT)] if UNIT.exists() else []


def remove() -> None:
    """Remove the unit's file."""
    if UNIT.exists():
        UNIT.unlink()
        if booted():
            _systemctl("daemon-reload")


def _systemctl(*words: str) -> str:
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotSupportedError(
            " ".join(("systemctl", *words)),
            _("systemd did not start the workshop."),
            _("See why: journalctl -u {unit}").format(unit=UNIT.name),
            said=done.stderr.strip() or None,
        )
    return done.stdout.strip()
