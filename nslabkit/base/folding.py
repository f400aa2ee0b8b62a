"""How is a long line broken for a window that does not break it, such as JupyterLab's dialog?"""

from __future__ import annotations

import re
from unicodedata import east_asian_width

__all__ = ["folded"]

# A command in backquotes stays in one piece, so that it can be copied; a Chinese character may
# end a line; everything else is broken at spaces only.
_PIECES = re.compile(r"`[^`]*`|[\u2e80-\uffef]|[^\s`\u2e80-\uffef]+|\s+")
_NEVER_FIRST = "。，、；：！？）」,.;:!?)"


def folded(text: str, columns: int) -> str:
    """Return `text` with lines of at most `columns`, the rest of a line indented by two.

    Parameters
    ----------
    text : str
        Lines of any length; a Chinese character counts two columns.
    columns : int
        A piece that is longer by itself keeps a line of its own.
    """
    return "\n".join(_folded_line(line, columns) for line in text.splitlines())


def _folded_line(line: str, columns: int) -> str:
    lines = [""]
    for piece in _PIECES.findall(line):
        fits = width(lines[-1] + piece.rstrip()) <= columns or piece[0] in _NEVER_FIRST
        if fits or not lines[-1].strip():
            lines[-1] += piece
        else:
            lines.append("  " + piece.lstrip())
    return "\n".join(line.rstrip() for line in lines)


def width(text: str) -> int:
    """Return how many columns a terminal needs for `text`."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
