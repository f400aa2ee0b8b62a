"""The choice of backend: which way of making a machine is tried first, and which next?

There are two: a *sandbox* is made of namespaces of this computer's Linux kernel; *uml* is a Linux
kernel of its own that runs as a program.  The sandbox is quicker and comes first.  Nobody guesses
whether it can be made: it is, or the kernel says no, and then the other way is tried.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nslabkit.machine.system_calls import StageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

AUTO, SANDBOX, UML = "auto", "sandbox", "uml"
CHOICES = (AUTO, SANDBOX, UML)
# What is wrong then is wrong for every way: a program or a folder that is not there.
_WRONG_ANYWHERE = ("exec", "tool", "folder", "owner", "map-choice")


class AllFailedError(Exception):
    """No way led to a machine.

    Parameters
    ----------
    failures : sequence of StageError
        The steps that failed, one for each way that was tried.
    """

    def __init__(self, failures: Sequence[StageError]) -> None:
        super().__init__(*failures)
        self.failures = failures


def ways(environment: Mapping[str, str] = os.environ, setting: str = AUTO) -> tuple[str, ...]:
    """Return the ways to try, in this order.

    Parameters
    ----------
    environment : mapping
        ``NSLAB_BACKEND`` in it wins over `setting`.
    setting : str
        The kernelspec's: ``auto``, ``sandbox`` or ``uml``.

    Raises
    ------
    StageError
        Stage ``backend``: there is no such way.
    """
    chosen = environment.get("NSLAB_BACKEND") or setting
    if chosen not in CHOICES:
        raise StageError("backend", 0, chosen)
    return (SANDBOX, UML) if chosen == AUTO else (chosen,)


def may_try_another(failed: StageError) -> bool:
    """Return whether another way may succeed where this one failed."""
    return failed.stage not in _WRONG_ANYWHERE


def first_that_works(attempt: Callable[[str], int]) -> int:
    """Try the ways that the environment allows until one works; return what `attempt` returned.

    Raises
    ------
    AllFailedError
        None of them did.
    """
    failures: list[StageError] = []
    try:
        for way in ways():
            try:
                return attempt(way)
            except StageError as error:
                failures.append(error)
                if not may_try_another(error):
                    break
    except StageError as error:  # there is no such way
        failures.append(error)
    raise AllFailedError(failures)
