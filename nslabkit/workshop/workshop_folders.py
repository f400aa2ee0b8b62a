"""The workshop's folders on the disk: who may enter each, and what learners' servers read there."""

from __future__ import annotations

import grp
import json
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base import files
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.workshop.workshop_state import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

_SOCKET = 107  # bytes of a unix socket's path, unix(7)


def new_folder(path: Path, mode: int) -> None:
    """Make a folder of root's for the workshop.

    Raises
    ------
    NslabError
        It cannot be made, or something else is there already.
    """
    try:
        path.mkdir(mode=mode, parents=True)
        path.chmod(mode)
    except OSError as error:
        raise InvalidValueError(
            f"mkdir {path}",
            _("The workshop's folder cannot be made here."),
            _("Name one that does not exist yet, on this machine's own disk: --folder DIR"),
            errno=error.errno,
        ) from error


def make_shared(folder: Path, group: str) -> None:
    """Make the folders where everybody puts a file of their own, and only `group` may look.

    Their mode is the one of a class folder (`nslabkit.classroom.class_folder`).
    """
    for name in ("class", "hands", "progress"):
        shared = folder / name
        shared.mkdir(exist_ok=True)
        shutil.chown(shared, "root", group)
        shared.chmod(0o3773)


def write_settings(folder: Path) -> None:
    """Write Jupyter's settings for all learners' servers."""
    settings = folder / "settings"
    extensions = {
        "nslabkit.workshop.learner_extension": True,
        # Another page for notebooks, and what it brings: nobody here opens it.
        "notebook": False,
        "notebook_shim": False,
    }
    labextensions = str(Path(__file__).with_name("labextension"))
    content = {
        "jupyter_server_config.json": {"LabApp": {"extra_labextensions_path": [labextensions]}},
        "jupyter_server_config.d/nslabkit-workshop.json": {
            "ServerApp": {"jpserver_extensions": extensions}
        },
        # Its button above each notebook would open a page that is not there.
        "labconfig/page_config.json": {
            "disabledExtensions": {"@jupyter-notebook/lab-extension": True}
        },
    }
    for name, value in content.items():
        path = settings / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for part in (settings, path.parent):
            part.chmod(0o755)
        files.replace_file(path, json.dumps(value).encode(), 0o644)


def name_fits(folder: Path, tried: str) -> None:
    """See to it that all programs of a workshop can work in a folder of this name.

    Raises
    ------
    InvalidValueError
        One cannot: a colon parts two paths, Node.js takes no backslash, systemd and its unit's
        file read quotes and dollars in their own way, and a socket's path has at most 107 bytes.
    """
    name = str(folder)
    odd = [one for one in name if one in '":$\\' or not one.isprintable()]
    if odd or len(os.fsencode(Places(folder).door)) > _SOCKET:
        raise InvalidValueError(
            f"{tried} --folder {printable(name, 120)}",
            _("A workshop's folder has a short name without control characters and : \" $ \\."),
            _("Name another: --folder /srv/workshop"),
        )


def folder_reachable(folder: Path, tried: str) -> None:
    """See to it that learners can reach the workshop's folder, which may not be there yet.

    Raises
    ------
    InvalidValueError
        A folder on the way to it is closed to them.
    """
    closed = _closed(folder.parents)
    if closed is not None:
        raise InvalidValueError(
            f"{tried} --folder {folder}",
            _("Learners cannot put anything there: {folder} is closed to them.").format(
                folder=closed
            ),
            _("Name another: --folder /srv/workshop; or chmod o+x {folder}").format(folder=closed),
        )


def kit_reachable(tried: str) -> None:
    """See to it that learners can run this Python and the kit.

    Raises
    ------
    InvalidValueError
        A folder on the way to one of them is closed to them.
    """
    for path in (sys.prefix, sys.base_prefix, Path(__file__).parents[1]):
        reachable(Path(path), tried)


def write_roster(folder: Path, roster: dict[str, str], group: str) -> None:
    """Write who is in which account, for the class view: `group`, if there is one yet, reads it."""
    with files.replacing(folder / "roster.json") as file:
        file.write(json.dumps(roster, ensure_ascii=False).encode())
        if group:
            os.fchown(file.fileno(), 0, grp.getgrnam(group).gr_gid)
            os.fchmod(file.fileno(), 0o640)


def reachable(path: Path, tried: str) -> None:
    """See to it that learners can run the kit where it lies.

    Raises
    ------
    InvalidValueError
        A folder on the way is closed to them.
    """
    closed = _closed([path, *path.parents])
    if closed is not None:
        raise InvalidValueError(
            tried,
            _("Learners cannot run the kit: {folder} is closed to them.").format(folder=closed),
            _("Install it where everybody may read: /opt/nslabkit; or chmod o+rx {folder}").format(
                folder=closed
            ),
        )


def _closed(folders: Iterable[Path]) -> Path | None:
    """Return the first of these folders that others may not pass, None if they may pass all."""
    there = (folder for folder in folders if folder.is_dir())
    return next((one for one in there if not one.stat().st_mode & stat.S_IXOTH), None)
