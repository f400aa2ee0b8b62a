"""Which cells has a lesson's source, and where in it can a link lead?

Shared by the tools that read the sources: `notebooks` builds from them, `terms` reads their
Chinese.
"""

from __future__ import annotations

import functools
import hashlib
import re
from typing import TYPE_CHECKING, Any

import jupytext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LANGUAGES = ("en", "zh")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def cells_of(source: Path) -> list[Any]:
    """Return the cells of a source, in the order of the file."""
    cells: list[Any] = jupytext.read(source, fmt="py:percent").cells  # type: ignore[no-untyped-call]
    return cells


def is_solution(cell: Any) -> bool:  # noqa: ANN401 - nbformat has no types for cells
    """Return whether an exercise leaves this cell out."""
    return "solution" in cell.metadata.get("tags", [])


def of_language(
    source: Path, language: str, *, solution: bool = False
) -> Iterator[tuple[Any, str]]:
    """Give the cells of one language with the ids that they get.

    An id is made of what the cell says, not of chance or place: the same source gives the same
    file, and a new cell changes no other one's id.
    """
    seen: dict[str, int] = {}
    for cell in _kept(source, language, solution=solution):
        said = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:12]
        seen[said] = seen.get(said, 0) + 1
        yield cell, said if seen[said] == 1 else f"{said}-{seen[said]}"


def _kept(source: Path, language: str, *, solution: bool) -> list[Any]:
    """Return the cells of one language; what a left-out one builds is noted in the one before."""
    kept: list[Any] = []
    for cell in cells_of(source):
        if cell.metadata.get("lang", language) != language:
            continue
        if solution or not is_solution(cell):
            kept.append(cell)
        elif "build" in cell.metadata and kept:
            kept[-1].metadata.setdefault("builds", []).append(cell.source)
    return kept


@functools.cache
def experiments(source: Path, language: str) -> dict[str, str]:
    """Return claim -> id of the cell whose heading stands above its first cell, for one lesson."""
    found: dict[str, str] = {}
    heading = ""
    if not source.exists():
        return found
    for cell, name in of_language(source, language):
        if cell.cell_type == "markdown" and _HEADING.search(cell.source):
            heading = name
        if "claim" in cell.metadata:
            found.setdefault(cell.metadata["claim"], heading)
    return found


def anchors(source: Path, language: str) -> set[str]:
    """Return what a link into a lesson may name: its headings as JupyterLab spells them, ids."""
    found = set()
    for cell in cells_of(source):
        if cell.cell_type == "markdown" and cell.metadata.get("lang") == language:
            # JupyterLab takes the text that is shown, so without the marks for code and emphasis.
            found |= {
                re.sub(r"[`*]", "", heading.strip()).replace(" ", "-")
                for heading in _HEADING.findall(cell.source)
            }
            found |= set(re.findall(r"\bid=\"([^\"]+)\"", cell.source))
    return found
