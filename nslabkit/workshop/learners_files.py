"""The learners' files: delivered, started over, collected; never overwritten.

Each step is done as the learner (`nslabkit.workshop.unix_accounts.as_account`).
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
import os
import pwd
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.base.errors import NotFoundError, NslabError
from nslabkit.base.language import CHOICES
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.course import delivering, lessons, own_values, state_record, variants
from nslabkit.workshop import names_book, unix_accounts
from nslabkit.workshop.csv_table import csv_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nslabkit.workshop.workshop_state import Seat, Workshop

_LARGEST = 20_000_000  # bytes of one collected file
_ALL = 100_000_000  # bytes of one learner's
_MOST = 500  # files of one learner
_TOLD = 3  # names of files left out, for each learner
_RECORDS = ("progress.json", "answers.json")


def home_lessons(account: str) -> Path:
    """Return an account's folder of lessons.

    Raises
    ------
    NotFoundError
        Somebody removed the account by hand.
    """
    try:
        return Path(pwd.getpwnam(account).pw_dir) / lessons.DEFAULT_FOLDER
    except KeyError:
        raise NotFoundError(
            f"getent passwd {account}",
            _("There is no account {name} on this machine.").format(name=account),
            _("Give its learner another seat: nslabkit workshop add"),
        ) from None


def deliver(workshop: Workshop, seat: Seat) -> dict[str, int]:
    """Put the lessons into a learner's folder, and return how many came of each kind.

    The kinds are those of `nslabkit.course.delivering.Delivery`.

    Raises
    ------
    NslabError
        The learner's folder cannot be written.
    """
    address = f"/user/{seat.account}/"
    variant = workshop.variant_of(seat.account)
    return put_lessons(seat.account, address, workshop.settings.language, variant)


def put_lessons(account: str, address: str, language: str, variant: str = "") -> dict[str, int]:
    """Put lessons and Jupyter's settings into an account's folder, as `deliver` does.

    Parameters
    ----------
    account : str
        Whose folder.
    address : str
        Where the addresses of their server begin.
    language : str
        ``"en"`` or ``"zh"``: what opens first.
    variant : str, optional
        The seed of their tasks' values.
    """
    folder = home_lessons(account)

    def put() -> list[str]:
        os.environ["NSLAB_LANG"] = CHOICES[lessons.FOLDERS.index(language)]
        from nslabkit.jupyter import hosted

        variants.become(variant)
        found = [one.state for each in lessons.FOLDERS for one in delivering.deliver(folder, each)]
        hosted.prepare(folder, address)
        return found

    states: list[str] = unix_accounts.as_account(account, put)
    return {state: states.count(state) for state in dict.fromkeys(states)}


def reset(workshop: Workshop, seat: Seat, lesson: str) -> list[str]:
    """Give a learner a fresh copy of one lesson in the workshop's language; theirs is kept.

    Returns
    -------
    list of str
        Where the learner's copy is now (empty if there was none), and the fresh lesson.

    Raises
    ------
    NslabError
        No lesson is called so, or several are, or the folder cannot be written.
    """
    language = workshop.settings.language
    lessons.only(lesson, language)  # said before anything is done
    folder = home_lessons(seat.account)

    def start_over() -> list[str]:
        variants.become(workshop.variant_of(seat.account))
        kept, fresh = delivering.start_over(lesson, folder, language)
        return [str(kept or ""), str(fresh)]

    found: list[str] = unix_accounts.as_account(seat.account, start_over)
    return found


def collect(workshop: Workshop) -> tuple[Path, list[str]]:
    """Copy what the learners changed, with their progress, into a new folder of the workshop's.

    Returns
    -------
    tuple
        The folder, and what to tell of each learner whose files could not be had, and of each
        file that was left out.

    Raises
    ------
    NslabError
        The folder cannot be written.
    """
    label = dt.datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    collected = workshop.places.collected
    target = None
    book = {
        entry["account"]: entry["name"]
        for entry in names_book.names(workshop.places.names).values()
    }
    trouble, rows = [], []
    try:
        files.keep_private(collected)
        target = files.new_folder(collected, label)
        for seat in workshop.seats:
            name, variant = book.get(seat.account, seat.name), workshop.variant_of(seat.account)
            try:
                changed = functools.partial(_changed, home_lessons(seat.account), variant)
                found = unix_accounts.as_account(seat.account, changed)
            except NslabError as error:
                trouble.append(f"{seat.account}\n{error}")
                continue
            odd = _write(target / seat.account, found["files"])
            renamed = _("its name cannot be used here; have it renamed")
            left = [*found["left"], *((name, renamed) for name in odd)]
            trouble += [_left_out(seat.account, *one) for one in left[:_TOLD]]
            rows.append((seat.account, name, str(len(found["files"]) - len(odd)), variant))
        table = csv_table(("account", "name", "files", "variant"), rows)
        files.replace_file(target / "learners.csv", table, 0o600)
    except OSError as error:
        if target is not None:  # a part of it would be taken for all
            shutil.rmtree(target, ignore_errors=True)
        raise files.not_written(target or collected, error) from error
    return target, trouble


def _left_out(account: str, name: str, why: str) -> str:
    return _("{account}: {name} was left out: {why}").format(
        account=account, name=printable(name), why=why
    )


def _changed(folder: Path, variant: str) -> dict[str, Any]:
    """Return a learner's notebooks that are not as they were delivered, and their records.

    ``files`` has their contents by their names, ``left`` the first of those left out, and why.
    """
    variants.become(variant)
    fresh = {
        f"{language}/{path.name}": own_values.notebook(path)
        for language in lessons.FOLDERS
        for path in lessons.available(language)
    }
    found: dict[str, str] = {}
    left: list[tuple[str, str]] = []
    room = _ALL

    def unread(path: Path, error: OSError) -> None:  # such as a link to what is not theirs
        left.append((str(path.relative_to(folder)), error.strerror or str(error)))

    for path in [*records_of(folder), *sorted(_notebooks(folder, unread))]:
        name = str(path.relative_to(folder))
        try:
            if not path.is_file():
                continue
            if path.stat().st_size > min(_LARGEST, room) or len(found) == _MOST:
                left.append((name, _("it is too large, or there are too many files before it")))
            elif (content := path.read_bytes()) != fresh.get(name):
                found[name] = base64.b64encode(content).decode()
                room -= len(content)
        except OSError as error:
            unread(path, error)
    return {"files": found, "left": left[:_TOLD]}


def _notebooks(folder: Path, unread: Callable[[Path, OSError], None]) -> Iterator[Path]:
    for place, folders, names in os.walk(
        folder, onerror=lambda error: unread(Path(error.filename), error)
    ):
        folders[:] = [name for name in folders if name != ".ipynb_checkpoints"]
        yield from (Path(place, name) for name in names if name.endswith(".ipynb"))


def records_of(folder: Path) -> list[Path]:
    """Return the files that the kit keeps about a learner's checks, by where they would be."""
    corner = folder / ".nslabkit"
    states = sorted((corner / state_record.FOLDER).glob("*.json"))
    return [*(corner / one for one in _RECORDS), *states[: state_record.MOST]]


def _write(folder: Path, found: dict[str, Any]) -> list[str]:
    """Write what a learner's process sent; return the names that no file of ours shall have.

    They may be anything: with characters that cannot be shown, or leading out of the folder.
    """
    odd = []
    for name, text in found.items():
        parts = Path(name).parts
        if not name.isprintable() or Path(name).is_absolute() or ".." in parts:
            odd.append(name)
            continue
        target = folder.joinpath(*parts)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace_file(target, base64.b64decode(text), 0o600)
    return odd
