"""Under whom a learner's code runs when it is graded: an account that holds nothing else."""

from __future__ import annotations

import contextlib
import os
import pwd
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError, NoPrivilegeError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.workshop import unix_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "nslab-grade"
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
        [free] = unix_accounts.free_names(_PREFIX, 1)
        seat = unix_accounts.make(free)
        try:
            yield pwd.getpwnam(free)
        finally:
            unix_accounts.remove(seat)


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
