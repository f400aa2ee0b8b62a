"""Width of text in columns and pixels, and lines broken to a width.

JupyterLab's dialog, for one, does not break a line.
"""

from __future__ import annotations

import re

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
        fits = text_width(lines[-1] + piece.rstrip()) <= columns or piece[0] in _NEVER_FIRST
        if fits or not lines[-1].strip():
            lines[-1] += piece
        else:
            lines.append("  " + piece.lstrip())
    return "\n".join(line.rstrip() for line in lines)


def text_width(text: str) -> int:
    """Return how many columns a terminal needs for `text`."""
    from wcwidth import wcwidth

    return sum(max(wcwidth(character), 0) for character in text)  # -1: a control character


def pixels(text: str, size: float) -> float:
    """Estimate a text's width in pixels, on the wide side: the browser chooses the font."""
    wide = max(text_width(text) - len(text), 0)
    return size * (wide + 0.62 * (len(text) - wide))
