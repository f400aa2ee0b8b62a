"""Needs of each lesson: which checks of the doctor must be right for it.

What a lesson can do without, by another way that it goes then, is not listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.doctor.check import Check, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TWO_WORLDS = ("namespace", "netns-exec", "veth", "first-ping", "ip", "ping")
_RECORDING = ("packet-socket", "tcpdump")
_RULES = ("nft", "nftables")

# Number of the lesson -> names of checks, of `kernel_features` and of `programs`.
NEEDS: dict[str, tuple[str, ...]] = {
    "1": (*_TWO_WORLDS, "macvlan"),
    "2": (*_TWO_WORLDS, *_RULES),
    "3": (*_TWO_WORLDS, *_RECORDING, "bridge", "raw-socket", "strace"),
    "4": (*_TWO_WORLDS, *_RECORDING, *_RULES, "bridge", "forwarding", "nat", "conntrack"),
    "5": (*_TWO_WORLDS, "curl"),
    "6": (*_TWO_WORLDS, "eight-kinds", "mount", "ps"),
    "7": (*_TWO_WORLDS, *_RULES, "forwarding", "nat", "mount", "ps"),
    "8": (*_TWO_WORLDS, *_RECORDING, *_RULES, "bridge", "forwarding"),
    "9": (*_TWO_WORLDS, *_RECORDING),
    "10": (*_TWO_WORLDS, *_RECORDING, "bridge"),
    "11": (
        *_TWO_WORLDS,
        *_RECORDING,
        *_RULES,
        "bridge",
        "forwarding",
        "nat",
        "dnat",
        "conntrack",
        "curl",
    ),
    "12": (*_TWO_WORLDS, *_RECORDING, *_RULES),
    "13": (*_TWO_WORLDS, *_RECORDING, *_RULES, "forwarding", "tbf", "htb", "chance"),
    "14": (*_TWO_WORLDS, *_RECORDING, *_RULES, "ipv6"),
    "15": (*_TWO_WORLDS, *_RECORDING, "bridge", "forwarding", "vxlan"),
    "16": (*_TWO_WORLDS, *_RECORDING, *_RULES, "bridge", "forwarding", "nft-families"),
    "20": (*_TWO_WORLDS, *_RULES, "bridge", "forwarding", "nat", "dnat", "curl"),
}


def lacking(checks: Iterable[Check]) -> dict[str, tuple[Check, ...]]:
    """Return for each lesson that lacks something what it lacks; nothing where none was tried.

    Parameters
    ----------
    checks : iterable of Check
        What the doctor found.
    """
    wrong = {row.name: row for row in checks if row.status in {Status.WARN, Status.FAIL}}
    found = {
        lesson: tuple(wrong[name] for name in names if name in wrong)
        for lesson, names in NEEDS.items()
    }
    return {lesson: rows for lesson, rows in found.items() if rows}


def sentences(checks: Sequence[Check]) -> list[str]:
    """Return a line for each lesson that lacks something, in the reader's language."""
    return [
        _("lesson {number}: lacks {names}").format(
            number=lesson, names=enumeration(row.title for row in rows)
        )
        for lesson, rows in lacking(checks).items()
    ]
