"""The rate figure: frames and bytes per second on each link, and losses.

One row for each link: what it sent above the line, what it received below.  The kernel's counter
of dropped frames says how many, not when; so a drop is marked on the link, not at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.base import palette
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.base.units import shortened
from nslabkit.show.figures.figure import SIZE, SMALL, WIDTH, Figure
from nslabkit.show.figures.plots import tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.capture import Recording

_SECOND = 1_000_000_000  # nanoseconds
_BINS = 120  # steps of a curve, at most; more cannot be told apart at this width
_ROW = 130  # pixels
_TOP, _BOTTOM = 0, 54  # pixels
_LEFT, _RIGHT, _BETWEEN = 78, 14, 84  # pixels
_MOST = 12  # links; more cannot be read


@dataclass(frozen=True)
class _Row:
    """What passed one link, step by step: a second's worth of frames and bytes."""

    name: str
    sent: tuple[Any, Any]
    received: tuple[Any, Any]
    frames: int
    size: int
    dropped: int

    def words(self) -> str:
        text = _("{link}: {frames:,} frames, {size:,} bytes, {drops}").format(
            link=self.name, frames=self.frames, size=self.size, drops=self.drops()
        )
        most = max(float(self.sent[0].max()), float(self.received[0].max()))
        return _("{sentence}, at most {most:,.0f} frames/s one way").format(
            sentence=text, most=most
        )

    def drops(self) -> str:
        if not self.dropped:
            return _("none dropped")
        return _("✘ {count:,} dropped by the kernel").format(count=self.dropped)


def rate(recording: Recording) -> Figure:
    """Draw frames and bytes a second for each link of a recording.

    Parameters
    ----------
    recording : Recording
        What ``lab.capture`` or ``lab.open_capture`` returned.

    Returns
    -------
    Figure
        Show it as the last line of a cell.

    Raises
    ------
    InvalidValueError
        The recording holds no frame.
    """
    if not len(recording.frames):
        raise InvalidValueError(
            "lab.figures.rate(recording)",
            _("The recording has no frames, so there is no rate to draw."),
            _("Send something while it runs: a ping, for example."),
        )
    times = recording.frames["time"]
    begin, end = int(times.min()), int(times.max())
    step = _step(end - begin)
    count = (end - begin) // step + 1
    rows = [
        _row(recording, number, begin, step, count) for number in range(len(recording.interfaces))
    ]
    busy = sorted((row for row in rows if row.frames or row.dropped), key=lambda row: -row.frames)
    shown = [row for row in rows if row in busy[:_MOST]]
    title = _("{frames:,} frames in {seconds:.3g} s: {drops}").format(
        frames=len(times),
        seconds=(end - begin) / _SECOND,
        drops=_("nothing was lost")
        if not sum(row.dropped for row in rows)
        else _("the kernel dropped {count:,} on the way to the recorder").format(
            count=sum(row.dropped for row in rows)
        ),
    )
    description = _("{rows}. Each step of a curve is {milli:g} ms.").format(
        rows="; ".join(row.words() for row in rows), milli=step / 1_000_000
    )
    if len(shown) < len(busy):
        description += " " + _("Only the {count} busiest links are drawn.").format(count=_MOST)
    edges = np.arange(count + 1) * (step / _SECOND)

    def draw(figure: SubFigure, ink: Ink) -> None:
        _draw(figure, ink, shown, edges)

    return Figure(title, description, _TOP + _ROW * len(shown) + _BOTTOM, draw)


def _step(span: int) -> int:
    """Return the length of a step in ns: a round number, so that at most `_BINS` fill the span."""
    least = max(span / _BINS, 1000)
    power = 10 ** (len(str(int(least))) - 1)
    return int(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least))


def _row(recording: Recording, number: int, begin: int, step: int, count: int) -> _Row:
    frames = recording.frames[recording.frames["interface"] == number]
    places = (frames["time"] - np.uint64(begin)) // np.uint64(step)
    sizes = frames["length"].astype(np.float64)
    per_second = _SECOND / step
    curves = []
    for way in (frames["outgoing"], ~frames["outgoing"]):
        there = places[way].astype(np.int64)
        curves.append(
            (
                np.bincount(there, minlength=count) * per_second,
                np.bincount(there, weights=sizes[way], minlength=count) * per_second,
            )
        )
    interface = recording.interfaces[number]
    name = f"{interface.namespace or _('host')}/{interface.name}"
    return _Row(name, curves[0], curves[1], len(frames), int(sizes.sum()), interface.dropped)


def _draw(figure: SubFigure, ink: Ink, rows: list[_Row], edges: Any) -> None:  # noqa: ANN401
    height = _TOP + _ROW * len(rows) + _BOTTOM
    wide = (WIDTH - 2 * _LEFT - _RIGHT - _BETWEEN + 70) / 2
    tops = [
        max(float(curve[what].max()) for row in rows for curve in (row.sent, row.received)) or 1
        for what in (0, 1)
    ]
    for number, row in enumerate(rows):
        for what, unit in enumerate((_("frames/s"), _("bytes/s"))):
            left = _LEFT + what * (wide + _BETWEEN)
            bottom = _BOTTOM + _ROW * (len(rows) - 1 - number)
            axes = figure.add_axes(
                (left / WIDTH, (bottom + 8) / height, wide / WIDTH, (_ROW - 42) / height)
            )
            _panel(axes, ink, (row.sent[what], row.received[what]), edges, tops[what])
            axes.set_ylabel(unit, color=ink.ink, size=SIZE)
            if number == len(rows) - 1:
                axes.set_xlabel(_("time since the first frame, s"), color=ink.ink, size=SIZE)
            else:
                axes.tick_params(labelbottom=False)
            if what == 0:
                axes.set_title(row.name, loc="left", size=SIZE, weight="bold", color=ink.ink)
            else:
                text = _("{frames:,} frames, {size:,} bytes, {drops}").format(
                    frames=row.frames, size=row.size, drops=row.drops()
                )
                axes.set_title(
                    text,
                    loc="right",
                    size=SMALL,
                    weight="bold" if row.dropped else "normal",
                    color=palette.DROPPED if row.dropped else ink.faint,
                )


def _panel(
    axes: Axes,
    ink: Ink,
    curves: tuple[Any, Any],
    edges: Any,  # noqa: ANN401 - numpy's arrays
    top: float,
) -> None:
    sent, received = curves
    axes.stairs(sent, edges, fill=True, facecolor=palette.SENT, edgecolor=palette.SENT, linewidth=1)
    axes.stairs(
        -received,
        edges,
        fill=True,
        facecolor=palette.RECEIVED,
        edgecolor=ink.faint,
        hatch="////",
        linewidth=0,
    )
    axes.stairs(-received, edges, color=palette.RECEIVED, linewidth=1)
    axes.axhline(0, color=ink.faint, linewidth=0.8)
    axes.set_ylim(-1.25 * top, 1.25 * top)
    axes.set_xlim(edges[0], edges[-1])
    mark = _round_below(top)
    axes.set_yticks([-mark, 0, mark], [shortened(mark), "0", shortened(mark)])
    tidy(axes, ink, grid="y")
    for height, word in ((0.9, _("▲ sent")), (0.1, _("▼ received"))):
        axes.text(
            0.995,
            height,
            word,
            transform=axes.transAxes,
            ha="right",
            va="center",
            size=SMALL,
            color=ink.ink,
            bbox={"facecolor": ink.paper, "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )


def _round_below(value: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, … that is not more than the value."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= value)
