"""The socket folder between server and kernel: where it is, and who removes it.

A unix socket's path holds at most 107 bytes (``unix(7)``), so the folder is a short one in a
place for temporary files.  A lock on a file in it says that its owner lives; a folder that
nobody holds is what a crash left behind, and the next start removes it.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from typing import TYPE_CHECKING

from nslabkit.machine.leaving import LOCK, remove_all
from nslabkit.machine.system_calls import StageError

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "nsl-"
ORDINARY_PLACES = ("/tmp", "/dev/shm", "/var/tmp")  # noqa: S108 - a private folder is made in it
_LONGEST_PLACE = 80  # bytes; leaves room for "/nsl-xxxxxxxx/k-5" below the limit of 107
_OLD_ENOUGH = 60.0  # seconds; a younger folder may not have its lock yet


class SocketFolder:
    """A private folder that this process holds.

    The class has a lifetime to hold: the folder and its lock.

    Attributes
    ----------
    name : str
        The folder.
    lock : int
        Descriptor of the locked file; the kernel lets go of it when the process ends.
    """

    def __init__(self, name: str, lock: int) -> None:
        self.name = name
        self.lock = lock

    @property
    def path(self) -> Path:
        """The folder, for who has `pathlib` loaded."""
        from pathlib import Path  # takes as long as all else that a kernel's start imports here

        return Path(self.name)

    @property
    def address(self) -> str:
        """The path that Jupyter appends ``-1`` to ``-5`` to, one for each channel."""
        return f"{self.name}/k"

    def note_connection_file(self, connection_file: str) -> None:
        """Write down which connection file belongs to this folder, to be removed with it."""
        with open(f"{self.name}/connection", "w", encoding="utf-8") as file:
            file.write(connection_file)

    def remove(self) -> None:
        """Remove the folder and let go of it; nothing happens where it is gone already."""
        remove_all(self.name)
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
        # As mkdtemp(3) does it; Python's module for that takes longer to import than a sandbox.
        name = f"{place}/{PREFIX}{os.urandom(4).hex()}"
        try:
            os.mkdir(name, 0o700)
        except OSError:
            continue
        lock = os.open(f"{name}/{LOCK}", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        return SocketFolder(name, lock)
    raise StageError("folder", 0, ", ".join(_places()))


def remove_leftovers() -> None:
    """Remove this user's folders whose owners are gone, with their connection files."""
    for place in _places():
        for name in _names(place):
            if name.startswith(PREFIX) and _is_leftover(f"{place}/{name}"):
                _remove_connection_file(f"{place}/{name}")
                remove_all(f"{place}/{name}")


def _names(place: str) -> list[str]:
    try:
        return os.listdir(place)
    except OSError:
        return []  # it is not there, or none of ours can be in it


def _places() -> list[str]:
    wanted = (os.environ.get("NSLAB_TMP"), os.environ.get("TMPDIR"), *ORDINARY_PLACES)
    return list(dict.fromkeys(place for place in wanted if place))


def _is_leftover(folder: str) -> bool:
    try:
        status = os.lstat(folder)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            return False
        if time.time() - status.st_mtime < _OLD_ENOUGH:
            return False
        lock = os.open(f"{folder}/{LOCK}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return _is_empty(folder)  # its owner was killed before it made the lock, or after
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


def _is_empty(folder: str) -> bool:
    try:
        return not os.listdir(folder)
    except OSError:
        return False  # gone in the meantime


def _remove_connection_file(folder: str) -> None:
    try:
        with open(f"{folder}/connection", encoding="utf-8") as file:
            noted = file.read()
        # The file may belong to a kernel of that name that was started later elsewhere.
        with open(noted, encoding="utf-8") as file:
            if folder in file.read():
                os.unlink(noted)
    except OSError:
        pass  # none was noted, or it was removed by its own program
