"""The chapter's claims, and where each one is tested.

``lab.claims.C13`` is one claim; `claims` gives all of them in the chapter's order.  A claim's
module is imported when the claim is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.course.claims.claim import Claim

__all__ = ["IDS", "claims"]

# id of the claim -> module of this package that holds it under the same name
_MODULES = {
    "C01": "namespace_kinds",
    "C02": "namespace_kinds",
    "C03": "container",
    "C04": "sight",
    "C05": "own",
    "C06": "own",
    "C07": "tables",
    "C08": "tables",
    "C09": "stack",
    "C10": "container",
    "C11": "ports",
    "C12": "subcommands",
    "C13": "life",
    "C14": "keepers",
    "C15": "life",
    "C16": "wire",
    "C17": "wire",
    "C18": "wire",
    "C19": "wire",
    "C20": "wire_at_work",
    "C21": "wire_at_work",
    "C22": "wire_at_work",
    "C23": "first_ping",
    "C24": "ping_path",
    "C25": "ping_path",
    "C26": "asking",
    "C27": "asking",
    "C28": "asking",
    "C29": "beyond",
    "C30": "beyond",
    "C31": "wire",
    "C32": "wire_at_work",
}


IDS = tuple(_MODULES)


def claims(ids: Iterable[str] = IDS) -> tuple[Claim, ...]:
    """Return the claims with these ids; without any, all of them, in the chapter's order.

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
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Offer the claims to tab completion."""
    return [*__all__, *_MODULES]
