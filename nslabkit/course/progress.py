"""The learner's progress: which checks have been passed?

Kept in ``DIR/.nslabkit/progress.json``, where DIR is the learner's folder: the one that
``NSLAB_LESSONS`` names (``nslabkit lab`` sets it), or the nearest above the working directory.
Without such a folder nothing is written.  Who joined a class also has a row in the class's
folder, see `nslabkit.classroom`.

A check must never fail because of this bookkeeping: what cannot be written is said once, in one
line on stderr, and not raised.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.course.standing import LONGEST, Standing, begin, decode, from_json, moment, now, tried

if TYPE_CHECKING:
    import datetime as dt

_PRIVATE = ".nslabkit"
_FILE = "progress.json"
_PATIENCE = 5.0  # seconds to wait for another notebook's turn, which waits for the disk
# What Jupyter, `nslabkit lab` and `nslabkit start-over` add to the name of a lesson's copy.
_COPY = re.compile(r"(?:-Copy\d+)?(?:\..*)?$")
_told: set[str] = set()
# What passed in this process, also where no folder keeps it.
_passed: set[str] = set()


@dataclass(frozen=True)
class Attempt:
    """One check of one lesson, as this learner tried it.

    Attributes
    ----------
    lesson : str
        Name of the lesson, ``"01_one_wire"``.
    check : str
        Name of the check.
    first_passed : datetime or None
        When it agreed for the first time (UTC); None if it never did.
    last_tried : datetime
        When it was called last (UTC).
    tries : int
        How often it was called.
    """

    lesson: str
    check: str
    first_passed: dt.datetime | None
    last_tried: dt.datetime
    tries: int

    @property
    def passed(self) -> bool:
        """Whether it has agreed at least once."""
        return self.first_passed is not None


def progress(folder: str | Path) -> tuple[Attempt, ...]:
    """Return what was tried in the learner's folder, in the order of the first try.

    Parameters
    ----------
    folder : str or Path
        The learner's folder, the one with the lessons in ``en`` or ``zh``.

    Returns
    -------
    tuple of Attempt
        Empty where nothing was tried yet, or where the file cannot be understood.

    Raises
    ------
    OSError
        The file is there but cannot be read.
    """
    try:
        attempts, _standings = _read(Path(folder) / _PRIVATE)
    except ValueError:
        return ()
    return tuple(attempts.values())


def current_lesson() -> str:
    """Return the lesson that this process is the kernel of, else ``"script"``.

    Jupyter Server names the notebook in ``JPY_SESSION_NAME``.  The language is the folder's name
    and the suffixes of copies are dropped, so the lesson has one name in all of them.
    """
    return lesson_of(Path(os.environ.get("JPY_SESSION_NAME", "")).name) or "script"


def lesson_of(name: str) -> str:
    """Return the lesson that a file of this name is a copy of, whatever copy it is."""
    return printable(_COPY.sub("", name), LONGEST)


def attempts_in(content: bytes) -> tuple[Attempt, ...]:
    """Return what was tried, as the content of a progress file says.

    Raises
    ------
    ValueError
        It is not in the form of one.
    """
    return tuple(_decoded(content)[0].values())


def record(lesson: str, check: str, passed: bool) -> None:  # noqa: FBT001 - a check calls it in one place
    """Note that a check was tried; for a class, note it in the class's folder too.

    Never raises for a disk that cannot be written: says so once.

    Parameters
    ----------
    lesson : str
        Name of the lesson, as `current_lesson` gives it.
    check : str
        Name of the check: the step's, or a claim's id.
    passed : bool
        Whether it agreed.
    """
    if passed:
        _passed.add(check)
    folder = kept_in()
    if folder is None:
        return
    try:
        # Two notebooks may finish a check at once.
        with files.locked(folder / "progress.lock", _PATIENCE):
            standing = _note(folder, lesson, check, passed=passed)
    except OSError as error:
        _tell(
            _("Your progress is not saved in {folder}, only what was before: {why}"), folder, error
        )
        return
    classroom = os.environ.get("NSLAB_CLASS")
    if classroom:
        from nslabkit.course import seat

        try:
            seat.write(classroom, standing)
        except OSError as error:
            _tell(_("The class folder {folder} does not accept your row: {why}"), classroom, error)


def passed_checks(lesson: str) -> set[str]:
    """Return the checks of a lesson that have passed, in this process or before it."""
    folder = kept_in()
    attempts = progress(folder.parent) if folder is not None else ()
    return _passed | {one.check for one in attempts if one.lesson == lesson and one.passed}


def was_done(check: str) -> bool:
    """Return whether a check has passed in any lesson, in this process or before it."""
    folder = kept_in()
    attempts = progress(folder.parent) if folder is not None else ()
    return check in _passed or any(one.check == check and one.passed for one in attempts)


def kept_in() -> Path | None:
    """Return the kit's corner of the learner's folder, if there is one and it is the learner's."""
    given = os.environ.get("NSLAB_LESSONS")
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return None  # the working directory was removed
    for folder in [Path(given)] if given else [here, *here.parents]:
        corner = folder / _PRIVATE
        with contextlib.suppress(OSError):
            # Somebody else's, in a folder like /tmp, is none of ours.
            if corner.is_dir() and corner.stat().st_uid == os.geteuid():
                return corner
    return None


