"""What has changed between two readings of all that is there?

A link that is in another namespace than before was moved, and is told so; what a namespace or
link took along when it went is not told one by one.  What only time made, such as a neighbour
that has become STALE, is marked as such.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from nslabkit.base.language import translate as _
from nslabkit.live.comparing import StateChange, changes, space_name
from nslabkit.live.matching import match

if TYPE_CHECKING:
    from nslabkit.live.model import NamespaceModel

__all__ = ["Difference", "StateChange", "difference"]

_LINE = 10  # changes that the one line names; the table has all
_CELL = "text-align: left; vertical-align: top"


class Difference(Sequence[StateChange]):
    """What came to be different, as one line or as a table; false where nothing did."""

    def __init__(self, changes: tuple[StateChange, ...]) -> None:
        self._changes = changes

    def __len__(self) -> int:
        """Return the number of changes."""
        return len(self._changes)

    @overload
    def __getitem__(self, index: int) -> StateChange: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[StateChange, ...]: ...

    def __getitem__(self, index: int | slice) -> StateChange | tuple[StateChange, ...]:
        """Return one change, or a tuple of some."""
        return self._changes[index]

    @property
    def line(self) -> str:
        """The changes in one line; a namespace is named where it is another than before it."""
        if not self._changes:
            return _("nothing changed")
        words, where = [], None
        for change in self._changes[:_LINE]:
            named = change.kind in {"namespace", "move"}
            prefix = "" if named or change.where == where else f"{space_name(change.where)}: "
            where = None if named else change.where
            note = _(" (by time alone)") if change.by_time else ""
            words.append(f"{prefix}{change.text}{note}")
        more = len(self._changes) - _LINE
        if more > 0:
            words.append(_("and {count} more").format(count=more))
        return " · ".join(words)

    @property
    def json(self) -> list[dict[str, Any]]:
        """The same for a script."""
        return [vars(change) for change in self._changes]

    def __repr__(self) -> str:
        """Return the one line."""
        return self.line

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.line)}</p>{self.table if self else ''}"

    @property
    def table(self) -> str:
        """All changes with before and after, as an HTML table."""
        head = "".join(
            f'<th scope="col" style="{_CELL}">{html.escape(text)}</th>'
            for text in (_("where"), _("what"), _("before"), _("after"))
        )
        rows = "".join(map(self._row, self._changes))
        return (
            f"<table><caption>{html.escape(_('What changed'))}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _row(self, change: StateChange) -> str:
        after = change.after if change.after is not None else "–"
        if change.by_time:
            after += _(" (by time alone)")
        cells = "".join(
            f'<td style="{_CELL}">{html.escape(text)}</td>'
            for text in (change.what, change.before if change.before is not None else "–", after)
        )
        where = html.escape(space_name(change.where))
        return f'<tr><th scope="row" style="{_CELL}">{where}</th>{cells}</tr>'


def difference(before: Sequence[NamespaceModel], after: Sequence[NamespaceModel]) -> Difference:
    """Return what is different in `after`."""
    return Difference(tuple(changes(match(before, after))))
