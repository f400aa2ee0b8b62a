"""The class table in a terminal.

Columns are cut to the terminal's width, the longest first; a Chinese character is two columns
wide (``unicode`` standard annex 11).  ``NO_COLOR`` (https://no-color.org) is honoured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.folding import text_width
from nslabkit.base.language import translate as _
from nslabkit.classroom.attention import Line, State

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 2
# Of participant, lesson, check, minutes, tries, state: how far each may be cut.
_NARROWEST = (10, 10, 10, 3, 5, 20)
_RIGHT = {3, 4}  # columns of numbers
_COLOURS = {State.STUCK: "1;33", State.UNKNOWN: "35", State.FINISHED: "32", State.QUIET: "36"}


def cut(text: str, columns: int) -> str:
    """Return `text` in at most `columns` columns, with an ellipsis if something is left out."""
    if text_width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if text_width(kept) + text_width(character) > columns - 1:
            break
        kept += character
    return kept + "…"


def summary(lines: Sequence[Line]) -> str:
    """Return how many are stuck, quiet, working and finished, in one sentence."""
    counts = {state: sum(line.state is state for line in lines) for state in State}
    return _(
        "{all} participants: {stuck} stuck, {quiet} quiet, {working} working, {finished} finished"
    ).format(
        all=len(lines),
        stuck=counts[State.STUCK],
        quiet=counts[State.QUIET],
        working=counts[State.WORKING],
        finished=counts[State.FINISHED],
    )


def table(
    lines: Sequence[Line], notes: Sequence[str], *, columns: int, rows: int | None, colour: bool
) -> list[str]:
    """Return the screen, line by line.

    Parameters
    ----------
    lines : sequence of Line
        The participants, in the order to show.
    notes : sequence of str
        What was left out.
    columns : int
        Width of the terminal.
    rows : int or None
        Its height; None for all that there is.
    colour : bool
        Whether to colour the states.
    """
    if rows is not None:
        notes = _shortened(notes, 3)
        lines, left_out = lines[: max(1, rows - 5 - len(notes))], lines
        if len(lines) < len(left_out):
            more = len(left_out) - len(lines)
            notes = [_("{more} more rows: make the window taller").format(more=more), *notes]
        shown_of = left_out
    else:
        shown_of = lines
    head = (_("participant"), _("lesson"), _("last check"), _("min"), _("tries"), _("state"))
    cells = [head, *(_cells(line) for line in lines)]
    widths = _widths(cells, columns)
    drawn = [_drawn(row, widths) for row in cells]
    colours = ["1", *(_COLOURS.get(line.state, "") for line in lines)]
    if colour:
        drawn = [
            f"\x1b[{code}m{text}\x1b[0m" if code else text
            for code, text in zip(colours, drawn, strict=True)
        ]
    return [cut(summary(shown_of), columns), "", *drawn, *(cut(note, columns) for note in notes)]


def _shortened(notes: Sequence[str], most: int) -> list[str]:
    if len(notes) <= most:
        return list(notes)
    rest = len(notes) - most + 1
    return [*notes[: most - 1], _("{rest} more notes").format(rest=rest)]


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.participant,
        line.lesson,
        line.check,
        "-" if line.minutes is None else str(line.minutes),
        "-" if line.tries is None else str(line.tries),
        f"{line.mark} {line.words}",
    )


def _widths(cells: Sequence[tuple[str, ...]], columns: int) -> list[int]:
    widths = [max(text_width(row[number]) for row in cells) for number in range(len(cells[0]))]
    while sum(widths) + _GAP * (len(widths) - 1) > columns:
        spare = [have - least for have, least in zip(widths, _NARROWEST, strict=True)]
        if max(spare) <= 0:
            break  # no terminal is that narrow; its lines will wrap
        widths[spare.index(max(spare))] -= 1
    return widths


def _drawn(row: tuple[str, ...], widths: Sequence[int]) -> str:
    cells = []
    for number, (text, columns) in enumerate(zip(row, widths, strict=True)):
        shown = cut(text, columns)
        space = " " * (columns - text_width(shown))
        cells.append(space + shown if number in _RIGHT else shown + space)
    return (" " * _GAP).join(cells).rstrip()
