"""How do results print?

One line in a terminal, a small table in a notebook that a screen reader can read, and ``.json``
for what ``ip -j`` prints.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from nslabkit.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Table"]

Row = TypeVar("Row")

# No colours of our own: JupyterLab's light and dark themes both stay readable.
_CELL = "text-align: left; vertical-align: top"


class Table(Sequence[Row], Generic[Row]):
    """An unchangeable list of rows that knows how to show itself.

    Parameters
    ----------
    caption : str
        What the table shows, one line in the reader's language.
    rows : iterable
        The rows: objects of one kind.
    columns : mapping of str to callable
        Heading of each column, and the function that reads its text off a row.  The first
        column names the row.
    json : list of dict
        What ``ip -j`` prints of the same.
    """

    def __init__(
        self,
        caption: str,
        rows: Iterable[Row],
        columns: Mapping[str, Callable[[Row], str]],
        json: list[dict[str, Any]],
    ) -> None:
        self.caption = caption
        self.json = json
        self._rows = tuple(rows)
        self._columns = columns

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...

    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        """Return one row, or a tuple of some."""
        return self._rows[index]

    def __repr__(self) -> str:
        """Return one line: the caption and the rows."""
        if not self._rows:
            return printable(f"{self.caption}: -")
        rows = "; ".join(
            " ".join(filter(None, (text(row) for text in self._columns.values())))
            for row in self._rows
        )
        return printable(f"{self.caption}: {' '.join(rows.split())}")

    def _repr_html_(self) -> str:
        """Return the table as HTML; headings carry a scope, so that they are read with cells."""
        head = "".join(
            f'<th scope="col" style="{_CELL}">{html.escape(heading)}</th>'
            for heading in self._columns
        )
        return (
            f"<table><caption>{_escaped(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead>"
            f"<tbody>{''.join(map(self._html_row, self._rows))}</tbody></table>"
        )

    def _html_row(self, row: Row) -> str:
        first, *others = (_escaped(text(row)) for text in self._columns.values())
        cells = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in others)
        return f'<tr><th scope="row" style="{_CELL}">{first}</th>{cells}</tr>'


def _escaped(text: str) -> str:
    return html.escape(printable(text))
