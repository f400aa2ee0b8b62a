"""Numbers of faults: which one a number stands for, the same for everybody."""

from __future__ import annotations

import random

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _

__all__ = ["place_of"]


def place_of(number: int, many: int, call: str) -> int:
    """Return the place of a number's fault among `many`: as many in a row give them all, mixed.

    Parameters
    ----------
    number : int
        From 1 on.
    many : int
        How many faults there are.
    call : str
        What was called with the number, ``"lab.faults.wire"``; it also chooses the order.

    Raises
    ------
    InvalidValueError
        It is no such number.
    """
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise InvalidValueError(
            f"{call}({number!r})",
            _("Choose a fault by a whole number, from 1 up."),
            f"{call}(1)",
        )
    round_, place = divmod(number - 1, many)
    order = random.Random(f"{call} {round_}").sample(range(many), many)  # noqa: S311 - mixing, no secret
    return order[place]
