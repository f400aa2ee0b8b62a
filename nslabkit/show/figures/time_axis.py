"""The time axis: the height at which each moment is drawn.

Linear: so many pixels a microsecond, the same in all parts.  Where nothing happens for very long
compared with all shorter gaps, the axis is broken and the gap is written there.  Logarithmic:
each gap between two moments takes a height by its order of magnitude.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.base.units import duration

if TYPE_CHECKING:
    from collections.abc import Iterable

_BREAK = 60  # pixels that a broken gap takes
_MUCH = 8  # a gap is broken if it is so many times longer than all shorter ones together
_FEWEST = 3  # gaps that must be shorter, so that there is something to compare with
_TICK = 52  # pixels between two marks, about
_MICRO, _MILLI, _SECOND = 1_000, 1_000_000, 1_000_000_000  # nanoseconds


@dataclass(frozen=True)
class Break:
    """A gap that is not drawn to scale.

    Attributes
    ----------
    top, bottom : float
        Its heights, in pixels.
    gap : int
        How long it is, in ns.
    """

    top: float
    bottom: float
    gap: int


@dataclass(frozen=True)
class TimeAxis:
    """Moments and their heights.

    Attributes
    ----------
    moments : tuple of int
        Nanoseconds since the epoch, rising.
    heights : tuple of float
        Pixels from the top, for each moment.
    breaks : tuple of Break
        Where the axis is broken.
    ticks : tuple of (float, str)
        Height and text of each mark.
    unit : str
        In what the marks are counted; empty where each mark says it.
    """

    moments: tuple[int, ...]
    heights: tuple[float, ...]
    breaks: tuple[Break, ...]
    ticks: tuple[tuple[float, str], ...]
    unit: str

    @property
    def bottom(self) -> float:
        """The height of the last moment."""
        return self.heights[-1]

    def at(self, moment: int) -> float:
        """Return the height of a moment, in pixels."""
        if moment <= self.moments[0]:
            return self.heights[0]
        for number in range(1, len(self.moments)):
            begin, end = self.moments[number - 1 : number + 1]
            if moment <= end:
                low, high = self.heights[number - 1 : number + 1]
                return low + (high - low) * (moment - begin) / (end - begin)
        return self.heights[-1]


def time_axis(moments: Iterable[int], top: float, height: float, scale: str) -> TimeAxis:
    """Return an axis for these moments.

    Parameters
    ----------
    moments : iterable of int
        Nanoseconds since the epoch.
    top : float
        The height of the first moment, in pixels.
    height : float
        What the parts that are to scale take together, in pixels.
    scale : str
        ``"linear"`` or ``"log"``.
    """
    sorted_moments = sorted(set(moments))
    gaps = [later - earlier for earlier, later in itertools.pairwise(sorted_moments)]
    if scale == "log":
        return _logarithmic(sorted_moments, gaps, top, height)
    broken = _broken(gaps)
    drawn = sum(gap for gap, is_broken in zip(gaps, broken, strict=True) if not is_broken)
    rate = height / max(drawn, 1)
    heights, breaks, y = [top], [], top
    for gap, is_broken in zip(gaps, broken, strict=True):
        step = _BREAK if is_broken else gap * rate
        if is_broken:
            breaks.append(Break(y, y + step, gap))
        y += step
        heights.append(y)
    unit, size = _unit(drawn)
    ticks = _ticks(heights, breaks, rate, size)
    return TimeAxis(tuple(sorted_moments), tuple(heights), tuple(breaks), ticks, unit)


def spread_out(wanted: list[float], distance: float) -> list[float]:
    """Move heights apart to at least `distance`, each as little as possible.

    `wanted` is in rising order, and so is what is returned.  (Isotonic regression: heights that
    are too close form a group, and each group stands at the mean of what its members want.)
    """
    groups: list[list[float]] = []
    for number, height in enumerate(wanted):
        groups.append([height - number * distance, 1])
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            (mean, size), (other, more) = groups[-2], groups.pop()
            groups[-1] = [(mean * size + other * more) / (size + more), size + more]
    flat = [mean for mean, size in groups for _member in range(int(size))]
    return [height + number * distance for number, height in enumerate(flat)]


def _broken(gaps: list[int]) -> list[bool]:
    """Tell which gaps are too long to draw: all from the first that dwarfs the shorter ones on."""
    shorter = 0
    limit = math.inf
    for number, gap in enumerate(sorted(gaps)):
        if number >= _FEWEST and gap > _MUCH * shorter:
            limit = gap
            break
        shorter += gap
    return [gap >= limit for gap in gaps]


def _unit(drawn: int) -> tuple[str, int]:
    if drawn < 10 * _MILLI:
        return _("µs"), _MICRO
    if drawn < 10 * _SECOND:
        return _("ms"), _MILLI
    return _("s"), _SECOND


def _ticks(
    heights: list[float], breaks: list[Break], rate: float, unit: int
) -> tuple[tuple[float, str], ...]:
    """Return marks at round numbers, counted from the beginning of each part."""
    step = _round(_TICK / (rate * unit))
    ticks = []
    parts = zip(
        [heights[0], *(one.bottom for one in breaks)],
        [*(one.top for one in breaks), heights[-1]],
        strict=True,
    )
    for begin, end in parts:
        number = 0
        while (y := begin + number * step * unit * rate) <= end + 1:
            ticks.append((y, f"{number * step:,g}"))
            number += 1
    return tuple(ticks)


def _round(number: float) -> float:
    power = 10.0 ** math.floor(math.log10(number))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= number)


def _logarithmic(moments: list[int], gaps: list[int], top: float, height: float) -> TimeAxis:
    weights = [1 + math.log10(1 + gap / 100) for gap in gaps]
    rate = height / max(sum(weights), 1)
    heights, y = [top], top
    for weight in weights:
        y += weight * rate
        heights.append(y)
    ticks = []
    last = -math.inf
    for moment, y in zip(moments, heights, strict=True):
        if y - last >= _TICK / 3:
            ticks.append((y, duration(moment - moments[0])))
            last = y
    return TimeAxis(tuple(moments), tuple(heights), (), tuple(ticks), "")
