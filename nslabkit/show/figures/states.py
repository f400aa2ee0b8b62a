"""Neighbour states over time: how long each lasted, and how it is drawn.

A colour and a hatch for each state, and its name in letters beside the bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base import palette
from nslabkit.base.folding import pixels
from nslabkit.base.language import translate as _
from nslabkit.show.figures.figure import SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nslabkit.base.palette import Ink
    from nslabkit.show.figures.scene import WireScene
    from nslabkit.show.figures.time_axis import TimeAxis

# Colour and hatch.
STATES = {
    state: (palette.STATES[state], hatch)
    for state, hatch in (
        ("INCOMPLETE", "...."),
        ("REACHABLE", ""),
        ("STALE", "////"),
        ("DELAY", "----"),
        ("PROBE", "xxxx"),
        ("FAILED", "++++"),
        ("PERMANENT", "||||"),
    )
}


@dataclass(frozen=True)
class Spell:
    """A neighbour in one state.

    Attributes
    ----------
    address, state : str
        Whose entry, and the state.
    top, bottom : float
        Where its bar begins and ends, in pixels.
    first : bool
        Whether this is where the entry comes to be, so that its address is written.
    read : bool
        Whether it was read from the table, and so may have begun before.
    """

    address: str
    state: str
    top: float
    bottom: float
    first: bool
    read: bool

    @property
    def short(self) -> bool:
        """Whether the state's name does not fit along its bar."""
        return pixels(self.state, SMALL) >= self.bottom - self.top

    def words(self, room: float, *, several: bool) -> str:
        """Return what stands beside the bar, in two lines where `room` pixels are too few."""
        state = _("{state} (read)").format(state=self.state) if self.read else self.state
        if not several and not self.first:
            return state
        text = f"{self.address} {state}"
        return text if pixels(text, SMALL) <= room else f"{self.address}\n{state}"


def spells(scene: WireScene, namespace: str, axis: TimeAxis, end: float) -> list[Spell]:
    """Return the states that a namespace's neighbours were in, one after the other.

    Parameters
    ----------
    scene : WireScene
        What was recorded.
    namespace : str
        Whose table.
    axis : TimeAxis
        Which moment is at which height.
    end : float
        Where the last bar ends, in pixels.
    """
    in_turn = []
    for address in scene.addresses(namespace):
        mine = [
            change
            for change in scene.changes
            if change.namespace == namespace and change.address == address
        ]
        state = ""
        marks: list[tuple[float, str, bool]] = []
        for change in mine:
            if change.state == state:
                continue
            state = change.state
            marks.append((axis.at(change.time), state, change.read))
        for number, (top, state, read) in enumerate(marks):
            bottom = marks[number + 1][0] if number + 1 < len(marks) else end
            if state:
                in_turn.append(Spell(address, state, top, bottom, number == 0, read))
    return in_turn


def bar(axes: Axes, ink: Ink, state: str, xs: tuple[float, float], ys: tuple[float, float]) -> None:
    """Draw a bar of a state's colour and hatch between these pixels."""
    colour, hatch = STATES.get(state, (ink.faint, ""))
    axes.fill_between(
        xs, *ys, facecolor=colour, edgecolor=ink.paper, hatch=hatch, linewidth=0.8, zorder=3
    )
