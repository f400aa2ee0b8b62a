"""Width of text in columns and pixels, and lines broken to a width.

JupyterLab's dialog, for one, does not break a line.
"""

from __future__ import annotations

import re

# A command in backquotes stays in one piece, so that it can be copied; a Chinese character may
# end a line; everything else is broken at spaces only.  No line begins with what closes, or ends
# with what opens.
_PIECES = re.compile(
    r"[（「《“]*(?:`[^`]*`|[\u2e80-\uffef]|[^\s`\u2e80-\uffef]+)"
    r"(?:[。，、；：？！…）」》”]|[,.;:!?)](?![\w/]))*|\s+"
)


def folded(text: str, columns: int, hanging: str = "  ") -> str:
    """Return `text` with lines of at most `columns`, the rest of a line indented by `hanging`.

    Parameters
    ----------
    text : str
        Lines of any length; a Chinese character counts two columns.
    columns : int
        A piece that is longer by itself keeps a line of its own.
    hanging : str
        What a line that goes on begins with.
    """
    return "\n".join(_folded_line(line, columns, hanging) for line in text.splitlines())


def _folded_line(line: str, columns: int, hanging: str) -> str:
    lines = [""]
    for piece in _PIECES.findall(line):
        fits = text_width(lines[-1] + piece.rstrip()) <= columns
        if fits or not lines[-1].strip():
            lines[-1] += piece
        else:
            lines.append(hanging + piece.lstrip())
    return "\n".join(line.rstrip() for line in lines)


def text_width(text: str) -> int:
    """Return how many columns a terminal needs for `text`."""
    from wcwidth import wcwidth

    return sum(max(wcwidth(character), 0) for character in text)  # -1: a control character


def pixels(text: str, size: float) -> float:
    """Estimate a text's width in pixels, on the wide side: the browser chooses the font."""
    wide = max(text_width(text) - len(text), 0)
    return size * (wide + 0.62 * (len(text) - wide))
