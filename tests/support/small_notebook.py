"""A notebook of a few cells: how does a test write one?"""

from __future__ import annotations

from typing import Any

import nbformat


def notebook(*cells: str | tuple[str, dict[str, Any]], kernel: str = "nslab") -> str:
    """Return a notebook with these code cells, as its file's text."""
    node = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": kernel, "display_name": ""}})
    for number, cell in enumerate(cells):
        source, metadata = (cell, {}) if isinstance(cell, str) else cell
        # Fixed ids: the same lesson must be the same file.
        made = nbformat.v4.new_code_cell(source, metadata=metadata, id=f"cell-{number}")
        node.cells.append(made)
    return nbformat.writes(node)
