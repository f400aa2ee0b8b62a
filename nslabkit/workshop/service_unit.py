"""How the keeper is started: as systemd's service where systemd runs, else as a process of its own.

As a service it comes back when the machine starts.  https://www.freedesktop.org/software/systemd/man/systemd.service.html
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base import files
from nslabkit.base.errors import NotSupportedError
from nslabkit.base.language import translate as _
from nslabkit.workshop.workshop_state import FOLDER

if TYPE_CHECKING:
    from nslabkit.workshop.workshop_state import Workshop

_UNITS = Path("/etc/systemd/system")
_RUNNING = Path("/run/systemd/system")  # sd_booted(3)


def unit(folder: Path) -> Path:
    """Return the unit's file: a workshop in a folder of its own choice has a unit of its own."""
    own = "" if folder == FOLDER else f"-{hashlib.sha256(bytes(folder)).hexdigest()[:8]}"
    return _UNITS / f"nslabkit-workshop{own}.service"


def text(folder: Path) -> str:
    """Return the unit's file.

    KillMode=process: learners' servers, which are in the same group of processes for systemd, go
    on when the keeper is restarted; ``nslabkit workshop stop`` ends them.
    """
    place = str(folder).replace("%", "%%")
    return f"""[Unit]
Description=nslabkit workshop in {place}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={sys.executable} -m nslabkit.workshop.keeper "{place}"
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


def start(workshop: Workshop) -> None:
    """Start the keeper.

    Raises
    ------
    NotSupportedError
        systemd refuses it.
    """
    folder = workshop.places.folder
    if booted():
        file = unit(folder)
        files.replace_file(file, text(folder).encode(), 0o644)
        _systemctl(file, "daemon-reload")
        _systemctl(file, "enable", "--now", file.name)
        return
    log = workshop.places.hub / "keeper.log"
    with log.open("ab") as said:
        subprocess.Popen(
            [sys.executable, "-m", "nslabkit.workshop.keeper", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            start_new_session=True,
        )


def stop(workshop: Workshop) -> None:
    """Have systemd stop the keeper, and not start it again with the machine."""
    file = unit(workshop.places.folder)
    if booted() and file.exists():
        _systemctl(file, "disable", "--now", file.name)


def made(workshop: Workshop) -> list[str]:
    """Return a line for the unit's file, if it is there."""
    file = unit(workshop.places.folder)
    return [str(file)] if file.exists() else []


def remove(workshop: Workshop) -> None:
    """Remove the unit's file."""
    file = unit(workshop.places.folder)
    if file.exists():
        file.unlink()
        if booted():
            _systemctl(file, "daemon-reload")


def _systemctl(file: Path, *words: str) -> None:
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotSupportedError(
            " ".join(("systemctl", *words)),
            _("systemd did not start the workshop."),
            _("See why: journalctl -u {unit}").format(unit=file.name),
            said=done.stderr.strip() or None,
        )
