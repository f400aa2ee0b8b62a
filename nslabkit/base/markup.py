"""HTML of the outputs: tables that a screen reader can read, and text with code in it.

Whatever is shown in a notebook goes through here, so that text from outside is escaped in one
place.  There are no colours: JupyterLab's light and dark themes both stay readable.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CELL = "text-align:left;vertical-align:top"
_WHOLE = "word-break:keep-all"  # JupyterLab breaks words anywhere


def escaped(text: str) -> str:
    """Return text from anywhere as HTML that shows it and does nothing else."""
    return html.escape(printable(text))


@dataclass(frozen=True)
class Cell:
    """A cell that is HTML already, or has a style of its own."""

    html: str
    style: str = ""


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str | Cell] | str]) -> str:
    """Return a table whose headings carry a scope, so that they are read with the cells.

    Parameters
    ----------
    caption : str
        What the table shows.
    headings : sequence of str
        One for each column; none for a table of names and values.
    rows : iterable
        The cells of each row, whose first names the row; or a sentence over all columns.
    """
    style = f"{_CELL};{_WHOLE}"
    columns = "".join(f'<th scope="col" style="{style}">{escaped(text)}</th>' for text in headings)
    head = f"<thead><tr>{columns}</tr></thead>" if headings else ""
    body = "".join(_row(row, len(headings)) for row in rows)
    shown = f'<caption style="{_WHOLE}">{escaped(caption)}</caption>'
    return f"<table>{shown}{head}<tbody>{body}</tbody></table>"


def with_code(text: str) -> str:
    """Return a text as HTML, with what stands in backquotes as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _row(row: Sequence[str | Cell] | str, columns: int) -> str:
    if isinstance(row, str):
        return f'<tr><td colspan="{columns}" style="{_CELL}">{escaped(row)}</td></tr>'
    first, *others = (cell if isinstance(cell, Cell) else Cell(escaped(cell)) for cell in row)
    cells = "".join(f'<td style="{_style(cell)}">{cell.html}</td>' for cell in others)
    return f'<tr><th scope="row" style="{_style(first)}">{first.html}</th>{cells}</tr>'


def _style(cell: Cell) -> str:
    return f"{_CELL};{cell.style}" if cell.style else _CELL
