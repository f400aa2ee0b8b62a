"""Errors with capture files: what can be wrong with one, and what helps."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from nslabkit.base.errors import (
    InvalidValueError,
    NoPrivilegeError,
    NotFoundError,
    NslabError,
    OutOfResourcesError,
    errno_name,
)
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from pathlib import Path


def cannot_read(path: Path, error: OSError) -> NslabError:
    """Return the error to raise where a file cannot be opened or read."""
    tried = f"tcpdump -r {path}"
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return NotFoundError(
            tried,
            _("There is no such file."),
            _("Check the spelling: `ls`; save a recording with `.save(FILE)`."),
            errno=error.errno,
        )
    return _other(path, error, tried)


def cannot_write(path: Path, error: OSError) -> NslabError:
    """Return the error to raise where a file cannot be made or written."""
    tried = f"tcpdump -w {path}"
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return NotFoundError(
            tried,
            _("The folder {folder} does not exist.").format(folder=path.parent),
            _("Make it first, or write beside the notebook: a name without a `/`."),
            errno=error.errno,
        )
    return _other(path, error, tried)


def _other(path: Path, error: OSError, tried: str) -> NslabError:
    number = error.errno or 0
    if number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return NoPrivilegeError(
            tried,
            _("This user may not read or write {path}.").format(path=path),
            _("Use a folder of your own, such as the one the notebook is in."),
            errno=number,
        )
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return OutOfResourcesError(
            tried,
            _("The disk is full, or the file has reached its size limit."),
            _("Delete what you do not need; `df -h .` shows how much space is free."),
            errno=number,
        )
    if number == errno.EISDIR:
        return InvalidValueError(
            tried,
            _("{path} is a folder.").format(path=path),
            _("Name a file in it, such as ping.pcapng."),
            errno=number,
        )
    return NslabError(
        tried,
        _("The file could not be read or written."),
        _("`man 3 errno` explains {name}.").format(name=errno_name(number)),
        errno=number,
    )


def no_recording(path: Path, reason: str) -> InvalidValueError:
    """Return the error to raise where a file holds no recording."""
    return InvalidValueError(
        f"tcpdump -r {path}",
        reason,
        _("Use a file from `.save()`, `tcpdump -w`, dumpcap or Wireshark: pcapng or pcap."),
    )
