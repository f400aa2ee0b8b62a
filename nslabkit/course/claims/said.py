"""Which lines did a command print, in a cell or by the kit, and how would `ip` say it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.net.routes import Route

__all__ = ["lines", "way"]


def lines(text: str | Sequence[str]) -> list[str]:
    """Return the lines of a text, or of what IPython makes of a command: ``before = !ip netns``."""
    parts = text.splitlines() if isinstance(text, str) else text
    return [part.strip() for part in parts if part.strip()]


def way(route: Route) -> str:
    """Return the answer of a look-up in the words of ``ip route get``."""
    parts = (("via", route.via), ("dev", route.link), ("src", route.source))
    return " ".join([route.destination, *(f"{word} {value}" for word, value in parts if value)])
