"""The doctor's examination: all checks together."""

from __future__ import annotations

import time
from dataclasses import dataclass

from nslabkit.doctor import (
    kernel_features,
    lesson_needs,
    machine_limits,
    platforms,
    programs,
    python_side,
    rendering,
)
from nslabkit.doctor.check import Check, Status, can_run


@dataclass(frozen=True, repr=False)
class Examination:
    """What was found on this machine.

    Attributes
    ----------
    checks : tuple of Check
        The rows of the table.
    notes : tuple of Note
        What is different on this kind of machine.
    seconds : float
        How long it took.
    """

    checks: tuple[Check, ...]
    notes: tuple[platforms.Note, ...]
    seconds: float

    @property
    def can_run(self) -> bool:
        """Whether the first lesson can run."""
        return can_run(self.checks)

    @property
    def json(self) -> dict[str, object]:
        """The same for a script; statuses and names of checks are always in English."""
        return {
            "can_run_first_lesson": self.can_run,
            "seconds": round(self.seconds, 3),
            "checks": [check.json for check in self.checks],
            "lessons_lack": {
                lesson: [check.name for check in rows]
                for lesson, rows in lesson_needs.lacking(self.checks).items()
            },
            "notes": [vars(note) for note in self.notes],
        }

    def __getitem__(self, name: str) -> Check:
        """Return one check by its name, for instance ``"veth"``.

        Raises
        ------
        KeyError
            There is no such check.
        """
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(name)

    def __repr__(self) -> str:
        """Return the table as text of 80 columns, without colours."""
        return rendering.text(self.checks, self.notes, width=80)

    def _repr_html_(self) -> str:
        return rendering.html(self.checks, self.notes)


def doctor() -> Examination:
    """Check whether this machine can run the lessons, by trying.

    Makes one sandbox and in it what the lessons make: namespaces, a veth pair, a ping, a bridge,
    nft rules, sockets.  Takes well under 3 s, changes nothing, and works in a notebook (the
    sandbox is then one inside the notebook's own).

    Returns
    -------
    Examination
        Prints as a table; ``.can_run``, ``.json``, and ``["veth"]`` for one check.

    Notes
    -----
    The same from a terminal: ``nslabkit doctor``.
    """
    start = time.monotonic()
    machines = kernel_features.checks()
    own_kernel = any(row.name == "uml" and row.status is Status.OK for row in machines)
    checks = (
        *machines,
        *programs.checks(),
        *machine_limits.checks(sandbox_needed=not own_kernel),
        *python_side.checks(),
    )
    notes = platforms.notes()
    return Examination(checks, notes, time.monotonic() - start)
