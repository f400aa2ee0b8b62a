"""Who said what to whom, in which order, and when?

Namespaces stand as columns, time runs downwards, each frame is a slanted arrow from where it left
to where it arrived.  Along each column a bar shows what its neighbour table knows.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from nslabkit.errors import InvalidValueError
from nslabkit.figures.figure import SIZE, SMALL, WIDTH, Figure
from nslabkit.figures.ladder_words import description, title
from nslabkit.figures.scene import Scene, name_of, scene
from nslabkit.figures.states import STATES, spells
from nslabkit.figures.style import BLUE, VERMILLION, Ink
from nslabkit.figures.time_axis import TimeAxis, duration, spread_out, time_axis
from nslabkit.language import translate as _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from nslabkit.capture import Recording
    from nslabkit.figures.scene import Crossing
    from nslabkit.figures.states import Spell
    from nslabkit.timeline import Timeline

__all__ = ["ladder"]

_SCALES = ("linear", "log")
_AXIS = 62  # pixels: where the time's marks end
_SIDE = 178  # pixels beside the outer columns, for the words of neighbour states
_TOP, _FOOT = 58, 66  # pixels: the columns' names; what stands below
_LEAST, _PER_FRAME = 300, 34  # pixels of height: at least, and for each frame
_BAR = 11  # pixels: the width of a neighbour's bar
_LABEL = 17  # pixels from one line of text to the next
_FAR = 10  # pixels that a label may stand from its arrow before a line leads to it
_STUB = 90  # pixels of an arrow with one end
_WORTH = 15  # pixels of height that a pause must have to be labelled


def ladder(
    source: Recording | Timeline, *, first: int = 1, count: int = 24, scale: str = "linear"
) -> Figure:
    """Draw the frames of a recording as a ladder, with the neighbour tables beside it.

    Parameters
    ----------
    source : Recording or Timeline
        What ``lab.capture`` returned, or its ``.timeline()``.
    first, count : int
        Which frames: `count` of them, beginning with number `first`.
    scale : str
        ``"linear"``: so many pixels a microsecond, broken where nothing happens for very long;
        ``"log"``: each pause by its order of magnitude, so that long and short ones show.

    Returns
    -------
    Figure
        Show it as the last line of a cell.

    Raises
    ------
    InvalidValueError
        There is no frame to draw, or no such scale.
    """
    if scale not in _SCALES:
        raise InvalidValueError(
            f"lab.figures.ladder(recording, scale={scale!r})",
            _("There is no scale of that name. There are: {names}.").format(
                names=", ".join(_SCALES)
            ),
            _('For example: scale="log"'),
        )
    found = scene(source, first=first, count=count)
    moments = [moment for one in found.crossings for moment in (one.begin, one.end)]
    height = max(_LEAST, _PER_FRAME * len(found.crossings))
    axis = time_axis(moments, _TOP + 16, height, scale)
    notes = _notes(found)
    foot = _FOOT + _LABEL * len(notes)

    def draw(figure: SubFigure, ink: Ink) -> None:
        _Drawing(figure, ink, found, axis, axis.bottom + foot).all(notes)

    return Figure(title(found), description(found), axis.bottom + foot, draw)


def _notes(found: Scene) -> list[str]:
    notes = [f"▲ {note}" for note in found.notes]
    if found.left_out:
        text = _("▲ {count:,} further frames are not drawn: choose with first= and count=.")
        notes.append(text.format(count=found.left_out))
    return notes


class _Drawing:
    """One ladder while it is drawn; coordinates are pixels, from the top."""

    def __init__(
        self, figure: SubFigure, ink: Ink, found: Scene, axis: TimeAxis, height: float
    ) -> None:
        self.ink, self.scene, self.time, self.height = ink, found, axis, height
        axes: Axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        axes.axis("off")
        self.axes = axes
        lanes = max(len(found.columns) - 1, 1)
        wide = (WIDTH - _AXIS - 2 * _SIDE) / lanes
        self.x = [_AXIS + _SIDE + wide * number for number in range(len(found.columns))]
        self.end = axis.bottom + 18  # where the columns end

    def all(self, notes: list[str]) -> None:
        """Draw everything, from the back to the front."""
        self._time()
        self._columns()
        self._breaks()
        self._neighbours()
        self._frames()
        self._pauses()
        for number, note in enumerate(notes):
            self._text(10, self.end + 42 + _LABEL * number, note, size=SMALL, weight="bold")
        told = _(
            "Frames stand where the kernel's clock saw them pass. A neighbour's state stands at "
            "what caused it, or where it was read from the table."
        )
        self._text(10, self.end + 22, told, size=SMALL, color=self.ink.faint)

    def _text(self, x: float, y: float, text: str, **style: Any) -> None:  # noqa: ANN401
        chosen: dict[str, Any] = {"size": SIZE, "color": self.ink.ink, "va": "center"}
        chosen |= {"parse_math": False} | style
        self.axes.text(x, y, text, **chosen)

    def _line(self, xs: tuple[float, float], ys: tuple[float, float], **style: Any) -> None:  # noqa: ANN401
        chosen: dict[str, Any] = {"color": self.ink.faint, "linewidth": 1} | style
        self.axes.plot(xs, ys, **chosen)

    def _time(self) -> None:
        head = _("time, {unit}").format(unit=self.time.unit) if self.time.unit else _("time")
        self._text(_AXIS - 6, _TOP - 36, head, size=SMALL, ha="right", color=self.ink.faint)
        for y, text in self.time.ticks:
            self._text(_AXIS - 6, y, text, size=SMALL, ha="right", color=self.ink.faint)
            self._line((_AXIS, WIDTH - 8), (y, y), color=self.ink.grid, linewidth=0.7, zorder=0)

    def _columns(self) -> None:
        links: dict[str, dict[str, None]] = {name: {} for name in self.scene.columns}
        for one in self.scene.crossings:
            for packet in filter(None, (one.sent, one.received)):
                links[packet.interface.namespace][packet.interface.name] = None
        for x, (name, mine) in zip(self.x, links.items(), strict=True):
            self._text(x, 12, name_of(name), size=SIZE + 1.5, weight="bold", ha="center")
            self._text(x, 30, ", ".join(mine), size=SMALL, ha="center", color=self.ink.faint)
            self._line((x, x), (_TOP - 14, self.end), color=self.ink.ink, linewidth=1.6)

    def _breaks(self) -> None:
        for one in self.time.breaks:
            top, bottom = one.top + 12, one.bottom - 26
            self.axes.fill_between(
                (_AXIS, WIDTH - 8), top, bottom, color=self.ink.shade, linewidth=0, zorder=2.5
            )
            for y in (top, bottom):
                self._line((_AXIS, WIDTH - 8), (y, y), linestyle=(0, (4, 3)), zorder=2.6)
            text = _("⋮ {gap} in which no frame passes").format(gap=duration(one.gap))
            self._text(
                sum((self.x[0], self.x[-1])) / 2, (top + bottom) / 2, text, ha="center", zorder=4
            )
        for step in self.scene.clock_steps:
            y = self.time.at(step)
            self._line((_AXIS, WIDTH - 8), (y, y), color=VERMILLION, linestyle=":", linewidth=2)
            self._text(_AXIS + 6, y - 9, _("▲ the clock was set here"), color=VERMILLION)

    def _neighbours(self) -> None:
        for place, name in enumerate(self.scene.columns):
            right = place > 0 and place == len(self.scene.columns) - 1
            side = 1 if right else -1
            found = spells(self.scene, name, self.time, self.end)
            addresses = self.scene.addresses(name)
            # In the order of time, so that words can be moved apart.
            found = sorted(found, key=lambda spell: spell.top)
            room = _SIDE - 14 - _BAR * len(addresses)
            texts = [spell.words(room, several=len(addresses) > 1) for spell in found]
            lines = max((text.count("\n") + 1 for text in texts), default=1)
            heights = spread_out([spell.top + 8 for spell in found], lines * (_LABEL - 1))
            outer = self.x[place] + side * (9 + _BAR * len(addresses))
            for spell, y, text in zip(found, heights, texts, strict=True):
                inner = self.x[place] + side * (5 + _BAR * addresses.index(spell.address))
                self._bar(spell, inner if side > 0 else inner - _BAR + 1)
                self._text(
                    outer + side * 3,
                    y,
                    text,
                    size=SMALL,
                    ha="left" if side > 0 else "right",
                    zorder=5,
                    bbox=self._paper(),
                )

    def _bar(self, spell: Spell, x: float) -> None:
        from matplotlib.patches import Rectangle

        colour, hatch = STATES.get(spell.state, (self.ink.faint, ""))
        self.axes.add_patch(
            Rectangle(
                (x, spell.top),
                _BAR - 1,
                max(spell.bottom - spell.top, 2),
                facecolor=colour,
                edgecolor=self.ink.paper,
                hatch=hatch,
                linewidth=0.8,
                zorder=3,
            )
        )

    def _frames(self) -> None:
        for lane in self._lanes():
            wanted = [self._middle(one) - 10 for one in lane]
            order = sorted(range(len(lane)), key=lambda number: wanted[number])
            heights = spread_out([wanted[number] for number in order], _LABEL)
            for number, y in zip(order, heights, strict=True):
                self._arrow(lane[number])
                self._label(lane[number], y, far=abs(y - wanted[number]) > _FAR)

    def _lanes(self) -> list[list[Crossing]]:
        """Return the frames by the pair of columns between which they run."""
        lanes: dict[tuple[float, ...], list[Crossing]] = {}
        for one in self.scene.crossings:
            lanes.setdefault(tuple(sorted(self._ends(one))), []).append(one)
        return list(lanes.values())

    def _ends(self, one: Crossing) -> tuple[float, float]:
        """Return where a frame's arrow begins and ends; one with one end becomes a stub."""
        sent = None if one.sent is None else self.x[self.scene.column(one.sent)]
        received = None if one.received is None else self.x[self.scene.column(one.received)]
        if sent is not None and received is not None and sent != received:
            return sent, received
        if sent == received:  # on lo, where who sends receives
            received = None
        known = sent if received is None else received
        assert known is not None
        away = known - _STUB if known == self.x[-1] and len(self.x) > 1 else known + _STUB
        return (known, away) if received is None else (away, known)

    def _middle(self, one: Crossing) -> float:
        return (self.time.at(one.begin) + self.time.at(one.end)) / 2

    def _arrow(self, one: Crossing) -> None:
        begin, end = self._ends(one)
        whole = one.sent is not None and one.received is not None
        self.axes.annotate(
            "",
            xy=(end, self.time.at(one.end)),
            xytext=(begin, self.time.at(one.begin)),
            arrowprops={
                "arrowstyle": "-|>,head_length=0.7,head_width=0.28",
                "color": VERMILLION if one.lost else BLUE,
                "linewidth": 2,
                "linestyle": "-" if whole else (0, (4, 3)),
                "shrinkA": 0,
                "shrinkB": 1,
            },
            zorder=4,
        )

    def _label(self, one: Crossing, y: float, *, far: bool) -> None:
        begin, end = self._ends(one)
        x = (begin + end) / 2
        if far:
            self._line((x, x), (y, self._middle(one)), color=BLUE, linewidth=0.8, zorder=4.5)
        text = f"{one.number}  {one.label}"
        if one.lost:
            text += " " + _("✘ not received")
        elif one.sent is None or one.received is None:
            text += " " + _("(seen at one end only)")
        self._text(x, y, text, ha="center", zorder=6, bbox=self._paper())

    def _pauses(self) -> None:
        """Write beside a column how long it took from one frame to its answer or successor."""
        for earlier, later in itertools.pairwise(self.scene.crossings):
            if earlier.received is None or later.sent is None:
                continue
            column = self.scene.column(earlier.received)
            top, bottom = self.time.at(earlier.end), self.time.at(later.begin)
            broken = any(top <= one.top and one.bottom <= bottom for one in self.time.breaks)
            if column != self.scene.column(later.sent) or bottom - top < _WORTH or broken:
                continue
            right = column > 0 and column == len(self.x) - 1
            x, side = self.x[column], -1 if right else 1
            self._line((x + side * 5, x + side * 5), (top + 3, bottom - 3), linewidth=1)
            text = duration(later.begin - earlier.end)
            self._text(
                x + side * 10,
                (top + bottom) / 2,
                text,
                size=SMALL,
                ha="right" if right else "left",
                color=self.ink.faint,
            )

    def _paper(self) -> dict[str, Any]:
        return {"facecolor": self.ink.paper, "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
