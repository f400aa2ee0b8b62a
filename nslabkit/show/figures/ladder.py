"""Ladder of a recording: who said what to whom, in which order, and when.

Namespaces stand as columns, time runs downwards, each frame is a slanted arrow from where it left
to where it arrived.  Along each column a bar shows what its neighbour table knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import close_up, enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.units import duration
from nslabkit.net.neighbour_states import state_meaning
from nslabkit.show.figures.figure import SMALL, WIDTH, Figure, wrapped
from nslabkit.show.figures.ladder_drawing import CROWD, FOOT, LINE, TOP, LadderDrawing
from nslabkit.show.figures.scene import WireScene, name_of, scene
from nslabkit.show.figures.states import spells
from nslabkit.show.figures.time_axis import time_axis

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.capture import Recording
    from nslabkit.show.figures.crossings import Crossing
    from nslabkit.show.figures.scene import NeighbourChange
    from nslabkit.show.figures.time_axis import TimeAxis
    from nslabkit.timeline import Timeline

_SCALES = ("linear", "log")
_FOOT = 66  # pixels: what stands below
_BOLD = 90  # pixels: the margins, and by how much a line of bold letters is wider
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
                names=enumeration(_SCALES)
            ),
            _('For example: scale="log"'),
        )
    drawn = scene(source, first=first, count=count)
    moments = [moment for crossing in drawn.crossings for moment in (crossing.begin, crossing.end)]
    height = max(_LEAST, _PER_FRAME * len(drawn.crossings))
    axis = time_axis(moments, TOP + 16, height, scale)
    notes = _notes(drawn)
    short = _shortened(drawn, axis)
    foot = _FOOT + LINE * (len(notes) + bool(short))

    def draw(figure: SubFigure, ink: Ink) -> None:
        LadderDrawing(figure, ink, drawn, axis, axis.bottom + foot).all(notes, short)

    return Figure(title(drawn), _description(drawn), axis.bottom + foot, draw)


def _shortened(found: WireScene, axis: TimeAxis) -> list[str]:
    """Return the states whose names do not fit along some bar, where words stand along bars."""
    if len(found.columns) < CROWD:
        return []
    bars = [bar for name in found.columns for bar in spells(found, name, axis, axis.bottom + FOOT)]
    return sorted({bar.state for bar in bars if bar.short})


def _notes(found: WireScene) -> list[str]:
    notes = [f"▲ {note}" for note in found.notes]
    streams = [crossing.packet.stream for crossing in found.crossings]
    if any(stream is not None and not stream.relative for stream in streams):
        text = _(
            "▲ Of some connection the start was not recorded: its sequence numbers are absolute."
        )
        notes.append(text)
    if found.left_out:
        text = _("▲ {count:,} more frames are not drawn: choose with first= and count=.")
        notes.append(text.format(count=found.left_out))
    return [line for note in notes for line in wrapped(note, WIDTH - _BOLD, SMALL)]


def title(scene: WireScene) -> str:
    """Return what is seen, one sentence."""
    count = len(scene.crossings)
    span = duration(max(one.end for one in scene.crossings) - scene.begin)
    places = enumeration(map(name_of, scene.columns))
    if len(scene.columns) == 1:
        text = _("{count} frames in {span}, seen at {place}")
        return close_up(text.format(count=count, span=span, place=places))
    first, last = scene.crossings[0].packet, scene.crossings[-1].packet
    text = _("{count} frames in {span} between {places}: from {first} to {last}")
    return close_up(
        text.format(count=count, span=span, places=places, first=first.kind, last=last.kind)
    )


def _description(scene: WireScene) -> str:
    """Return the frames and the neighbours' states, sentence by sentence, in their order."""
    said = [(one.number, 0, _sentence(scene, one)) for one in scene.crossings]
    said += [(one.after, 1, _changed(one)) for one in scene.changes]
    return " ".join([text for _number, _kind, text in sorted(said, key=lambda row: row[:2])])


def _sentence(scene: WireScene, crossing: Crossing) -> str:
    since = duration(crossing.begin - scene.begin)
    values = {"number": crossing.number, "label": crossing.label, "since": since}
    if crossing.sent is None or crossing.received is None:
        values["place"] = _place(crossing)
        if crossing.sent is None:
            text = _("Frame {number}, {label}, reaches {place} {since} after the first.")
        elif crossing.lost:
            text = _(
                "Frame {number}, {label}, leaves {place} {since} after the first, and is not "
                "received."
            )
        else:
            text = _("Frame {number}, {label}, leaves {place} {since} after the first.")
        return text.format(**values)
    return _(
        "Frame {number}, {label}, leaves {sender} {since} after the first and reaches {receiver} "
        "{crossing} later."
    ).format(
        sender=crossing.sent.interface.where,
        receiver=crossing.received.interface.where,
        crossing=duration(crossing.end - crossing.begin),
        **values,
    )


def _place(crossing: Crossing) -> str:
    return crossing.packet.interface.where


def _changed(change: NeighbourChange) -> str:
    values = {"place": name_of(change.namespace), "address": change.address}
    if not change.state:
        return close_up(_("{place} no longer knows {address}.").format(**values))
    meaning = state_meaning(change.state) or change.state
    text = _("In {place}, the neighbour {address} is {state}: {meaning}.")
    return close_up(text.format(state=change.state, meaning=meaning, **values))
