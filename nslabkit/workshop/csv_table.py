"""A table as CSV for a spreadsheet, which takes no cell for a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return heads and rows; a learner's name may begin as a formula does, and is quoted then."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row)
    return text.getvalue().encode("utf-8-sig")  # spreadsheets know by the mark that it is UTF-8
