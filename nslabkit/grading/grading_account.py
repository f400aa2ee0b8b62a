"""Under whom a learner's code runs when it is graded: an account that holds nothing else."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
from typing import TYPE_CHECKING

from nslabkit.base import processes
from nslabkit.base.errors import (
    InvalidValueError,
    NoPrivilegeError,
    NotFoundError,
    NslabError,
)
from nslabkit.base.language import translate as _
from nslabkit.workshop import unix_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.workshop.workshop_state import Seat

_PREFIX = "nslab-grade"
_MARK = "nslabkit grade "  # the comment of its account, with whose it is
_TRIED = "nslabkit grade"


@contextlib.contextmanager
def grading_account(name: str | None, *, as_me: bool) -> Iterator[pwd.struct_passwd | None]:
    """Give the account for the replays, for the length of the block; None is this one itself.

    Parameters
    ----------
    name : str or None
        An account that exists already; None: root makes one, and removes it in the end.
    as_me : bool
        Under the account that calls this, without a closed room.

    Raises
    ------
    NoPrivilegeError
        This is not root, and `as_me` was not asked for.
    InvalidValueError
        `as_me` was asked for by root, or the account is root's, or it has no such name.
    """
    if as_me:
        _not_as_root()
        yield None
    elif os.geteuid() != 0:
        raise NoPrivilegeError(
            _TRIED,
            _(
                "A learner's code would run with your rights: it could read your files and the "
                "other submissions. Only root can give it an account that holds nothing else."
            ),
            _("As administrator: sudo nslabkit grade …; or, if you trust all of it: --as-me"),
        )
    elif name is not None:
        yield _existing(name)
    else:
        seat = _made()
        try:
            yield pwd.getpwnam(seat.account)
        finally:
            unix_accounts.remove(seat)


def _made() -> Seat:
    """Make an account of its own for this run, and remove those of runs that were killed."""
    for seat, whose in unix_accounts.marked(_MARK):
        if not _runs(whose):
            with contextlib.suppress(NslabError):  # another run does just that
                unix_accounts.remove(seat)
    own = processes.of(os.getpid())
    assert own is not None
    return unix_accounts.make(_PREFIX + secrets.token_hex(4), f"{_MARK}{own.pid} {own.started}")


def _runs(whose: str) -> bool:
    """Whether the run still does that an account was made for: process id and start time."""
    pid, _blank, started = whose.partition(" ")
    found = processes.of(int(pid)) if pid.isdecimal() else None
    return found is not None and str(found.started) == started


def _not_as_root() -> None:
    if os.geteuid() == 0:
        raise InvalidValueError(
            f"{_TRIED} --as-me",
            _("You are root: a learner's code would run with root's rights."),
            _("Leave --as-me out: then the code runs under an account that holds nothing else."),
        )


def _existing(name: str) -> pwd.struct_passwd:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise NotFoundError(
            f"{_TRIED} --account {name}",
            _("There is no account {name} on this machine.").format(name=name),
            _("Leave --account out: then one is made, and removed in the end."),
        ) from None
    if entry.pw_uid == 0:
        raise InvalidValueError(
            f"{_TRIED} --account {name}",
            _("This account is root's: a learner's code would run with root's rights."),
            _("Name one that holds nothing, or leave --account out: then one is made."),
        )
    return entry
