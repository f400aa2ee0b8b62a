"""The register: the rows in the class folder, with no file trusted about its owner.

Everybody may put files into the folder, so a row counts only if the file ``NAME.json`` belongs
to the account NAME.  Links are not followed, pipes and devices not waited for, large files not
read, and nothing unprintable is passed on.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from nslabkit.base import files
from nslabkit.base.accounts import account, group
from nslabkit.base.errors import NoPrivilegeError, NotFoundError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.course.standing import Standing, decode, from_json

_LARGEST = 4096  # bytes; a row has about 200
_EACH = 3  # notes on the files of one owner
_LONGEST = 40  # characters of a foreign name


@dataclass(frozen=True)
class Row:
    """One participant.

    Attributes
    ----------
    participant : str
        The account that owns the file.
    standing : Standing or None
        How far they are; None where the file says nothing usable.
    remark : str
        What is odd about the file; empty as a rule.
    """

    participant: str
    standing: Standing | None
    remark: str = ""


@dataclass(frozen=True)
class Register:
    """All rows, and a line for each file that is none.

    Attributes
    ----------
    rows : tuple of Row
        By the participants' names.
    notes : tuple of str
        What was left out, and whose it is.
    """

    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def read(folder: str | Path) -> Register:
    """Read the class folder.

    Raises
    ------
    NotFoundError
        There is no such folder.
    NoPrivilegeError
        This account may not list it.
    """
    try:
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            f"ls {folder}",
            _("There is no such folder."),
            _("nslabkit class --help says how an administrator makes one."),
            errno=error.errno,
        ) from error
    except PermissionError as error:
        raise _not_a_reader(folder, error) from error
    except OSError as error:
        raise NslabError(
            f"ls {folder}",
            _("The folder cannot be read at the moment."),
            _("Look whether its disk is there: `df {folder}`").format(folder=folder),
            errno=error.errno,
        ) from error
    try:
        return _read(directory)
    finally:
        os.close(directory)


def _not_a_reader(folder: str | Path, error: OSError) -> NoPrivilegeError:
    try:
        name = group(Path(folder).stat().st_gid)
    except OSError:
        name = "nslab-class"  # a folder above it is closed: the usual name is the best guess
    return NoPrivilegeError(
        f"ls {folder}",
        _("Only the members of the group {group} can see the class.").format(group=name),
        _("As administrator: usermod --append --groups {group} {you}; then log in again.").format(
            group=name, you=account(os.geteuid())
        ),
        errno=error.errno,
    )


def _read(directory: int) -> Register:
    collected = _Found()
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if not entry.name.startswith("."):  # a row on its way, or nothing of ours
                    _look_at(directory, entry.name, collected)
    except OSError as error:
        collected.notes.append(
            _("The folder could not be read to its end: {why}").format(why=_why(error))
        )
    collected.notes += [
        _("{owner} put {count} more files there: left out.").format(
            owner=owner, count=count - _EACH
        )
        for owner, count in collected.others.items()
        if count > _EACH
    ]
    rows = sorted(collected.rows, key=lambda row: row.participant)
    return Register(tuple(rows), tuple(sorted(collected.notes)))


@dataclass
class _Found:
    """What was found so far; at most one row, and a few notes, for each owner of files."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)  # files that are no rows, by owner

    def note(self, owner: str, text: str) -> None:
        self.others[owner] += 1
        if self.others[owner] <= _EACH:
            self.notes.append(text)


def _look_at(directory: int, name: str, collected: _Found) -> None:
    shown = printable(os.fsencode(name).decode(errors="replace"), _LONGEST)
    try:
        status = os.stat(name, dir_fd=directory, follow_symlinks=False)
        owner = account(status.st_uid)
        entry = _entry(directory, name, shown, owner, status)
    except FileNotFoundError:
        return  # gone since we listed it
    except OSError as error:  # for instance a file system that its owner mounted there
        collected.note(
            "?", _("{name} cannot be looked at: {why}").format(name=shown, why=_why(error))
        )
        return
    if isinstance(entry, Row):
        collected.rows.append(entry)
    else:
        collected.note(owner, entry)


def _why(error: OSError) -> str:
    return os.strerror(error.errno or 0)


def _entry(directory: int, name: str, shown: str, owner: str, status: os.stat_result) -> Row | str:
    """Return the row in the file `name`, or a note why it is none."""
    if not stat.S_ISREG(status.st_mode):
        return _("{name} is not a plain file; {owner} put it there.").format(
            name=shown, owner=owner
        )
    if name != f"{owner}.json":
        return _("{name} belongs to {owner}: left out.").format(name=shown, owner=owner)
    try:
        content = _content(directory, name, status)
    except FileNotFoundError:
        raise
    except OSError as error:
        return Row(owner, None, _("cannot be read: {why}").format(why=_why(error)))
    return _row(owner, content)


def _content(directory: int, name: str, seen: os.stat_result) -> bytes:
    content, owner = files.read_foreign(name, _LARGEST, directory)
    if owner != seen.st_uid:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))  # exchanged since we looked
    return content


def _row(owner: str, content: bytes) -> Row:
    if not content:
        return Row(owner, None)  # made by the administrator in advance: nothing done yet
    if len(content) > _LARGEST:
        return Row(owner, None, _("the file is too large"))
    try:
        value = decode(content)
        standing = from_json(value)
    except ValueError:
        return Row(owner, None, _("the file is malformed"))
    assert isinstance(value, dict)
    name = value.get("participant")
    if name == owner:
        return Row(owner, standing)
    said = printable(name, _LONGEST) if isinstance(name, str) else "?"
    return Row(owner, standing, _("the file says it is {name}'s").format(name=said))
