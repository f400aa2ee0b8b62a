"""The layout of a ladder.  Coordinates are pixels, from the top."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from nslabkit.base import palette
from nslabkit.base.folding import pixels
from nslabkit.base.language import translate as _
from nslabkit.base.units import duration
from nslabkit.show.figures.figure import SIZE, SMALL, WIDTH
from nslabkit.show.figures.scene import name_of
from nslabkit.show.figures.states import bar, spells
from nslabkit.show.figures.time_axis import spread_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.show.figures.crossings import Crossing
    from nslabkit.show.figures.scene import WireScene
    from nslabkit.show.figures.states import Spell
    from nslabkit.show.figures.time_axis import TimeAxis

FOOT = 18  # pixels from the last frame to where the columns end
_AXIS = 62  # pixels: where the time's marks end
_SIDE = 178  # pixels beside the outer columns, for the words of neighbour states
TOP = 58  # pixels: the columns' names
LINE = 17  # pixels from one line of text to the next
_BAR = 11  # pixels: the width of a neighbour's bar
_FAR = 10  # pixels that a label may stand from its arrow before a line leads to it
_STUB = 64  # pixels of an arrow with one end
CROWD = 3  # columns; so many leave no room for words between them
_NARROW = 66  # pixels beside the outer columns then
_LIST, _WIDEST = 232, 320  # pixels: the list of frames on the right, at least and at most
_WORTH = 15  # pixels of height that a pause must have to be labelled


class LadderDrawing:
    """One ladder while it is drawn; coordinates are pixels, from the top."""

    def __init__(
        self, figure: SubFigure, ink: Ink, scene: WireScene, axis: TimeAxis, height: float
    ) -> None:
        self.ink, self.scene, self.time, self.height = ink, scene, axis, height
        axes: Axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        axes.axis("off")
        self.axes = axes
        self.crowded = len(scene.columns) >= CROWD
        self.listed = self._list_width() if self.crowded else 0
        side, listed = _NARROW if self.crowded else _SIDE, self.listed
        lanes = max(len(scene.columns) - 1, 1)
        wide = (WIDTH - _AXIS - 2 * side - listed) / lanes
        self.x = [_AXIS + side + wide * number for number in range(len(scene.columns))]
        self.end = axis.bottom + FOOT  # where the columns end

    def all(self, notes: list[str], short: list[str]) -> None:
        """Draw everything, from the back to the front."""
        self._time()
        self._columns()
        self._breaks()
        self._neighbours()
        self._frames()
        self._pauses()
        for number, note in enumerate(notes):
            self._text(10, self.end + 42 + LINE * number, note, size=SMALL, weight="bold")
        told = _(
            "A frame is where the kernel's clock saw it pass, a neighbour's state at what "
            "caused it or where it was read from the table."
        )
        self._text(10, self.end + 22, told, size=SMALL, color=self.ink.faint)
        self._initials(short, self.end + 42 + LINE * len(notes))

    def _text(self, x: float, y: float, text: str, **style: Any) -> None:  # noqa: ANN401
        chosen: dict[str, Any] = {"size": SIZE, "color": self.ink.ink, "va": "center"}
        chosen |= {"parse_math": False} | style
        self.axes.text(x, y, text, **chosen)

    def _line(self, xs: tuple[float, float], ys: tuple[float, float], **style: Any) -> None:  # noqa: ANN401
        chosen: dict[str, Any] = {"color": self.ink.faint, "linewidth": 1} | style
        self.axes.plot(xs, ys, **chosen)

    def _time(self) -> None:
        head = _("time, {unit}").format(unit=self.time.unit) if self.time.unit else _("time")
        self._text(8, TOP - 36, head, size=SMALL, color=self.ink.faint)
        for y, text in self.time.ticks:
            self._text(_AXIS - 6, y, text, size=SMALL, ha="right", color=self.ink.faint)
            self._line((_AXIS, WIDTH - 8), (y, y), color=self.ink.grid, linewidth=0.7, zorder=0)

    def _columns(self) -> None:
        links: dict[str, dict[str, None]] = {name: {} for name in self.scene.columns}
        for crossing in self.scene.crossings:
            for packet in filter(None, (crossing.sent, crossing.received)):
                links[packet.interface.namespace][packet.interface.name] = None
        for x, (name, mine) in zip(self.x, links.items(), strict=True):
            self._text(x, 12, name_of(name), size=SIZE + 1.5, weight="bold", ha="center")
            self._text(x, 30, ", ".join(mine), size=SMALL, ha="center", color=self.ink.faint)
            self._line((x, x), (TOP - 14, self.end), color=self.ink.ink, linewidth=1.6)

    def _breaks(self) -> None:
        for pause in self.time.breaks:
            top, bottom = pause.top + 12, pause.bottom - 26
            self.axes.fill_between(
                (_AXIS, WIDTH - 8), top, bottom, color=self.ink.shade, linewidth=0, zorder=2.5
            )
            for y in (top, bottom):
                self._line((_AXIS, WIDTH - 8), (y, y), linestyle=(0, (4, 3)), zorder=2.6)
            text = _("⋮ {gap} without a frame").format(gap=duration(pause.gap))
            self._text(
                sum((self.x[0], self.x[-1])) / 2, (top + bottom) / 2, text, ha="center", zorder=4
            )
        for step in self.scene.clock_steps:
            y = self.time.at(step)
            self._line(
                (_AXIS, WIDTH - 8), (y, y), color=palette.CLOCK_SET, linestyle=":", linewidth=2
            )
            self._text(_AXIS + 6, y - 9, _("▲ the clock was set here"), color=palette.CLOCK_SET)

    def _neighbours(self) -> None:
        for place, name in enumerate(self.scene.columns):
            side = 1 if 0 < place == len(self.scene.columns) - 1 else -1
            addresses = self.scene.addresses(name)
            # In the order of time, so that words can be moved apart.
            bars = sorted(
                spells(self.scene, name, self.time, self.end), key=lambda spell: spell.top
            )
            step = _BAR + 13 if self.crowded else _BAR  # then words stand along each bar
            inner = {
                address: self.x[place] + side * (5 + step * number)
                for number, address in enumerate(addresses)
            }
            for spell in bars:
                x = inner[spell.address]
                left = x if side > 0 else x - _BAR + 1
                ends = spell.top, max(spell.bottom, spell.top + 2)
                bar(self.axes, self.ink, spell.state, (left, left + _BAR - 1), ends)
            if self.crowded:
                self._words_along(bars, inner, side)
            else:
                outer = self.x[place] + side * (12 + _BAR * len(addresses))
                self._words_beside(bars, outer, side, several=len(addresses) > 1)

    def _words_beside(self, bars: list[Spell], x: float, side: int, *, several: bool) -> None:
        """Write each state where it begins, beside the bars."""
        room = _SIDE - abs(x - self.x[0 if side < 0 else -1])
        texts = [spell.words(room, several=several) for spell in bars]
        lines = max((text.count("\n") + 1 for text in texts), default=1)
        heights = spread_out([spell.top + 8 for spell in bars], lines * (LINE - 1))
        for y, text in zip(heights, texts, strict=True):
            style = {"ha": "left" if side > 0 else "right", "zorder": 5, "bbox": self._paper()}
            self._text(x, y, text, size=SMALL, **style)

    def _words_along(self, bars: list[Spell], inner: dict[str, float], side: int) -> None:
        """Write each state along its bar, as much of it as there is room for."""
        for spell in bars:
            x = inner[spell.address] + side * (_BAR + 6)
            texts = (spell.words(math.inf, several=True), spell.state, spell.state[:1])
            text = next(
                (word for word in texts if pixels(word, SMALL) < spell.bottom - spell.top), ""
            )
            if text:
                style = {"rotation": 90, "ha": "center", "zorder": 5, "bbox": self._paper()}
                self._text(x, (spell.top + spell.bottom) / 2, text, size=SMALL, **style)

    def _initials(self, states: list[str], y: float) -> None:
        """Explain the bars that have only a letter, or none: how each looks, and its name."""
        x = 10.0
        for state in states:
            bar(self.axes, self.ink, state, (x, x + _BAR - 1), (y - 6, y + 6))
            text = f"{state[:1]}: {state}"
            self._text(x + 18, y, text, size=SMALL)
            x += 18 + pixels(text, SMALL) + 24

    def _frames(self) -> None:
        for lane in self._lanes():
            wanted = [self._label_height(crossing) for crossing in lane]
            order = sorted(range(len(lane)), key=lambda number: wanted[number])
            heights = spread_out([wanted[number] for number in order], LINE)
            for number, y in zip(order, heights, strict=True):
                self._arrow(lane[number])
                self._label(lane[number], y, far=abs(y - wanted[number]) > _FAR)
        if self.crowded:
            self._list()

    def _list(self) -> None:
        """Write what each frame is on the right, at its height."""
        x = WIDTH - self.listed + 8
        middles = [self._middle(crossing) for crossing in self.scene.crossings]
        heights = spread_out(middles, LINE)
        for crossing, middle, y in zip(self.scene.crossings, middles, heights, strict=True):
            end = max(self._ends(crossing)) + 12
            style = {"linewidth": 0.8, "linestyle": ":", "zorder": 1}
            self._line((end, x - 4), (middle, y), **style)
            self._text(x, y, self._words(crossing), size=SMALL, zorder=6, bbox=self._paper())

    def _list_width(self) -> float:
        longest = max(pixels(self._words(crossing), SMALL) for crossing in self.scene.crossings)
        return min(max(longest + 12, _LIST), _WIDEST)

    def _lanes(self) -> list[list[Crossing]]:
        """Return the frames in groups; the labels of a group must be kept apart."""
        if not self.crowded:
            return [list(self.scene.crossings)]
        lanes: dict[tuple[float, ...], list[Crossing]] = {}
        for crossing in self.scene.crossings:
            lanes.setdefault(tuple(sorted(self._ends(crossing))), []).append(crossing)
        return list(lanes.values())

    def _label_height(self, crossing: Crossing) -> float:
        """Return where a label would stand best: above its arrow, or behind a stub's end."""
        if self.crowded or crossing.is_stub:
            return self._middle(crossing)
        return self._middle(crossing) - 10

    def _ends(self, crossing: Crossing) -> tuple[float, float]:
        """Return where a frame's arrow begins and ends; one with one end becomes a stub."""
        sent = None if crossing.sent is None else self.x[self.scene.column(crossing.sent)]
        received = (
            None if crossing.received is None else self.x[self.scene.column(crossing.received)]
        )
        if sent is not None and received is not None and sent != received:
            return sent, received
        if sent == received:  # on lo, where who sends receives
            received = None
        known = sent if received is None else received
        assert known is not None
        away = known - _STUB if known == self.x[-1] and len(self.x) > 1 else known + _STUB
        return (known, away) if received is None else (away, known)

    def _middle(self, crossing: Crossing) -> float:
        return (self.time.at(crossing.begin) + self.time.at(crossing.end)) / 2

    def _arrow(self, crossing: Crossing) -> None:
        begin, end = self._ends(crossing)
        self.axes.annotate(
            "",
            xy=(end, self.time.at(crossing.end)),
            xytext=(begin, self.time.at(crossing.begin)),
            arrowprops={
                "arrowstyle": "-|>,head_length=0.7,head_width=0.28",
                "color": palette.LOST if crossing.lost else palette.FRAME,
                "linewidth": 2,
                "linestyle": (0, (4, 3)) if crossing.is_stub else "-",
                "shrinkA": 0,
                "shrinkB": 1,
            },
            zorder=4,
        )

    def _label(self, crossing: Crossing, y: float, *, far: bool) -> None:
        begin, end = self._ends(crossing)
        x, ha = (begin + end) / 2, "center"
        text = str(crossing.number) if self.crowded else self._words(crossing)
        if crossing.is_stub and not self.crowded:
            rightwards = max(begin, end) not in self.x
            x = max(begin, end) + 8 if rightwards else min(begin, end) - 8
            ha = "left" if rightwards else "right"
        elif far:
            self._line(
                (x, x), (y, self._middle(crossing)), color=palette.FRAME, linewidth=0.8, zorder=4.5
            )
        self._text(x, y, text, ha=ha, zorder=6, bbox=self._paper())

    def _words(self, crossing: Crossing) -> str:
        text = f"{crossing.number}  {crossing.label}"
        if crossing.lost:
            return text + " " + _("✘ not received")
        if crossing.is_stub and not self.crowded:  # its arrow is dashed, too
            return text + " " + _("(seen at one end only)")
        return text

    def _pauses(self) -> None:
        """Write beside a column how long it took from one frame to its answer or successor."""
        if self.crowded:
            return
        for earlier, later in itertools.pairwise(self.scene.crossings):
            if earlier.received is None or later.sent is None:
                continue
            column = self.scene.column(earlier.received)
            top, bottom = self.time.at(earlier.end), self.time.at(later.begin)
            broken = any(top <= gap.top and gap.bottom <= bottom for gap in self.time.breaks)
            if column != self.scene.column(later.sent) or bottom - top < _WORTH or broken:
                continue
            right = column > 0 and column == len(self.x) - 1
            x, side = self.x[column], -1 if right else 1
            self._line((x + side * 5, x + side * 5), (top + 3, bottom - 3), linewidth=1)
            text = duration(later.begin - earlier.end)
            style = {"ha": "right" if right else "left", "color": self.ink.faint}
            self._text(x + side * 10, (top + bottom) / 2, text, size=SMALL, **style)

    def _paper(self) -> dict[str, Any]:
        return {"facecolor": self.ink.paper, "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
