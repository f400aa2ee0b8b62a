"""The difference between two readings of everything that exists.

A link that is in another namespace than before was moved, and is told so; what a namespace or
link took along when it went is not told one by one.  What only time made, such as a neighbour
that has become STALE, is marked as such.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from nslabkit.base import markup
from nslabkit.base.language import translate as _
from nslabkit.base.table import Rows
from nslabkit.live.comparing import StateChange, changes, space_name
from nslabkit.live.matching import match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.live.model import NamespaceModel

__all__ = ["Difference", "StateChange", "difference"]

_LINE = 10  # changes that the one line names; the table has all


class Difference(Rows[StateChange]):
    """What changed, as one line or as a table; false if nothing did."""

    def __init__(self, changes: tuple[StateChange, ...]) -> None:
        self._rows = changes

    @property
    def line(self) -> str:
        """The changes in one line; a namespace is named where it differs from the one before."""
        if not self:
            return _("nothing changed")
        words, where = [], None
        for change in self[:_LINE]:
            named = change.kind in {"namespace", "move"}
            prefix = "" if named or change.where == where else f"{space_name(change.where)}: "
            where = None if named else change.where
            note = _(" (by time alone)") if change.by_time else ""
            words.append(f"{prefix}{change.text}{note}")
        more = len(self) - _LINE
        if more > 0:
            words.append(_("and {count} more").format(count=more))
        return " · ".join(words)

    @property
    def json(self) -> list[dict[str, Any]]:
        """The same for a script."""
        return [vars(change) for change in self]

    def __repr__(self) -> str:
        """Return the one line."""
        return self.line

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.line)}</p>{self.table if self else ''}"

    @property
    def table(self) -> str:
        """All changes with before and after, as an HTML table."""
        headings = (_("where"), _("what"), _("before"), _("after"))
        return markup.table(_("What changed"), headings, map(_cells, self))


def _cells(change: StateChange) -> tuple[str, ...]:
    after = change.after if change.after is not None else "–"
    if change.by_time:
        after += _(" (by time alone)")
    before = change.before if change.before is not None else "–"
    return (space_name(change.where), change.what, before, after)


def difference(before: Sequence[NamespaceModel], after: Sequence[NamespaceModel]) -> Difference:
    """Return what is different in `after`."""
    return Difference(tuple(changes(match(before, after))))
