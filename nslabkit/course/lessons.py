"""The lessons, and how they reach a learner's folder without touching the learner's work.

A learner's folder holds the lessons as plain files, ``DIR/en/01_….ipynb``.  A file named
``DIR/.nslabkit/delivered.json`` remembers the digest of what was put there, so that a file which
the learner changed is told from one that is merely old.  A changed file is never overwritten.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nslabkit.base import files
from nslabkit.base.errors import InvalidValueError, NoPrivilegeError, NotFoundError, NslabError
from nslabkit.base.language import current
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable

__all__ = [
    "DEFAULT_FOLDER",
    "FOLDERS",
    "Delivery",
    "available",
    "beside",
    "deliver",
    "find",
    "learners_folder",
    "private_folder",
    "questions_folder",
    "start_over",
]

FOLDERS = ("en", "zh")
"""The languages of the lessons, by the names of their folders."""

DEFAULT_FOLDER = Path("nslabkit-lessons")
_PRIVATE = ".nslabkit"
_START = "00_start"
_PACKED = Path(__file__).resolve().parent / "notebooks"
_CLONED = Path(__file__).resolve().parents[2] / "notebooks"


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


def default_language() -> str:
    """Return the folder of the current language: ``"en"`` or ``"zh"``."""
    return "zh" if current() == "zh_CN" else "en"


def available(language: str | None = None) -> list[Path]:
    """Return the lessons that came with the kit, in their order.

    Parameters
    ----------
    language : str, optional
        ``"en"`` or ``"zh"``; the current language by default.

    Raises
    ------
    NotFoundError
        The kit was installed without its lessons.
    """
    language = language or default_language()
    # Beside the package in a clone, inside it where a wheel was installed.
    for folder in (_PACKED / language, _CLONED / language):
        found = sorted(folder.glob("*.ipynb"), key=_place)
        if found:
            return found
    raise NotFoundError(
        f"ls {_PACKED / language}",
        _("The kit was installed without its lessons."),
        _("Install it again: pip install --force-reinstall nslabkit"),
    )


def beside(lesson: str) -> bool:
    """Return whether a lesson, by its name, is a gentler way into the one that follows it."""
    return lesson.endswith("_clicks")


def _place(path: Path) -> tuple[str, bool, bool, str]:
    """Return a lesson's place: the start page first, a gentler way in before what it leads to."""
    number = path.stem.partition("_")[0]
    return number, path.stem != _START, not beside(path.stem), path.stem


def questions_folder() -> Path:
    """Return the folder of the lessons' questions (`nslabkit.course.questions`)."""
    packed = _PACKED / "questions"
    return packed if packed.is_dir() else _CLONED / "questions"


def find(lesson: str, language: str | None = None) -> Path:
    """Return the lesson that `lesson` means: a number, the start of a name, or a file name.

    Raises
    ------
    InvalidValueError
        No lesson is called so; the error names those that are.
    """
    lessons = available(language)
    wanted = Path(lesson).name.removesuffix(".ipynb")
    for path in sorted(lessons, key=lambda path: beside(path.stem)):
        number = path.stem.partition("_")[0]
        if wanted in (path.stem, number) or (
            wanted.isdecimal() and wanted.lstrip("0") == number.lstrip("0")
        ):
            return path
    matching = [path for path in lessons if path.stem.partition("_")[2] == wanted]
    matching = matching or [path for path in lessons if wanted and wanted in path.stem]
    if len(matching) == 1:
        return matching[0]
    raise InvalidValueError(
        f"ls {printable(lesson, 80)}",
        _("No lesson is called “{lesson}”.").format(lesson=printable(lesson, 80)),
        _("Choose one of: {lessons}").format(lessons=", ".join(path.stem for path in lessons)),
    )


def learners_folder(given: str | Path | None = None) -> Path:
    """Return the learner's folder: `given`, the one we are in, or the default."""
    if given is not None:
        return Path(given).expanduser().absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _PRIVATE / "delivered.json").is_file():
            return folder
    return here / DEFAULT_FOLDER


def private_folder(directory: Path) -> Path:
    """Return the kit's own corner of the learner's folder; it is made if missing.

    Raises
    ------
    NoPrivilegeError
        The folder cannot be written.
    """
    folder = directory / _PRIVATE
    try:
        files.keep_private(folder)
        # mkdir is content with a folder that is there but belongs to somebody else.
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise NoPrivilegeError(
            f"mkdir -p {folder}",
            _("Your lessons cannot be written to this folder."),
            _("Name a folder of your own: nslabkit lab ~/nslabkit-lessons"),
            errno=error.errno,
        ) from error
    return folder


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
    folder.mkdir(exist_ok=True)
    deliveries = [_deliver_one(source, folder / source.name, record) for source in sources]
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
        No lesson is called so.
    NoPrivilegeError
        The folder cannot be written.
    """
    if language is None and Path(lesson).parent.name in FOLDERS:
        language = Path(lesson).parent.name
    language = language or default_language()
    source = find(lesson, language)
    record = _Record(private_folder(directory) / "delivered.json")
    fresh = directory / language / source.name
    fresh.parent.mkdir(exist_ok=True)
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
        except (FileNotFoundError, ValueError):
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
    if not target.exists():
        _put(source, target, record)
        return Delivery(target, "new")
    fresh, present = _digest(source), _digest(target)
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
    if beside.exists() and not record.knows(beside, _digest(beside)):
        return _free_name(target, "new")
    return beside


def _free_name(target: Path, label: str) -> Path:
    name, count = target.with_suffix(f".{label}.ipynb"), 1
    while name.exists():
        count += 1
        name = target.with_suffix(f".{label}-{count}.ipynb")
    return name


def _put(source: Path, target: Path, record: _Record) -> None:
    _write(target, source.read_bytes())
    record.add(target, _digest(source))


def _write(target: Path, content: bytes, mode: int | None = None) -> None:
    try:
        files.replace_file(target, content, mode)
    except OSError as error:
        raise files.not_written(target, error) from error


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
