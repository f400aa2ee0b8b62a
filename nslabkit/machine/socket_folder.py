"""Where do the sockets between server and kernel lie, and who removes them?

A unix socket's path holds at most 107 bytes (``unix(7)``), so the folder is a short one in a
place for temporary files.  A lock on a file in it says that its owner lives; a folder that
nobody holds is what a crash left behind, and the next start removes it.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from nslabkit.machine.leaving import remove_all
from nslabkit.machine.system_calls import StageError

__all__ = ["PREFIX", "SocketFolder", "make", "remove_leftovers"]

PREFIX = "nsl-"
ORDINARY_PLACES = ("/tmp", "/dev/shm", "/var/tmp")  # noqa: S108 - mkdtemp makes a private folder in it
_LONGEST_PLACE = 80  # bytes; leaves room for "/nsl-xxxxxxxx/k-5" below the limit of 107
_OLD_ENOUGH = 60.0  # seconds; a younger folder may not have its lock yet


@dataclass(frozen=True)
class SocketFolder:
    """A private folder that this process holds.

    Attributes
    ----------
    path : Path
        The folder.
    lock : int
        Descriptor of the locked file; the kernel lets go of it when the process ends.
    """

    path: Path
    lock: int

    @property
    def address(self) -> str:
        """The path that Jupyter appends ``-1`` to ``-5`` to, one for each channel."""
        return str(self.path / "k")

    def note_connection_file(self, connection_file: str) -> None:
        """Write down which connection file belongs to this folder, to be removed with it."""
        (self.path / "connection").write_text(connection_file, encoding="utf-8")

    def remove(self) -> None:
        """Remove the folder and let go of it; nothing happens where it is gone already."""
        remove_all(str(self.path))
        os.close(self.lock)


def make() -> SocketFolder:
    """Make and hold a new folder in the first place that can take it.

    Raises
    ------
    StageError
        Stage ``folder``: no place is writable and short enough.
    """
    for place in _places():
        if len(os.fsencode(place)) > _LONGEST_PLACE or os.path.realpath(place).startswith("/run/"):
            continue  # /run is emptied inside the sandbox
        try:
            path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        except OSError:
            continue
        lock = os.open(path / "lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        return SocketFolder(path, lock)
    raise StageError("folder", 0, ", ".join(_places()))


def remove_leftovers() -> None:
    """Remove this user's folders whose owners are gone, with their connection files."""
    for place in _places():
        for path in Path(place).glob(f"{PREFIX}*"):
            if _is_leftover(path):
                _remove_connection_file(path)
                remove_all(str(path))


def _places() -> list[str]:
    wanted = (os.environ.get("NSLAB_TMP"), os.environ.get("TMPDIR"), *ORDINARY_PLACES)
    return list(dict.fromkeys(place for place in wanted if place))


def _is_leftover(path: Path) -> bool:
    try:
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            return False
        if time.time() - status.st_mtime < _OLD_ENOUGH:
            return False
        lock = os.open(path / "lock", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False  # gone in the meantime, or not one of ours
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(lock)


def _remove_connection_file(folder: Path) -> None:
    try:
        noted = Path((folder / "connection").read_text(encoding="utf-8"))
    except OSError:
        return
    # The file may belong to a kernel of that name that was started later elsewhere.
    try:
        if str(folder) in noted.read_text(encoding="utf-8"):
            noted.unlink()
    except OSError:
        pass  # removed by its own program
