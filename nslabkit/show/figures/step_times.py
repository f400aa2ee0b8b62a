"""Step times: where the time of a first ping goes, and that of a second.

One row for each step; the bars of both pings stand where the step began, on the same scale.  What
lies outside the taps is drawn hollow: no frame tells what it consists of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base import palette
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.base.units import duration
from nslabkit.show.figures.figure import SMALL, Figure, wrapped
from nslabkit.show.figures.plots import add_legend, axes_between, tidy, write_beside
from nslabkit.show.figures.scene import timeline_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.capture import Recording
    from nslabkit.timeline import Timeline

_ROW, _TOP, _BOTTOM = 40, 34, 54  # pixels
_LEFT, _RIGHT = 336, 62  # pixels
_MICRO = 1000  # nanoseconds


@dataclass(frozen=True)
class _Bar:
    """One step of one ping: from when, since that ping began, and how long, in ns."""

    begin: int
    length: int
    inside: bool


@dataclass(frozen=True)
class _Row:
    """One step: its words, and its bar in each ping that has it."""

    text: str
    bars: dict[int, _Bar]


def step_times(source: Recording | Timeline) -> Figure:
    """Draw the steps of the first and the second ping in a recording, on one scale.

    Parameters
    ----------
    source : Recording or Timeline
        What ``lab.capture`` returned, with the links of both ends, or its ``.timeline()``.

    Returns
    -------
    Figure
        Show it as the last line of a cell.

    Raises
    ------
    InvalidValueError
        There is no ping in the recording.
    """
    timeline = timeline_of(source)
    steps = [step for step in timeline.steps() if step.ping is not None and step.nanoseconds]
    pings = list(dict.fromkeys(step.ping for step in steps if step.ping is not None))[:2]
    if not pings:
        raise InvalidValueError(
            "lab.figures.step_times(recording)",
            _("There is no ping in this recording."),
            _('Send two while it runs: one.run("ping -c 2 172.16.0.2")'),
        )
    begun = {
        ping: min(
            timeline.event(step.begin).time for step in steps if step.ping == ping and step.begin
        )
        for ping in pings
    }
    rows: dict[str, _Row] = {}
    for step in steps:
        if step.ping in begun and step.begin is not None and step.nanoseconds is not None:
            since = timeline.event(step.begin).time - begun[step.ping]
            row = rows.setdefault(step.key, _Row(step.text, {}))
            row.bars[step.ping] = _Bar(since, step.nanoseconds, step.inside)
    order = sorted(rows.values(), key=lambda row: max(bar.begin for bar in row.bars.values()))

    def draw(figure: SubFigure, ink: Ink) -> None:
        _draw(figure, ink, order, pings)

    height = _TOP + _ROW * len(order) + _BOTTOM
    return Figure(_title(order, pings), _description(order, pings), height, draw)


def _within(rows: list[_Row], ping: int) -> int:
    """Return how long a ping took between the taps, in ns."""
    bars = [row.bars[ping] for row in rows if ping in row.bars and row.bars[ping].inside]
    if not bars:
        return 0
    return max(one.begin + one.length for one in bars) - min(one.begin for one in bars)


def _title(rows: list[_Row], pings: list[int]) -> str:
    times = [duration(_within(rows, ping)) for ping in pings]
    if len(pings) == 1:
        return _("Between the taps, the ping took {first}").format(first=times[0])
    return _("Between the taps, the first ping took {first}, the second {second}").format(
        first=times[0], second=times[1]
    )


def _description(rows: list[_Row], pings: list[int]) -> str:
    sentences = []
    for ping in pings:
        parts = [
            _("{step}: {time}").format(step=row.text, time=duration(row.bars[ping].length))
            for row in rows
            if ping in row.bars
        ]
        sentences.append(_("Ping {number}: {steps}.").format(number=ping, steps="; ".join(parts)))
    return " ".join(sentences)


def _draw(figure: SubFigure, ink: Ink, rows: list[_Row], pings: list[int]) -> None:
    height = _TOP + _ROW * len(rows) + _BOTTOM
    axes = axes_between(figure, height, left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM)
    end = max(bar.begin + bar.length for row in rows for bar in row.bars.values()) / _MICRO
    axes.set_xlim(0, end)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    looks = dict(
        zip(
            pings,
            ((palette.FIRST_PING, "", -0.19), (palette.SECOND_PING, "////", 0.19)),
            strict=False,
        )
    )
    for place, row in enumerate(rows):
        label = "\n".join(wrapped(row.text, _LEFT - 20, SMALL))
        write_beside(axes, ink, label, (0, place), -10)
        for ping, bar in row.bars.items():
            colour, hatch, shift = looks[ping]
            _bar(axes, ink, bar, place + shift, (colour, hatch))
    tidy(axes, ink, grid="x", label=_("time since each ping's first step began, µs"))
    _legend(figure, ink, looks)


def _bar(axes: Axes, ink: Ink, bar: _Bar, y: float, look: tuple[str, str]) -> None:
    colour, hatch = look
    begin, length = bar.begin / _MICRO, bar.length / _MICRO
    axes.barh(
        y,
        length,
        0.34,
        left=begin,
        facecolor=colour if bar.inside else ink.paper,
        edgecolor=ink.paper if bar.inside else colour,
        hatch=hatch if bar.inside else "",
        linewidth=0.6 if bar.inside else 1.8,
        linestyle="-" if bar.inside else "--",
    )
    axes.plot([begin, begin], [y - 0.17, y + 0.17], color=colour, linewidth=1.6)
    write_beside(axes, ink, duration(bar.length), (begin + length, y), 4)


def _legend(figure: SubFigure, ink: Ink, looks: dict[int, tuple[str, str, float]]) -> None:
    words = [_("first ping"), _("second ping")]
    patches = [
        {"facecolor": colour, "hatch": hatch, "edgecolor": ink.paper, "label": word}
        for word, (colour, hatch, _shift) in zip(words, looks.values(), strict=False)
    ]
    hollow = _("hollow: outside the taps")
    outside = {"facecolor": ink.paper, "edgecolor": ink.faint, "linestyle": "--", "label": hollow}
    add_legend(figure, ink, 2, [*patches, outside])
