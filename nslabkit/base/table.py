"""Tables of results: in a terminal, in a notebook and as JSON.

One line in a terminal, a small table in a notebook that a screen reader can read, and ``.json``
for what ``ip -j`` prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from nslabkit.base import markup
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Row = TypeVar("Row")


class Rows(Sequence[Row]):
    """An unchangeable list of rows, the base of what shows them."""

    _rows: tuple[Row, ...]

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


class Table(Rows[Row]):
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

    def __repr__(self) -> str:
        """Return one line: the caption and the rows."""
        rows = enumeration(
            (
                " ".join(" ".join(text(row) for text in self._columns.values()).split())
                for row in self._rows
            ),
            ";",
        )
        return printable(_("{label}: {content}").format(label=self.caption, content=rows or "-"))

    def _repr_html_(self) -> str:
        """Return the table as HTML; headings carry a scope, so that they are read with cells."""
        return markup.table(
            self.caption,
            list(self._columns),
            ([text(row) for text in self._columns.values()] for row in self._rows),
        )
