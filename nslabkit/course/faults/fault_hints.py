"""The hints for each fault: what to try, where to look, what is wrong."""

from __future__ import annotations

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.course.faults.fault_catalogue import numbered
from nslabkit.course.faults.first_hints import first_hints
from nslabkit.course.faults.second_hints import second_hints
from nslabkit.course.faults.third_hints import third_hints

_LEVELS = (first_hints, second_hints, third_hints)


class _Sentence(str):
    """A text for a reader: as the value of a cell it shows itself without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def hints(level: int, place: int) -> tuple[str, str, str]:
    """Return the three hints of a fault, each telling more than the one before."""
    return _LEVELS[level]()[place]


def hint(number: int, step: int) -> str:
    """Return one of the three hints for a fault, each giving away more than the one before.

    Parameters
    ----------
    number : int
        As for `lab.faults.build`.
    step : int
        1, 2 or 3.

    Raises
    ------
    InvalidValueError
        There is no such number or hint.
    """
    of_this = hints(*numbered(number))
    if step not in range(1, len(of_this) + 1):
        raise InvalidValueError(
            f"lab.faults.hint({number!r}, {step!r})",
            _("Each fault has the hints 1, 2 and 3."),
            f"lab.faults.hint({number!r}, 1)",
        )
    return _Sentence(of_this[step - 1])
