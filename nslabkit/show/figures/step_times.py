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
from nslabkit.show.figures.figure import SIZE, SMALL, WIDTH, Figure, wrapped
from nslabkit.show.figures.scene import timeline_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.capture import Recording
    from nslabkit.timeline import Timeline

__all__ = ["step_times"]

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
    wide = WIDTH - _LEFT - _RIGHT
    axes: Axes = figure.add_axes(
        (_LEFT / WIDTH, _BOTTOM / height, wide / WIDTH, _ROW * len(rows) / height)
    )
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
        axes.annotate(
            "\n".join(wrapped(row.text, _LEFT - 20, SMALL)),
            (0, place),
            xytext=(-10, 0),
            textcoords="offset points",
            size=SMALL,
            color=ink.ink,
            ha="right",
            va="center",
            annotation_clip=False,
            parse_math=False,
        )
        for ping, bar in row.bars.items():
            colour, hatch, shift = looks[ping]
            _bar(axes, ink, bar, place + shift, (colour, hatch))
    axes.set_yticks([])
    axes.set_facecolor("none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(ink.faint)
    axes.tick_params(colors=ink.faint, labelcolor=ink.ink, labelsize=SMALL)
    axes.grid(axis="x", color=ink.grid, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel(_("time since each ping's first step began, µs"), color=ink.ink, size=SIZE)
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
    axes.annotate(
        duration(bar.length),
        (begin + length, y),
        xytext=(4, 0),
        textcoords="offset points",
        size=SMALL,
        color=ink.ink,
        va="center",
        annotation_clip=False,
    )


def _legend(figure: SubFigure, ink: Ink, looks: dict[int, tuple[str, str, float]]) -> None:
    from matplotlib.patches import Patch

    words = [_("first ping"), _("second ping")]
    patches = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=ink.paper, label=word)
        for word, (colour, hatch, _shift) in zip(words, looks.values(), strict=False)
    ]
    patches.append(
        Patch(
            facecolor=ink.paper,
            edgecolor=ink.faint,
            linestyle="--",
            label=_("hollow: outside the taps"),
        )
    )
    legend = figure.legend(
        handles=patches,
        loc="upper left",
        bbox_to_anchor=(2 / WIDTH, 1.0),
        ncols=3,
        frameon=False,
        fontsize=SMALL,
        borderaxespad=0.1,
        handletextpad=0.5,
    )
    for text in legend.get_texts():
        text.set_color(ink.ink)
