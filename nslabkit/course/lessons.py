"""The lessons: where they are, what each is called, and the learner's folder for them.

A learner's folder holds the lessons as plain files, ``DIR/en/01_….ipynb``; `delivering` puts them
there.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from nslabkit.base import files
from nslabkit.base.errors import InvalidValueError, NoPrivilegeError, NotFoundError
from nslabkit.base.language import current, enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable

FOLDERS = ("en", "zh")
"""The languages of the lessons, by the names of their folders."""

DEFAULT_FOLDER = Path("nslabkit-lessons")
_PRIVATE = ".nslabkit"
_START = "00_start"
_PACKED = Path(__file__).resolve().parent / "notebooks"
_CLONED = Path(__file__).resolve().parents[2] / "notebooks"


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
        _("Choose one of: {lessons}").format(lessons=enumeration(path.stem for path in lessons)),
    )


def meant(lesson: str, language: str | None = None) -> list[Path]:
    """Return the lessons of a number, of which there may be two, or the one that `find` finds.

    Raises
    ------
    InvalidValueError
        No lesson is called so; the error names those that are.
    """
    found = find(lesson, language)
    if not lesson.isdecimal():
        return [found]
    number = found.stem.partition("_")[0]
    those = [path for path in available(language) if path.stem.partition("_")[0] == number]
    return [path for path in those if not beside(path.stem)]


def only(lesson: str, language: str | None = None) -> Path:
    """Return the lesson that `lesson` means, for what is done to one lesson alone.

    Raises
    ------
    InvalidValueError
        No lesson is called so, or it is a number that several lessons have.
    """
    found = meant(lesson, language)
    if len(found) > 1:
        raise InvalidValueError(
            f"ls {printable(lesson, 80)}",
            _("Several lessons have this number."),
            _("Choose one of: {lessons}").format(lessons=enumeration(one.stem for one in found)),
        )
    return found[0]


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
