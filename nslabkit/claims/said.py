"""Which lines did a command print, in a cell or by the kit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["lines"]


def lines(text: str | Sequence[str]) -> list[str]:
    """Return the lines of a text, or of what IPython makes of a command: ``before = !ip netns``."""
    parts = text.splitlines() if isinstance(text, str) else text
    return [part.strip() for part in parts if part.strip()]
