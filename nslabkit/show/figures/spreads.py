"""The spread of round-trip times, and how much of it ARP explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base import palette
from nslabkit.base.language import translate as _
from nslabkit.show.figures.figure import SIZE, SMALL, WIDTH, Figure
from nslabkit.show.figures.measuring import Round, measure, quartiles
from nslabkit.show.figures.plots import axes_between, tidy, write_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.net.namespaces import NamespaceLike

_ROW, _TOP, _FOOT = 64, 30, 78  # pixels
_LEFT, _RIGHT = 210, 24  # pixels
_LABEL = 170  # pixels beyond the last mark: "123 µs (100–150)   +4 →"
_HEIGHTS = 7  # levels at which dots stand, so that equal times show side by side
_BEYOND = 1.5  # the axis ends so many times beyond the highest third quartile


@dataclass(frozen=True)
class RoundTrips:
    """What was measured in many rounds of two pings, and its figure.

    Attributes
    ----------
    rounds : tuple of Round
        In the order in which they were run.
    """

    rounds: tuple[Round, ...]

    def printed(self, *, flushed: bool, number: int) -> list[float]:
        """Return what ping printed, in µs: for ping `number` (1 or 2) of each round."""
        return [one.printed[number - 1] for one in self.rounds if one.flushed is flushed]

    def on_the_wire(self, *, flushed: bool, number: int) -> list[float]:
        """Return the times from the frames, in µs: for ping `number` (1 or 2) of each round."""
        return [one.frames[number - 1] for one in self.rounds if one.flushed is flushed]

    def output(self, *, flushed: bool) -> list[str]:
        """Return what ping printed in each round of that kind."""
        return [one.output for one in self.rounds if one.flushed is flushed]

    @property
    def waited(self) -> float:
        """How long a first ping waited for ARP, in µs: the median, from the frames."""
        return quartiles([one.waited for one in self.rounds if one.flushed])[1]

    @property
    def slower(self) -> float:
        """How much slower the first ping was than the second, in µs: by the medians, printed."""
        return self._middle(flushed=True, number=1) - self._middle(flushed=True, number=2)

    @property
    def entry(self) -> float:
        """How much of that goes away with the neighbour entry kept, in µs: by the medians."""
        return self._middle(flushed=True, number=1) - self._middle(flushed=False, number=1)

    @property
    def share(self) -> float | None:
        """Which part of the difference that is; None where the first was no slower."""
        return self.entry / self.slower if self.slower > 0 else None

    def _middle(self, *, flushed: bool, number: int) -> float:
        return quartiles(self.printed(flushed=flushed, number=number))[1]

    @property
    def verdict(self) -> str:
        """How much ARP explains, one sentence."""
        if self.share is None:
            return _("This time the first ping was not slower than the second.")
        if not 0 <= self.share <= 1:
            return _(
                "The first ping was {slower:.0f} µs slower; keeping the entry changed "
                "it by {entry:.0f} µs: the machine was too busy to tell the share."
            ).format(slower=self.slower, entry=self.entry)
        return _(
            "The first ping was {slower:.0f} µs slower than the second; {entry:.0f} µs "
            "of that, {share:.0%}, disappear when the neighbour entry is kept: that "
            "part is ARP."
        ).format(slower=self.slower, entry=self.entry, share=self.share)

    @property
    def rows(self) -> tuple[tuple[str, list[float], list[float]], ...]:
        """Label, printed times and times from the frames, in µs, for each kind of ping."""
        labels = (
            (_("first ping, entry flushed"), True, 1),
            (_("first ping, entry kept"), False, 1),
            (_("second ping, after a flush"), True, 2),
            (_("second ping, entry kept"), False, 2),
        )
        return tuple(
            (
                label,
                self.printed(flushed=flushed, number=number),
                self.on_the_wire(flushed=flushed, number=number),
            )
            for label, flushed, number in labels
        )

    @property
    def figure(self) -> Figure:
        """The distributions, drawn."""
        words = [
            _("{label}: ping printed {printed}; the frames say {frames}.").format(
                label=label, printed=_words(printed), frames=_words(frames)
            )
            for label, printed, frames in self.rows
        ]
        words.append(self._waiting())
        return Figure(self.verdict, " ".join(words), _TOP + _ROW * 4 + _FOOT, self._draw)

    def _waiting(self) -> str:
        return _(
            "According to the frames, a first ping waited {waited:.0f} µs for ARP "
            "(median); the rest of the delay is off the wire."
        ).format(waited=self.waited)

    def __repr__(self) -> str:
        """Return the figure in words."""
        return repr(self.figure)

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        return self.figure._repr_mimebundle_()

    def _draw(self, figure: SubFigure, ink: Ink) -> None:
        height = _TOP + _ROW * 4 + _FOOT
        axes = axes_between(figure, height, left=_LEFT, right=_RIGHT, top=_TOP, bottom=_FOOT)
        end = _BEYOND * max(quartiles(values)[2] for _label, *both in self.rows for values in both)
        for place, (label, printed, frames) in enumerate(self.rows):
            write_beside(axes, ink, label, (0, place), -12, SIZE)
            _cloud(axes, ink, printed, place - 0.2, end, (palette.PRINTED, "o"))
            _cloud(axes, ink, frames, place + 0.22, end, (palette.MEASURED, "D"))
        axes.set_ylim(3.5, -0.5)
        room = WIDTH - _LEFT - _RIGHT
        axes.set_xlim(0, end * room / (room - _LABEL))
        label = _("round trip, µs (line: median; bar and brackets: the middle half)")
        tidy(axes, ink, grid="x", label=label)
        _legend(axes, ink, end)
        figure.text(
            10 / WIDTH,
            12 / height,
            self._waiting(),
            size=SMALL,
            color=ink.faint,
            parse_math=False,
        )


def measure_round_trips(
    asker: NamespaceLike = "netns1", answerer: NamespaceLike = "netns2", *, count: int = 25
) -> RoundTrips:
    """Ping many times with the neighbour entry flushed and kept, and compare.

    It takes some seconds: `count` times two rounds of two pings, with the entries of both ends
    forgotten (``ip neigh flush all``) before every other round.

    Parameters
    ----------
    asker, answerer : NamespaceLike
        Two namespaces with addresses in one network.
    count : int
        How many rounds of each kind; at least 2.

    Returns
    -------
    RoundTrips
        Shows as a figure: what ping printed and what the frames say, median and quartiles, and
        which share of the first ping's slowness ARP explains.

    Raises
    ------
    InvalidValueError
        Fewer than two rounds.
    NotFoundError
        A namespace or a common network is not there.
    CommandError
        A ping was not answered.
    """
    if count < 2:  # noqa: PLR2004 - one value has no spread
        quartiles([0.0] * count)
    return RoundTrips(measure(asker, answerer, count))


def _words(values: list[float]) -> str:
    low, middle, high = quartiles(values)
    text = _("median {middle:.0f} µs, half of them in {low:.0f}–{high:.0f} µs")
    return text.format(middle=middle, low=low, high=high)


def _cloud(  # noqa: PLR0913, PLR0917 - one row of the figure
    axes: Axes, ink: Ink, values: list[float], y: float, end: float, mark: tuple[str, str]
) -> None:
    """Draw each value as a mark, half of them in a bar, and the median as a line."""
    colour, shape = mark
    low, middle, high = quartiles(values)
    axes.plot([low, high], [y, y], color=colour, linewidth=13, alpha=0.28, solid_capstyle="butt")
    inside = [value for value in values if value <= end]
    heights = [y + (number * 3 % _HEIGHTS - _HEIGHTS // 2) * 0.022 for number in range(len(inside))]
    axes.plot(inside, heights, shape, color=colour, markersize=4.5, alpha=0.75, markeredgewidth=0)
    axes.plot([middle, middle], [y - 0.17, y + 0.17], color=ink.ink, linewidth=2.4)
    beyond = len(values) - len(inside)
    text = _("{middle:.0f} µs ({low:.0f}–{high:.0f})").format(middle=middle, low=low, high=high)
    text += f"   +{beyond} →" if beyond else ""
    box = {"facecolor": ink.paper, "edgecolor": "none", "pad": 0.5, "alpha": 0.85}
    write_beside(axes, ink, text, (max(high, *inside), y), 9, bbox=box)


def _legend(axes: Axes, ink: Ink, end: float) -> None:
    rows = (
        (0.0, palette.PRINTED, "o", _("printed by ping")),
        (0.3, palette.MEASURED, "D", _("from the frames")),
    )
    for x, colour, shape, word in rows:
        axes.plot([x * end], [-0.72], shape, color=colour, markersize=7, clip_on=False)
        axes.text((x + 0.018) * end, -0.72, word, size=SMALL, color=ink.ink, va="center")