def _note(folder: Path, lesson: str, check: str, *, passed: bool) -> Standing:
    """Add one try to the file and return how far the learner now is in this lesson."""
    try:
        attempts, standings = _read(folder)
    except ValueError:
        # Not ours to judge what it was: kept beside, and begun anew.
        files.set_aside(folder / _FILE, "unreadable")
        attempts, standings = {}, {}
    when = now()
    before = attempts.get((lesson, check), Attempt(lesson, check, None, when, 0))
    first = passed and not before.passed
    attempts[lesson, check] = Attempt(
        lesson, check, when if first else before.first_passed, when, before.tries + 1
    )
    standing = standings.get(lesson, begin(lesson, when))
    standings[lesson] = standing.after(check, when, passed=passed, first=first)
    _write(folder, attempts, standings)
    return standings[lesson]


_Attempts = dict[tuple[str, str], Attempt]


def _read(folder: Path) -> tuple[_Attempts, dict[str, Standing]]:
    """Read the file; raise ValueError if it is not in the form that `_write` gives it."""
    try:
        content = (folder / _FILE).read_bytes()
    except FileNotFoundError:
        return {}, {}
    return _decoded(content)


def _decoded(content: bytes) -> tuple[_Attempts, dict[str, Standing]]:
    value: Any = decode(content)
    try:
        attempts = [_attempt(entry) for entry in value["attempts"]]
        standings = {str(entry["lesson"]): from_json(entry) for entry in value["standings"]}
    except (KeyError, TypeError) as error:
        raise ValueError("not a progress file") from error
    return {(attempt.lesson, attempt.check): attempt for attempt in attempts}, standings


def _attempt(entry: dict[str, Any]) -> Attempt:
    passed = entry["first_passed"]
    return Attempt(
        lesson=str(entry["lesson"]),
        check=str(entry["check"]),
        first_passed=None if passed is None else moment(passed),
        last_tried=moment(entry["last_tried"]),
        tries=tried(entry["tries"]),
    )


def _write(folder: Path, attempts: _Attempts, standings: dict[str, Standing]) -> None:
    """Replace the file: a reader, also after a power cut, sees the old one or the new one."""
    value = {
        "attempts": [
            {
                "lesson": attempt.lesson,
                "check": attempt.check,
                "first_passed": attempt.first_passed and attempt.first_passed.isoformat(),
                "last_tried": attempt.last_tried.isoformat(),
                "tries": attempt.tries,
            }
            for attempt in attempts.values()
        ],
        "standings": [standing.as_json() for standing in standings.values()],
    }
    content = json.dumps(value, ensure_ascii=False, indent=1).encode()
    files.replace_file(folder / _FILE, content, 0o600)


def _tell(sentence: str, folder: object, error: OSError) -> None:
    """Say on stderr what could not be written, once for each folder."""
    if str(folder) not in _told:
        _told.add(str(folder))
        why = error.strerror or str(error)
        print(sentence.format(folder=folder, why=why), file=sys.stderr)  # noqa: T201 - for the learner
