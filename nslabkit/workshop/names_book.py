"""Who is in which seat: a name that was taken opens to its own password only.

The first who comes with a name and the class code (or, where names were listed, that name's
one-time password) takes a free seat and chooses a password; from then on that password, and no
code, opens it.  A file holds the digests; it is read at each sign-in, so that ``add`` counts at
once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.workshop import workshop_folders
from nslabkit.workshop.workshop_state import INSTRUCTOR

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.workshop.workshop_state import Workshop

_LONGEST = 40  # characters of a learner's name
SHORTEST = 6
"""Characters of a learner's password, at least."""
_PATIENCE = 5.0
_NOT_THEIRS = re.compile(rf"{INSTRUCTOR}|(learner|nslab-teacher)\d+")  # accounts are called so
_COST = {"n": 2**14, "r": 8, "p": 1}


class Refusal(Exception):  # noqa: N818 - an answer at the door, no fault
    """Why somebody was not let in: ``name``, ``code``, ``password``, ``short`` or ``full``."""


def plain(name: str) -> str:
    """Return a name in the form in which two are compared: no outer blanks, no width, no case."""
    return tidy(unicodedata.normalize("NFKC", name).casefold())


def tidy(name: str) -> str:
    """Return a name as it is kept: no outer blanks, and one plain blank for any inner ones."""
    return " ".join(name.split())


def fits(name: str) -> bool:
    """Whether a learner can be called so."""
    key = plain(name)
    return (
        bool(key)
        and len(name) <= _LONGEST
        and name.isprintable()
        and not _NOT_THEIRS.fullmatch(key)
    )


def names(file: Path) -> dict[str, dict[str, Any]]:
    """Return what was taken: plain name -> account, name as written, salt and digest."""
    try:
        read: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return read


def account_of(workshop: Workshop, given: str) -> str | None:
    """Return the account that an instructor means: by its own name or by its learner's."""
    accounts = {seat.account for seat in workshop.seats}
    if given in accounts:
        return given
    taken = names(workshop.places.names).get(plain(given))
    if taken is not None:
        return str(taken["account"])
    listed = [
        seat.account for seat in workshop.seats if seat.name and plain(seat.name) == plain(given)
    ]
    return listed[0] if listed else None


def sign_in(workshop: Workshop, name: str, code: str, password: str) -> str:
    """Let somebody in, and return their account.

    Raises
    ------
    Refusal
        They are not let in.
    """
    file, name = workshop.places.names, tidy(name)
    with files.locked(file.with_suffix(".lock"), _PATIENCE):
        book = names(file)
        key = plain(name)
        if key in book:
            if not _opens(book[key], password):
                raise Refusal("password")
            return str(book[key]["account"])
        account = _seat_for(workshop, book, key, name, code)
        if len(password) < SHORTEST:
            raise Refusal("short")
        book[key] = {"account": account, "name": name, **_sealed(password)}
        write(workshop, book)
    return account


def write(workshop: Workshop, book: dict[str, dict[str, Any]]) -> None:
    """Replace what was taken; who writes holds the lock of the file beside it.

    The names alone go into a file that the instructor's group reads, for the class view.
    """
    file = workshop.places.names
    files.replace_file(file, json.dumps(book, ensure_ascii=False, indent=1).encode(), 0o600)
    roster = {entry["account"]: entry["name"] for entry in book.values()}
    workshop_folders.write_roster(workshop.places.folder, roster, workshop.group)


def _seat_for(
    workshop: Workshop, book: dict[str, dict[str, Any]], key: str, name: str, code: str
) -> str:
    if not fits(name):
        raise Refusal("name")
    taken = {entry["account"] for entry in book.values()}
    free = [seat for seat in workshop.seats if seat.account not in taken]
    listed = [seat for seat in free if seat.name and plain(seat.name) == key]
    if listed:
        if not _same(code, listed[0].once):
            raise Refusal("code")
        return listed[0].account
    if not workshop.settings.code:
        raise Refusal("code")  # not "name": who asks does not learn who is on the list
    if not _same(code, workshop.settings.code):
        raise Refusal("code")
    for seat in free:
        if not seat.name:
            return seat.account
    raise Refusal("full")


def _same(given: str, wanted: str) -> bool:
    """Compare a code as people copy it from a board: case, blanks and dashes do not count."""

    def bare(text: str) -> bytes:
        return "".join(character for character in plain(text) if character.isalnum()).encode()

    return bool(wanted) and hmac.compare_digest(bare(given), bare(wanted))


def _sealed(password: str) -> dict[str, str]:
    salt = secrets.token_bytes(16)
    return {"salt": salt.hex(), "digest": _digest(password, salt)}


def _opens(entry: dict[str, Any], password: str) -> bool:
    return hmac.compare_digest(_digest(password, bytes.fromhex(entry["salt"])), entry["digest"])


def _digest(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()
