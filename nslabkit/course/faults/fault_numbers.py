"""Numbers of faults: which one does a number stand for?

It is the same one for everybody, but for those that a learner's variant mixes among themselves.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.course import variants

if TYPE_CHECKING:
    from collections.abc import Collection


def place_of(number: int, many: int, call: str, alike: Collection[int] = ()) -> int:
    """Return the place of a number's fault among `many`: as many in a row give them all, mixed.

    Parameters
    ----------
    number : int
        From 1 on.
    many : int
        How many faults there are.
    call : str
        What was called with the number, ``"lab.faults.wire"``; it also chooses the order.
    alike : collection of int, optional
        Places of faults of which any will do where one of them stands in a lesson: a learner's
        variant (`nslabkit.course.variants`) gives each of their numbers another of them.

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
    if variants.seed() and order[place] in alike:
        theirs = [one for one in order if one in alike]
        mixed = variants.mixer(call, round_).sample(theirs, len(theirs))
        return mixed[theirs.index(order[place])]
    return order[place]
