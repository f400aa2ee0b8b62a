"""Files written as a whole or not at all: whoever reads one sees the old content or the new.

The new content is written beside, where it has no name yet (``O_TMPFILE`` of ``open(2)``), goes to
the disk, and only then takes the old one's name (``rename(2)``).  A full disk, a folder that may
not be written or a ``kill -9`` in the midst of it leaves the old content as it was.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
import secrets
import shutil
import stat
import time
from typing import TYPE_CHECKING, BinaryIO

from nslabkit.base.errors import (
    InvalidValueError,
    NoPrivilegeError,
    NslabError,
    OutOfResourcesError,
)
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PASSING = ".nslabkit-"  # begins the name that a file has between its making and its place
_ABANDONED = 60.0  # seconds without a write, after which its writer counts as killed
_LOOK = 0.001  # seconds between two looks whether a lock is free
_NAMELESS = os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC
_NAMED = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# NFS and some others have no files without a name, and FAT has no second names.
_CANNOT = {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL, errno.ENOSYS}
_NO_LINKS = _CANNOT | {errno.EPERM, errno.EMLINK, errno.EXDEV}
_TAKEN = {errno.EISDIR, errno.EEXIST}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def replace_file(path: Path, content: bytes, mode: int | None = None) -> None:
    """Have `content`, and nothing else, be what is in the file `path`.

    Parameters
    ----------
    path : Path
        The file; a link of that name is replaced and not followed.
    content : bytes
        All of it.
    mode : int, optional
        Its permissions; those of any new file by default.

    Raises
    ------
    OSError
        The file is as it was before.
    """
    with replacing(path) as file:
        file.write(content)
        os.fchmod(file.fileno(), new_file_mode() if mode is None else mode)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a new file to write, 0600, that takes the name `path` when the block ends well.

    Raises
    ------
    OSError
        The file `path` is as it was before.
    """
    # O_PATH: in a class folder a participant may put files in, but not list them.
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with _passing(folder) as (file, name):
            yield file
            file.flush()
            os.fsync(file.fileno())
            _give_name(file, name, folder)
            os.rename(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)
    _sync_folder(path.parent)
    _remove_abandoned(path.parent)


