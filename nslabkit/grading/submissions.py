"""Submissions: which learners are there, and which lessons did each hand in?

A submission is a folder as ``nslabkit workshop collect`` writes one for each learner.  All that is
in it was written by a learner, so it is read with bounds and without following links, and nothing
of it is believed.
"""

from __future__ import annotations

import csv
import errno
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.base.errors import InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.course import progress, questions, state_record, variants
from nslabkit.course.standing import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nslabkit.course.state_record import StateRecord

_LARGEST = 20_000_000  # bytes of a notebook
_MOST_CELLS = 2_000
_MOST_FILES = 500  # that are looked at in one submission
_DEEPEST = 4  # folders
_LISTED = "learners.csv"
_CORNER = ".nslabkit"
_COPIED = ("progress.json", "answers.json")
_SMALL = 1 << 20  # bytes of a file in the corner


@dataclass(frozen=True)
class ReplayCell:
    """A code cell: its source, and what its lesson says about it.

    Attributes
    ----------
    source : str
        The code.
    interrupt : float or None
        Seconds after which it is to be interrupted, for a command without an end.
    task : str
        The task that it belongs to; empty for none.
    """

    source: str
    interrupt: float | None = None
    task: str = ""


@dataclass(frozen=True)
class HandedIn:
    """A notebook that is a copy of a lesson.

    Attributes
    ----------
    lesson : str
        The lesson's name, ``"01_one_wire"``.
    file : str
        Its path in the submission; empty for none, where a lesson is known from records alone.
    chinese : bool
        Whether it is the Chinese one.
    cells : tuple of ReplayCell
        Its code.
    problem : str
        Why it cannot be replayed, in the reader's language; empty if it can.
    """

    lesson: str
    file: str
    chinese: bool = False
    cells: tuple[ReplayCell, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Submission:
    """What one learner handed in.

    Attributes
    ----------
    learner : str
        The folder's name, which is the account where a workshop collected it.
    name : str
        The name that goes with it; empty where none is known.
    folder : Path
        Where it is.
    notebooks : tuple of HandedIn
        The copies of lessons that have tasks.
    records : tuple of StateRecord
        What the learner's kit kept when a check had passed.
    passed, tried : frozenset of str
        The checks that passed, and were tried, as the learner's progress says.
    corner : dict
        The files of the kit's corner that a replay gets, by name.
    variant : str
        The seed of the learner's own values, as whoever collected noted it, else that of who
        grades; empty without one.
    """

    learner: str
    name: str
    folder: Path
    notebooks: tuple[HandedIn, ...]
    records: tuple[StateRecord, ...] = ()
    passed: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    corner: dict[str, bytes] = field(default_factory=dict)
    variant: str = ""

    @property
    def places(self) -> tuple[Path, Path]:
        """Its folder, and the one where others may lie beside it."""
        own = self.folder.resolve()
        return own, own.parent


def find(folders: Iterable[Path]) -> list[Submission]:
    """Return the submissions in these folders: each is one, or holds one in each of its folders.

    One that is named twice is there once.

    Raises
    ------
    NotFoundError
        There is none in one of them.
    """
    found: dict[Path, Submission] = {}
    for folder in folders:
        places = [folder] if _is_one(folder) else _inside(folder)
        if not places:
            raise NotFoundError(
                f"nslabkit grade {folder}",
                _("There is no submission in {folder}.").format(folder=folder),
                _("Name a learner's folder, or the one that `nslabkit workshop collect` wrote."),
            )
        listed = _listed(folder)
        for place in places:
            found.setdefault(place.resolve(), _submission(place, listed.get(place.name, {})))
    return _told_apart(list(found.values()))


def _is_one(folder: Path) -> bool:
    if any((folder / name).is_dir() for name in (_CORNER, "en", "zh")):
        return True
    return folder.is_dir() and any(_lesson(path.name) for path in folder.glob("*.ipynb"))


def _inside(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    return [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]


def _listed(folder: Path) -> dict[str, dict[str, str]]:
    """Return account -> what ``nslabkit workshop collect`` noted about it.

    A spreadsheet may have saved it in another encoding, with another separator: accounts and words
    are ASCII.

    Raises
    ------
    InvalidValueError
        It is there, and names no accounts: learners would be judged by values that are not theirs.
    """
    try:
        content, _owner = files.read_foreign(folder / _LISTED, _SMALL)
    except OSError:
        return {}
    lines = content.decode("utf-8-sig", "replace").splitlines()
    separator = next((one for one in ";\t" if lines and one in lines[0]), ",")
    reader = csv.DictReader(lines, delimiter=separator)
    try:
        rows = list(reader)
    except csv.Error:
        rows = []
    if content and "account" not in (reader.fieldnames or ()):
        raise InvalidValueError(
            f"nslabkit grade {folder}",
            _("{file} names no accounts; each learner's own values follow from it.").format(
                file=folder / _LISTED
            ),
            _("Put back the file that nslabkit workshop collect wrote, or delete it."),
        )
    return {
        str(row.get("account")): {
            str(column): printable(text, 80)
            for column, text in row.items()
            if isinstance(text, str)
        }
        for row in rows
    }


def _told_apart(found: list[Submission]) -> list[Submission]:
    """Name those by their whole path whose folders are called alike."""
    import dataclasses

    names = [one.learner for one in found]
    return [
        dataclasses.replace(one, learner=str(one.folder)) if names.count(one.learner) > 1 else one
        for one in found
    ]


def _submission(folder: Path, noted: dict[str, str]) -> Submission:
    plain = not any(one.is_symlink() for one in _corners(folder))
    attempts = _attempts(folder) if plain else ()
    return Submission(
        learner=printable(folder.resolve().name, 80),
        name=noted.get("name", ""),
        folder=folder,
        notebooks=tuple(_notebooks(folder)),
        records=state_record.records(folder) if plain else (),
        passed=frozenset(f"{one.lesson} {one.check}" for one in attempts if one.passed),
        tried=frozenset(f"{one.lesson} {one.check}" for one in attempts),
        corner=_corner(folder) if plain else {},
        variant=noted.get("variant", variants.seed()),
    )


def _corners(folder: Path) -> tuple[Path, Path]:
    """Return the folders of the kit's corner: a link in their place would lead elsewhere."""
    return folder / _CORNER, folder / _CORNER / state_record.FOLDER


def _attempts(folder: Path) -> tuple[progress.Attempt, ...]:
    try:
        content, _owner = files.read_foreign(folder / _CORNER / "progress.json", _SMALL)
        return progress.attempts_in(content[:_SMALL])
    except (OSError, ValueError):
        return ()


def _corner(folder: Path) -> dict[str, bytes]:
    found = {}
    for name in _COPIED:
        try:
            content, _owner = files.read_foreign(folder / _CORNER / name, _SMALL)
        except OSError:
            continue
        if len(content) <= _SMALL:
            found[name] = content
    return found


def _notebooks(folder: Path) -> Iterator[HandedIn]:
    seen = 0
    for place, folders, names in os.walk(folder):  # which does not follow links to folders
        deep = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(one for one in folders if one[0] != "." and deep < _DEEPEST)
        for name in sorted(names):
            seen += 1
            lesson = _lesson(name)
            if lesson and seen <= _MOST_FILES:
                path = Path(place, name)
                yield _handed_in(path, str(path.relative_to(folder)), lesson)


def _lesson(name: str) -> str:
    """Return the lesson that a file of this name is a copy of; empty if of none with tasks."""
    if not name.endswith(".ipynb"):
        return ""
    lesson = progress.lesson_of(name)
    return lesson if lesson in questions.with_tasks() else ""


def _handed_in(path: Path, file: str, lesson: str) -> HandedIn:
    shown = printable(file, 200)
    try:
        content, _owner = files.read_foreign(path, _LARGEST)
    except OSError as error:
        return HandedIn(lesson, shown, problem=_unread(path, error))
    if len(content) > _LARGEST:
        text = _("it has more than {most} bytes")
        return HandedIn(lesson, shown, problem=text.format(most=_LARGEST))
    try:
        value: Any = decode(content)
        cells = tuple(_cells(value["cells"]))
        kernel = str(value.get("metadata", {}).get("kernelspec", {}).get("name", ""))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return HandedIn(lesson, shown, problem=_("it is no notebook"))
    return HandedIn(lesson, shown, chinese=kernel == "nslab-zh", cells=cells)


def _unread(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return _("it is a link, which is not followed")
    if error.errno == errno.ESTALE:  # so `read_foreign` says it
        return _("it is no plain file")
    return _("it cannot be read: {reason}").format(reason=error.strerror)


def _cells(cells: list[dict[str, Any]]) -> Iterator[ReplayCell]:
    for cell in cells[:_MOST_CELLS]:
        if cell["cell_type"] != "code":
            continue
        source, metadata = cell["source"], cell.get("metadata", {})
        text = source if isinstance(source, str) else "".join(source)
        after, task = metadata.get("interrupt_after"), metadata.get("task")
        yield ReplayCell(
            text,
            float(after) if type(after) in {int, float} and after > 0 else None,
            task if isinstance(task, str) else "",
        )
