"""Saving a recording to a file."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from nslabkit.base import files
from nslabkit.capture.file import pcapng
from nslabkit.capture.file.file_errors import cannot_write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from nslabkit.frames.interface import Interface
    from nslabkit.frames.rows import Array

_PART = 100_000  # frames that are written together


def save(
    path: Path,
    frames: Array,
    data: memoryview,
    interfaces: Sequence[Interface],
    notes: Sequence[str],
) -> None:
    """Write a recording to a pcapng file, as a whole or not at all."""

    def write(file: BinaryIO) -> None:
        _write(file, frames, np.frombuffer(data, np.uint8), interfaces, notes)

    try:
        if path.is_dir():
            raise IsADirectoryError(21, os.strerror(21), str(path))
        if path.exists() and not path.is_file():  # a pipe, or /dev/stdout
            with path.open("wb") as file:
                write(file)
            return
        with files.replacing(path) as whole:
            write(whole)
            os.fchmod(whole.fileno(), _usual_mode(path))
    except OSError as error:
        raise cannot_write(path, error) from None


def _write(
    file: BinaryIO,
    frames: Array,
    store: Array,
    interfaces: Sequence[Interface],
    notes: Sequence[str],
) -> None:
    pcapng.write_head(file, interfaces, notes=notes)
    for begin in range(0, len(frames), _PART):
        pcapng.write_frames(file, frames[begin : begin + _PART], store)
    end = int(frames["time"][-1]) if len(frames) else time.time_ns()
    pcapng.write_statistics(file, interfaces, end)


def _usual_mode(path: Path) -> int:
    """Return the mode of the file that is replaced, or the one that a new file would get."""
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mode & 0o777
    return files.new_file_mode()
