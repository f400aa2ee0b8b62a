"""Who said what to whom, in which order, and when?

Namespaces stand as columns, time runs downwards, each frame is a slanted arrow from where it left
to where it arrived.  Along each column a bar shows what its neighbour table knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.show.figures.figure import Figure
from nslabkit.show.figures.ladder_drawing import LINE, TOP, LadderDrawing
from nslabkit.show.figures.ladder_words import description, title
from nslabkit.show.figures.scene import Scene, scene
from nslabkit.show.figures.time_axis import time_axis

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.capture import Recording
    from nslabkit.timeline import Timeline

__all__ = ["ladder"]

_SCALES = ("linear", "log")
_FOOT = 66  # pixels: what stands below
_LEAST, _PER_FRAME = 300, 34  # pixels of height: at least, and for each frame


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
    axis = time_axis(moments, TOP + 16, height, scale)
    notes = _notes(found)
    foot = _FOOT + LINE * len(notes)

    def draw(figure: SubFigure, ink: Ink) -> None:
        LadderDrawing(figure, ink, found, axis, axis.bottom + foot).all(notes)

    return Figure(title(found), description(found), axis.bottom + foot, draw)


def _notes(found: Scene) -> list[str]:
    notes = [f"▲ {note}" for note in found.notes]
    if found.left_out:
        text = _("▲ {count:,} further frames are not drawn: choose with first= and count=.")
        notes.append(text.format(count=found.left_out))
    return notes
