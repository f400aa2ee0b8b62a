"""The learners' files: delivered, started over, collected; never overwritten.

Each step is done as the learner (`nslabkit.workshop.unix_accounts.as_account`).
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import functools
import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.base.errors import NslabError
from nslabkit.base.language import CHOICES
from nslabkit.base.language import translate as _
from nslabkit.course import delivering, lessons
from nslabkit.workshop import names_book, unix_accounts
from nslabkit.workshop.csv_table import csv_table

if TYPE_CHECKING:
    from nslabkit.workshop.workshop_state import Seat, Workshop

__all__ = ["collect", "deliver", "home_lessons", "put_lessons", "reset"]

_LARGEST = 20_000_000  # bytes of one collected file
_MOST = 200  # files of one learner
_RECORDS = ("progress.json", "answers.json")


def home_lessons(account: str) -> Path:
    """Return an account's folder of lessons."""
    return Path(pwd.getpwnam(account).pw_dir) / lessons.DEFAULT_FOLDER


def deliver(workshop: Workshop, seat: Seat) -> dict[str, int]:
    """Put the lessons into a learner's folder, and return how many came of each kind.

    The kinds are those of `nslabkit.course.delivering.Delivery`.

    Raises
    ------
    NslabError
        The learner's folder cannot be written.
    """
    address = f"/user/{seat.account}/"
    return put_lessons(seat.account, address, workshop.settings.language)


def put_lessons(account: str, address: str, language: str) -> dict[str, int]:
    """Put lessons and Jupyter's settings into an account's folder, as `deliver` does.

    Parameters
    ----------
    account : str
        Whose folder.
    address : str
        Where the addresses of their server begin.
    language : str
        ``"en"`` or ``"zh"``: what opens first.
    """
    folder = home_lessons(account)

    def put() -> list[str]:
        os.environ["NSLAB_LANG"] = CHOICES[lessons.FOLDERS.index(language)]
        from nslabkit.jupyter import hosted

        found = [one.state for each in lessons.FOLDERS for one in delivering.deliver(folder, each)]
        hosted.prepare(folder, address)
        return found

    states: list[str] = unix_accounts.as_account(account, put)
    return {state: states.count(state) for state in dict.fromkeys(states)}


def reset(seat: Seat, lesson: str, language: str) -> list[str]:
    """Give a learner a fresh copy of one lesson in its language; theirs is kept beside it.

    Returns
    -------
    list of str
        Where the learner's copy is now (empty if there was none), and the fresh lesson.

    Raises
    ------
    NslabError
        No lesson is called so, or the folder cannot be written.
    """
    lessons.find(lesson, language)  # said before anything is done
    folder = home_lessons(seat.account)

    def start_over() -> list[str]:
        kept, fresh = delivering.start_over(lesson, folder, language)
        return [str(kept or ""), str(fresh)]

    found: list[str] = unix_accounts.as_account(seat.account, start_over)
    return found


def collect(workshop: Workshop) -> tuple[Path, list[str]]:
    """Copy what the learners changed, with their progress, into a new folder of the workshop's.

    Returns
    -------
    tuple
        The folder, and a line for each learner whose files could not be had.

    Raises
    ------
    NslabError
        The folder cannot be written.
    """
    label = dt.datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    target = workshop.places.collected / label
    book = {
        entry["account"]: entry["name"]
        for entry in names_book.names(workshop.places.names).values()
    }
    trouble, rows = [], []
    try:
        target.mkdir(mode=0o700, parents=True)
        for seat in workshop.seats:
            name = book.get(seat.account, seat.name)
            try:
                found = unix_accounts.as_account(seat.account, functools.partial(_changed, seat))
            except (NslabError, KeyError) as error:
                reason = error.reason if isinstance(error, NslabError) else _("no such account")
                trouble.append(f"{seat.account}: {reason}")
                continue
            written = _write(target / seat.account, found)
            rows.append((seat.account, name, str(written)))
        table = csv_table(("account", "name", "files"), rows)
        files.replace_file(target / "learners.csv", table, 0o600)
    except OSError as error:
        raise files.not_written(target, error) from error
    return target, trouble


def _changed(seat: Seat) -> dict[str, str]:
    """Return a learner's notebooks that are not as they were delivered, and their records."""
    folder = home_lessons(seat.account)
    fresh = {
        f"{language}/{path.name}": path.read_bytes()
        for language in lessons.FOLDERS
        for path in lessons.available(language)
    }
    found: dict[str, str] = {}
    names = [*sorted(folder.rglob("*.ipynb")), *(folder / ".nslabkit" / one for one in _RECORDS)]
    for path in names[:_MOST]:
        name = str(path.relative_to(folder))
        with contextlib.suppress(OSError):  # such as a link to what is not theirs
            if ".ipynb_checkpoints" in path.parts or not path.is_file():
                continue
            small = path.stat().st_size <= _LARGEST
            if small and (content := path.read_bytes()) != fresh.get(name):
                found[name] = base64.b64encode(content).decode()
    return found


def _write(folder: Path, found: dict[str, Any]) -> int:
    """Write what a learner's process sent; its names are looked at, for it may be anything's."""
    count = 0
    for name, text in found.items():
        parts = Path(name).parts
        if not name.isprintable() or Path(name).is_absolute() or ".." in parts:
            continue
        target = folder.joinpath(*parts)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace_file(target, base64.b64decode(text), 0o600)
        count += 1
    return count
