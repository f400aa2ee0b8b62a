"""How are measured times spread?

`spread` draws each measured value as a dot, one row for each set, with a line at the middle value
(the median).  So it can be seen whether two sets differ or only a few of their values.
"""

from __future__ import annotations

import html
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.base.palette import LOST, PAGE, PRINTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Spread", "spread"]

_WIDTH, _ROW, _TOP, _LEFT, _RIGHT = 720, 46, 40, 190, 24  # pixels
_TICKS = 5
_BEYOND = 3  # what is further out than this many medians is counted, not drawn


@dataclass(frozen=True)
class Spread:
    """Sets of measured values, and how they print.

    Attributes
    ----------
    rows : tuple of (str, tuple of float)
        Label and values of each set.
    unit : str
        What the values are counted in.
    """

    rows: tuple[tuple[str, tuple[float, ...]], ...]
    unit: str

    @property
    def title(self) -> str:
        """What the picture shows, one sentence."""
        return _("Each dot is one measurement; the line is the median of its row.")

    def __repr__(self) -> str:
        """Return each set in words, one line for each."""
        return "\n".join(map(self._words, self.rows))

    def _words(self, row: tuple[str, tuple[float, ...]]) -> str:
        label, values = row
        text = _("{label}: median {middle:.0f} {unit}, from {low:.0f} to {high:.0f} ({count})")
        return text.format(
            label=label,
            middle=statistics.median(values),
            unit=self.unit,
            low=min(values),
            high=max(values),
            count=len(values),
        )

    def _repr_html_(self) -> str:
        return f'<div style="overflow-x:auto">{self._svg()}</div>'

    def _svg(self) -> str:
        end = _end(self.rows)
        height = _TOP + _ROW * len(self.rows) + 40
        words = html.escape(f"{self.title} {'; '.join(map(self._words, self.rows))}")
        parts = [*self._axis(end, height)]
        for number, (label, values) in enumerate(self.rows):
            parts += self._row(label, values, _TOP + _ROW * (number + 0.5), end)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{words}" '
            f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
            'style="display:block;font-family:var(--jp-ui-font-family, sans-serif)" '
            f'font-family="sans-serif" font-size="13"><title>{html.escape(self.title)}</title>'
            f'<text x="0" y="18" style="fill:{PAGE.ink}">{html.escape(self.title)}</text>'
            f"{''.join(parts)}</svg>"
        )

    def _axis(self, end: float, height: int) -> list[str]:
        parts = []
        for tick in range(_TICKS + 1):
            value = end * tick / _TICKS
            x, unit = _x(value, end), f" {self.unit}" if tick == _TICKS else ""
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{height - 34}" '
                f'style="stroke:{PAGE.grid}"/><text x="{x:.1f}" y="{height - 14}" '
                f'text-anchor="{"end" if unit else "middle"}" '
                f'style="fill:{PAGE.faint}">{value:g}{html.escape(unit)}</text>'
            )
        return parts

    def _row(self, label: str, values: tuple[float, ...], y: float, end: float) -> list[str]:
        beyond = [value for value in values if value > end]
        middle = _x(min(statistics.median(values), end), end)
        # A fixed pattern of heights, so that the same values give the same picture.
        dots = [
            f'<circle cx="{_x(value, end):.1f}" cy="{y + (number * 5 % 7 - 3) * 4:.1f}" r="4" '
            f'style="fill:{PRINTED};fill-opacity:.6"/>'
            for number, value in enumerate(values)
            if value <= end
        ]
        text = f'<text x="0" y="{y + 4:.1f}" style="fill:{PAGE.ink}">{html.escape(label)}</text>'
        line = (
            f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="{y - 17:.1f}" y2="{y + 17:.1f}" '
            f'style="stroke:{LOST};stroke-width:3"/>'
        )
        more = (
            f'<text x="{_WIDTH - 2}" y="{y - 12:.1f}" text-anchor="end" font-size="12" '
            f'style="fill:{PAGE.faint}">+{len(beyond)} →</text>'
        )
        return [text, *dots, line, more if beyond else ""]


def spread(sets: Mapping[str, Iterable[float]], *, unit: str) -> Spread:
    """Return a picture of how measured values are spread, one row for each set.

    Parameters
    ----------
    sets : dict
        Label and values of each set; the values are not negative.
    unit : str
        What the values are counted in, as in ``"µs"``.

    Raises
    ------
    InvalidValueError
        A set is empty, or there is none.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.spread({"first": [50, 70, 60], "second": [20, 30, 25]}, unit="µs")
    first: median 60 µs, from 50 to 70 (3)
    second: median 25 µs, from 20 to 30 (3)
    """
    rows = tuple((str(label), tuple(values)) for label, values in sets.items())
    empty = [label for label, values in rows if not values]
    if empty or not rows:
        raise InvalidValueError(
            f"lab.spread({{{', '.join(repr(label) for label, _values in rows)}}})",
            _("There is nothing measured to draw: {labels}.").format(labels=", ".join(empty)),
            _("Run the cell that measures first."),
        )
    return Spread(rows, unit)


def _end(rows: tuple[tuple[str, tuple[float, ...]], ...]) -> float:
    """Return where the axis ends: a round number beyond all but stray values."""
    usual = max(statistics.median(values) for _label, values in rows)
    furthest = min(max(max(values) for _label, values in rows), _BEYOND * usual)
    step = 10.0 ** (len(f"{max(furthest, 1):.0f}") - 1) / 2
    return max(step, -(-furthest // step) * step)


def _x(value: float, end: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / end
