"""Units: a length of time, a moment and a large number as text."""

from __future__ import annotations

from nslabkit.base.language import translate as _

_MICRO, _MILLI, _SECOND = 1_000, 1_000_000, 1_000_000_000  # nanoseconds
_ROUNDS_UP = 0.9995  # what three figures would write as 1000 is written in the next unit


def duration(nanoseconds: float) -> str:
    """Return how long something took: three figures, or a tenth of a microsecond.

    >>> duration(1_234_000), duration(31_480), duration(999_960)
    ('1.23 ms', '31.5 µs', '1.00 ms')
    """
    size = abs(nanoseconds)
    if size < _MILLI * _ROUNDS_UP:
        return _("{number} µs").format(number=_figures(nanoseconds / _MICRO, most=1))
    if size < _SECOND * _ROUNDS_UP:
        return _("{number} ms").format(number=_figures(nanoseconds / _MILLI))
    return _("{number} s").format(number=_figures(nanoseconds / _SECOND))


def moment(nanoseconds: float) -> str:
    """Return when something was, exact to a tenth of a microsecond, or a microsecond.

    >>> moment(1_234_567), moment(31_480)
    ('1.235 ms', '31.5 µs')
    """
    if abs(nanoseconds) < _MILLI:
        return _("{number} µs").format(number=f"{nanoseconds / _MICRO:.1f}")
    if abs(nanoseconds) < _SECOND:
        return _("{number} ms").format(number=f"{nanoseconds / _MILLI:.3f}")
    return _("{number} s").format(number=f"{nanoseconds / _SECOND:.6f}")


def shortened(number: float) -> str:
    """Return a number with k, M or G behind it, so that it fits beside an axis.

    >>> shortened(50), shortened(20_000), shortened(1_500_000)
    ('50', '20k', '1.5M')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return f"{number:g}"


def _figures(number: float, most: int = 2) -> str:
    size = abs(number)
    decimals = 0 if size >= 99.95 else 1 if size >= 9.995 else 2  # noqa: PLR2004 - three figures
    return f"{number:,.{min(decimals, most)}f}"
