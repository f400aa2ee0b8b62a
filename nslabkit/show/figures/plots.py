"""Plots: what the figures with axes have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from nslabkit.show.figures.figure import SIZE, SMALL, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink


def axes_between(  # noqa: PLR0913 - its four margins
    figure: SubFigure, height: float, *, left: float, right: float, top: float, bottom: float
) -> Axes:
    """Return axes that fill a figure of that height up to its margins, all in pixels."""
    wide, high = WIDTH - left - right, height - top - bottom
    axes: Axes = figure.add_axes((left / WIDTH, bottom / height, wide / WIDTH, high / height))
    return axes


def tidy(axes: Axes, ink: Ink, *, grid: Literal["x", "y"], label: str = "") -> None:
    """Leave the axes that are read: with the grid ``"x"`` the lower one, else the left one, too."""
    shown = ("bottom",) if grid == "x" else ("left", "bottom")
    axes.set_facecolor("none")
    for side, spine in axes.spines.items():
        spine.set_visible(side in shown)
        spine.set_color(ink.faint)
    axes.tick_params(colors=ink.faint, labelcolor=ink.ink, labelsize=SMALL)
    axes.grid(axis=grid, color=ink.grid, linewidth=0.7)
    axes.set_axisbelow(True)
    if grid == "x":
        axes.set_yticks([])
    if label:
        axes.set_xlabel(label, color=ink.ink, size=SIZE)


def write_beside(  # noqa: PLR0913, PLR0917 - what, where and how
    axes: Axes,
    ink: Ink,
    text: str,
    at: tuple[float, float],
    away: float,
    size: float = SMALL,
    **look: Any,  # noqa: ANN401 - matplotlib's
) -> None:
    """Write so many pixels to the right of a place, or to the left of it where it is negative."""
    axes.annotate(
        text,
        at,
        xytext=(away, 0),
        textcoords="offset points",
        size=size,
        color=ink.ink,
        ha="left" if away > 0 else "right",
        va="center",
        annotation_clip=False,
        parse_math=False,
        **look,
    )


def add_legend(
    figure: SubFigure,
    ink: Ink,
    left: float,
    patches: Iterable[dict[str, Any]],
    **look: Any,  # noqa: ANN401 - matplotlib's
) -> None:
    """Add a legend of one line to the top of a figure, from so many pixels on."""
    from matplotlib.patches import Patch

    legend = figure.legend(
        handles=[Patch(**patch) for patch in patches],
        loc="upper left",
        bbox_to_anchor=(left / WIDTH, 1.0),
        ncols=3,
        frameon=False,
        fontsize=SMALL,
        borderaxespad=0.1,
        handletextpad=0.5,
        **look,
    )
    for text in legend.get_texts():
        text.set_color(ink.ink)
