"""Delivery of the lessons into a learner's folder, without touching the learner's work.

A learner with a variant gets copies whose tasks name their own values (`own_values.notebook`).
``DIR/.nslabkit/delivered.json`` remembers the digest of what was put there, so that a file which
the learner changed is told from one that is merely old.  A changed file is never overwritten.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from nslabkit.base import files
from nslabkit.base.errors import NslabError
from nslabkit.course import own_values
from nslabkit.course.lessons import FOLDERS, available, default_language, only, private_folder

_LARGEST = 1 << 24  # bytes of a file that a lesson's digest is compared with


@dataclass(frozen=True)
class Delivery:
    """What became of one lesson in the learner's folder.

    Parameters
    ----------
    path : Path
        The file in question.
    state : str
        ``"new"``, ``"renewed"`` (the learner had not changed it), ``"same"``, ``"kept"`` (changed
        by the learner, and no newer lesson) or ``"beside"`` (changed by the learner; `path` is
        the newer lesson, put beside it).
    """

    path: Path
    state: str


def deliver(directory: Path, language: str | None = None) -> list[Delivery]:
    """Copy the lessons of one language to ``directory/LANGUAGE`` and say what became of each.

    A file that the learner changed stays as it is.  If there is a newer lesson than the one they
    began with, it is put beside, once, with ``.new`` in its name.

    Parameters
    ----------
    directory : Path
        The learner's folder; made if missing.
    language : str, optional
        ``"en"`` or ``"zh"``; the current language by default.

    Raises
    ------
    NoPrivilegeError
        The folder cannot be written.
    """
    language = language or default_language()
    sources = available(language)
    record = _Record(private_folder(directory) / "delivered.json")
    folder = directory / language
    try:
        folder.mkdir(exist_ok=True)
        deliveries = [_deliver_one(source, folder / source.name, record) for source in sources]
    except OSError as error:
        raise files.not_written(folder, error) from error
    record.save()
    return deliveries


def start_over(
    lesson: str, directory: Path, language: str | None = None
) -> tuple[Path | None, Path]:
    """Put a fresh copy of one lesson into the learner's folder; theirs is kept under a dated name.

    Returns
    -------
    tuple
        Where the learner's copy is now (None if there was none) and the fresh lesson.

    Raises
    ------
    InvalidValueError
        No lesson is called so, or several are.
    NoPrivilegeError
        The folder cannot be written.
    """
    if language is None and Path(lesson).parent.name in FOLDERS:
        language = Path(lesson).parent.name
    language = language or default_language()
    source = only(lesson, language)
    record = _Record(private_folder(directory) / "delivered.json")
    fresh = directory / language / source.name
    kept = _keep(fresh)
    try:
        _put(source, fresh, record)
    except NslabError:
        if kept is not None:  # the lesson has its content still, so a second name is too many
            kept.unlink()
        raise
    record.save()
    return kept, fresh


def _keep(lesson: Path) -> Path | None:
    """Give the learner's copy a dated name as well; the old one is the fresh lesson's then."""
    # Local time on purpose: it is the time that the learner remembers.
    label = dt.datetime.now().astimezone().strftime("%Y-%m-%d-%H%M")
    try:
        lesson.parent.mkdir(exist_ok=True)
        return files.set_aside(lesson, label)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.not_written(lesson, error) from error


class _Record:
    """What was delivered: file name relative to the learner's folder -> digests, oldest first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._digests: dict[str, list[str]] = json.loads(path.read_text())
        except (OSError, ValueError):
            # Without a record every file counts as the learner's own: nothing can be lost.
            self._digests = {}

    def _of(self, target: Path) -> list[str]:
        name = str(target.relative_to(self._path.parent.parent))
        return self._digests.setdefault(name, [])

    def last(self, target: Path) -> str | None:
        digests = self._of(target)
        return digests[-1] if digests else None

    def knows(self, target: Path, digest: str) -> bool:
        return digest in self._of(target)

    def add(self, target: Path, digest: str) -> None:
        if self.last(target) != digest:
            self._of(target).append(digest)

    def save(self) -> None:
        _write(self._path, json.dumps(self._digests, indent=1).encode(), 0o600)


def _deliver_one(source: Path, target: Path, record: _Record) -> Delivery:
    if not os.path.lexists(target):
        _put(source, target, record)
        return Delivery(target, "new")
    fresh, present = _digest(own_values.notebook(source)), _present(target)
    if present == fresh:
        record.add(target, fresh)
        return Delivery(target, "same")
    if record.knows(target, present):
        _put(source, target, record)
        return Delivery(target, "renewed")
    if record.last(target) == fresh:
        return Delivery(target, "kept")
    beside = _beside(target, record)
    _put(source, beside, record)
    record.add(target, fresh)  # so that the next start does not bring the same lesson once more
    return Delivery(beside, "beside")


def _beside(target: Path, record: _Record) -> Path:
    """Return where a newer lesson goes: ``.new``, or a numbered one if that was changed too."""
    beside = target.with_suffix(".new.ipynb")
    if os.path.lexists(beside) and not record.knows(beside, _present(beside)):
        return _free_name(target, "new")
    return beside


def _free_name(target: Path, label: str) -> Path:
    name, count = target.with_suffix(f".{label}.ipynb"), 1
    while name.exists():
        count += 1
        name = target.with_suffix(f".{label}-{count}.ipynb")
    return name


def _put(source: Path, target: Path, record: _Record) -> None:
    content = own_values.notebook(source)
    _write(target, content)
    record.add(target, _digest(content))


def _write(target: Path, content: bytes, mode: int | None = None) -> None:
    try:
        files.replace_file(target, content, mode)
    except OSError as error:
        raise files.not_written(target, error) from error


def _present(target: Path) -> str:
    """Return the digest of a file that is there; none where the learner put something else.

    A folder, a link, a pipe, a file that cannot be read or is far too large: it stays as it is.
    """
    try:
        content, _owner = files.read_foreign(target, _LARGEST)
    except OSError:
        return ""
    return _digest(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
