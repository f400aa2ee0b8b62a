"""Control characters and escape sequences taken out of foreign text, for a terminal or a page.

What somebody else wrote (a file's comment, a name, a row of a class) could otherwise move the
reader's cursor, colour or hide lines, or turn the direction of the writing round.
"""

from __future__ import annotations


def printable(text: str, longest: int | None = None) -> str:
    """Return `text` with a ``?`` for each character that is none to see, on one line.

    Parameters
    ----------
    text : str
        From anywhere.
    longest : int, optional
        Characters at most; the last is then an ellipsis.
    """
    if not text.isprintable():
        text = "".join(one if one.isprintable() else _in_place_of(one) for one in text)
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def _in_place_of(character: str) -> str:
    # A wide blank of Chinese text is no control character; a line's end parts words.
    return " " if character.isspace() else "?"
