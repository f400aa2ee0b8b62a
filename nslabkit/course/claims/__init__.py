"""The claims that the lessons test, and where each one is tested.

``lab.claims.C13`` is one claim of the chapter, ``B01`` one of the lessons beyond it; `claims` gives
all of them, the chapter's first and in its order.  A claim's module is imported when the claim is
first asked for.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.course.claims.claim import Claim

__all__ = ["IDS", "claims"]

# module of this package -> the claims that it holds under their ids
_HELD = {
    "namespace_kinds": "C01 C02",
    "container": "C03 C10",
    "sight": "C04",
    "own": "C05 C06",
    "tables": "C07 C08",
    "stack": "C09",
    "ports": "C11",
    "subcommands": "C12",
    "life": "C13 C15",
    "keepers": "C14",
    "wire": "C16 C17 C18 C19 C31",
    "wire_at_work": "C20 C21 C22 C32",
    "first_ping": "C23",
    "ping_path": "C24 C25",
    "asking": "C26 C27 C28",
    "beyond": "C29 C30",
    "further.veth_close": "B01 B02 B05",
    "further.veth_frames": "B03 B04",
    "further.publishing": "B06 B07 B08 B09 B10",
    "further.tcp_wire": "B11 B12 B13",
    "further.tcp_ends": "B14 B15",
    "further.shaping": "B16 B17 B18",
    "further.lost_packets": "B19 B20",
    "further.without_arp": "B21 B22 B23",
    "further.router_word": "B24 B25",
    "further.overlay": "B26 B27 B28 B29 B30",
    "further.spoofing": "B31 B32 B33 B34",
}
_MODULES = {name: module for module, held in _HELD.items() for name in held.split()}

IDS = tuple(sorted(_MODULES, key=lambda name: (name[0] != "C", name)))


def claims(ids: Iterable[str] = IDS) -> tuple[Claim, ...]:
    """Return the claims with these ids; without any, all of them.

    Raises
    ------
    KeyError
        There is no claim of that id.
    """
    return tuple(_claim(name) for name in ids)


def _claim(name: str) -> Claim:
    module = importlib.import_module(f"nslabkit.course.claims.{_MODULES[name]}")
    claim: Claim = getattr(module, name)
    return claim


def __getattr__(name: str) -> Claim:
    """Return the claim `name`, imported now."""
    if name in _MODULES:
        return _claim(name)
    text = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(text, name=name, obj=sys.modules[__name__])


def __dir__() -> list[str]:
    """Offer the claims to tab completion."""
    return [*__all__, *_MODULES]