@contextlib.contextmanager
def _passing(folder: int) -> Iterator[tuple[BinaryIO, str]]:
    """Make the new file, if possible without a name; give the name that it shall have."""
    name = f"{_PASSING}{secrets.token_hex(8)}"
    try:
        handle = os.open(".", _NAMELESS, 0o600, dir_fd=folder)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        handle = os.open(name, _NAMED, 0o600, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, name
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
        raise


def _give_name(file: BinaryIO, name: str, folder: int) -> None:
    if os.fstat(file.fileno()).st_nlink:
        return
    try:
        # With a descriptor of the folder, Python follows the link in /proc (AT_SYMLINK_FOLLOW).
        os.link(f"/proc/self/fd/{file.fileno()}", name, dst_dir_fd=folder, follow_symlinks=True)
    except OSError as error:
        # EPERM: in a sandbox, for a file of a group that is not in its map, as a class's is.
        if error.errno not in _NO_LINKS:
            raise
        _copy_named(file.fileno(), name, folder)


def _copy_named(source: int, name: str, folder: int) -> None:
    status = os.fstat(source)
    handle = os.open(name, _NAMED, 0o600, dir_fd=folder)
    try:
        done = 0
        while done < status.st_size:
            done += os.sendfile(handle, source, done, status.st_size - done)
        os.fchmod(handle, stat.S_IMODE(status.st_mode))
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk, too."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:  # a class folder, which its participants cannot list
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # this file system writes names at once, or cannot
            raise
    finally:
        os.close(handle)


def _remove_abandoned(folder: Path) -> None:
    """Remove what a writer of ours left that was killed between two system calls."""
    try:
        names = [name for name in os.listdir(folder) if name.startswith(_PASSING)]  # noqa: PTH208
    except PermissionError:
        return
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            status = (folder / name).lstat()
            if (
                stat.S_ISREG(status.st_mode)
                and status.st_uid == os.geteuid()
                and time.time() - status.st_mtime > _ABANDONED
            ):
                (folder / name).unlink()


def set_aside(path: Path, label: str) -> Path:
    """Give what is in `path` a second name that nothing has, and return it.

    ``a.json`` is then ``a.LABEL.json``, too, or ``a.LABEL-2.json``, …; what comes to `path`
    afterwards (`replace_file`) does not touch it.

    Raises
    ------
    FileNotFoundError
        There is nothing.
    OSError
        The name cannot be given.
    """

    def second(name: str) -> Path:
        kept = path.with_suffix(f".{name}{path.suffix}")
        _second_name(path, kept)
        return kept

    return _unused(label, second)


def new_folder(parent: Path, label: str) -> Path:
    """Make a folder in `parent` that was not there, for this account alone, and return it.

    It is called `label`, or ``LABEL-2``, ….

    Raises
    ------
    OSError
        It cannot be made.
    """

    def made(name: str) -> Path:
        folder = parent / name
        folder.mkdir(mode=0o700)
        return folder

    return _unused(label, made)


def _unused(label: str, make: Callable[[str], Path]) -> Path:
    """Return what `make` makes of the first of ``LABEL``, ``LABEL-2``, … that is free."""
    for count in itertools.count(1):
        with contextlib.suppress(FileExistsError):
            made = make(label if count == 1 else f"{label}-{count}")
            break
    return made


def _second_name(path: Path, kept: Path) -> None:
    try:
        os.link(path, kept, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with path.open("rb") as old, kept.open("xb") as new:
            shutil.copyfileobj(old, new)
            os.fsync(new.fileno())


@contextlib.contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock of the file `path`, which is made, for the length of the block.

    Raises
    ------
    TimeoutError
        Another process has held it for so many seconds.
    OSError
        The file cannot be made.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + seconds
    try:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(_("another notebook holds the file")) from None
                time.sleep(_LOOK)
        yield
    finally:
        os.close(lock)
        time.sleep(2 * _LOOK)  # who holds it again and again leaves room for who waits


def keep_private(folder: Path) -> None:
    """Make the folder `folder` if it is missing, and let nobody else look into it.

    Raises
    ------
    OSError
        It cannot be made, or is somebody else's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:  # made by an earlier version
        folder.chmod(0o700)


def read_foreign(path: str | Path, most: int, folder: int | None = None) -> tuple[bytes, int]:
    """Return what is in a plain file that anybody may have put there, and the owner's uid.

    Parameters
    ----------
    path : str or Path
        The file; relative to `folder` where that is a descriptor.
    most : int
        How many bytes to read; one more is returned where there are more.

    Raises
    ------
    OSError
        It cannot be read; ESTALE: it is no plain file (a link, a pipe, a folder).
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, dir_fd=folder), "rb") as file:
        seen = os.fstat(file.fileno())
        if not stat.S_ISREG(seen.st_mode):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return file.read(most + 1), seen.st_uid


def new_file_mode() -> int:
    """Return the permissions that a new file gets: ``0666`` without the bits of ``umask``."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def not_written(path: Path, error: OSError) -> NslabError:
    """Return the error to raise where a file of the learner's folder could not be replaced."""
    number, words = error.errno or 0, {"path": path, "folder": path.parent}
    if number in _FULL:
        kind: type[NslabError] = OutOfResourcesError
        reason = _("The disk is full; {path} is as it was before.")
        fix = _("Delete what is not needed (`df -h {folder}` shows the room), and try again.")
    elif number in _TAKEN:
        kind = InvalidValueError
        reason = _("Something else is called {path}, such as a folder.")
        fix = _("Give that another name, then try again: `mv {path} {path}.old`")
    else:
        kind = NoPrivilegeError
        reason = _("The folder cannot be written; {path} is as it was before.")
        fix = _("Look whose it is: `ls -ld {folder}`; or name another folder")
    return kind(f"cp NEW {path}", reason.format(**words), fix.format(**words), errno=number)
