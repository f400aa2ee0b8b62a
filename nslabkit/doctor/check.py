"""A check: one row of the doctor's table."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Iterable


class Status(enum.Enum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"  # some lesson lacks it, not the first
    FAIL = "fail"  # the first lesson cannot run
    UNTRIED = "not tried"  # a check before it failed


@dataclass(frozen=True)
class Check:
    """One row of the table.

    Attributes
    ----------
    name : str
        A word that stays the same in every language, for scripts: ``veth``.
    title : str
        What was checked, in the reader's language.
    status : Status
        How it came out.
    seen : str
        What was seen: a version, an answer, what the kernel said.
    remedy : str
        What helps, beginning with who must do it; empty where nothing is wrong.
    """

    name: str
    title: str
    status: Status
    seen: str
    remedy: str = ""

    @property
    def json(self) -> dict[str, str]:
        """The same for a script; the status is always in English."""
        return {
            "name": self.name,
            "title": self.title,
            "status": self.status.value,
            "seen": self.seen,
            "remedy": self.remedy,
        }


def can_run(checks: Iterable[Check]) -> bool:
    """Return whether the first lesson can run."""
    return not any(check.status is Status.FAIL for check in checks)


def word(status: Status) -> str:
    """Return `status` in the reader's language."""
    return {
        Status.OK: _("ok"),
        Status.WARN: _("warn"),
        Status.FAIL: _("fail"),
        Status.UNTRIED: _("not tried"),
    }[status]
