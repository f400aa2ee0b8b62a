"""The workshop's folders on the disk: who may enter each, and what learners' servers read there."""

from __future__ import annotations

import grp
import json
import os
import shutil
import stat
import sys
from pathlib import Path

from nslabkit.base import files
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _

__all__ = [
    "kit_reachable",
    "make_shared",
    "new_folder",
    "reachable",
    "write_roster",
    "write_settings",
]


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
    }
    for name, value in content.items():
        path = settings / name
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        files.replace_file(path, json.dumps(value).encode(), 0o644)


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
    for folder in (path, *path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise InvalidValueError(
                tried,
                _("Learners cannot run the kit: {folder} is closed to them.").format(folder=folder),
                _(
                    "Install it where everybody may read: /opt/nslabkit; or chmod o+rx {folder}"
                ).format(folder=folder),
            )
