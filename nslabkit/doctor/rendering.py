"""The doctor's table: in a terminal of any width, and in a notebook.

A Chinese character is two columns wide (``wcwidth(3)``), and a line may be broken before one, but
not before closing punctuation.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from nslabkit.base import markup
from nslabkit.base.folding import folded, text_width
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.markup import Cell, with_code
from nslabkit.doctor import lesson_needs
from nslabkit.doctor.check import Check, Status, can_run, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nslabkit.doctor.platforms import Note

# SGR numbers of console_codes(4): green, yellow, red, bright black.
_COLOURS = {Status.OK: 32, Status.WARN: 33, Status.FAIL: 31, Status.UNTRIED: 90}
_NARROWEST = 20


def verdict(checks: Sequence[Check]) -> str:
    """Return in one sentence whether the first lesson can run."""
    if not can_run(checks):
        failed = [check.title for check in checks if check.status is Status.FAIL]
        return _("The first lesson cannot run here yet; what failed: {names}.").format(
            names=enumeration(failed)
        )
    if any(check.status is Status.WARN for check in checks):
        return _("The first lesson can run here; some later ones lack what is marked “warn”.")
    return _("All lessons can run here.")


def text(
    checks: Sequence[Check], notes: Sequence[Note], *, width: int, colours: bool = False
) -> str:
    """Return the table as lines of at most `width` columns; a remedy stands below its row.

    Parameters
    ----------
    checks, notes : sequence
        What was found.
    width : int
        Columns of the terminal.
    colours : bool
        Whether to colour the status; it is always a word as well.
    """
    first = max(text_width(check.title) for check in checks) + 2
    second = max(text_width(word(check.status)) for check in checks) + 2
    room = max(_NARROWEST, width - first - second)
    lines = []
    for check in checks:
        rest = _rows(check, room)
        state = _pad(word(check.status), second)
        if colours:
            state = f"\x1b[{_COLOURS[check.status]}m{state}\x1b[0m"
        lines.append(f"{_pad(check.title, first)}{state}{next(rest)}".rstrip())
        lines += [" " * (first + second) + line for line in rest]
    for note in notes:
        lines += ["", *_wrapped(_labelled(note.platform, note.text), width)]
        lines += [f"  {address}" for address in note.source.split()]
    lacking = lesson_needs.sentences(checks)
    if lacking:
        lines += ["", *(line for one in lacking for line in _wrapped(one, width))]
    return "\n".join([*lines, "", *_wrapped(verdict(checks), width)])


def _rows(check: Check, room: int) -> Iterator[str]:
    yield from _wrapped(check.seen, room) or [""]
    if check.remedy:
        yield from _wrapped(f"→ {check.remedy}", room)


def html(checks: Sequence[Check], notes: Sequence[Note]) -> str:
    """Return the table as HTML that a screen reader can read; no colour carries a meaning."""
    headings = (_("check"), _("result"), _("seen"), _("remedy"))
    items = "".join(
        f"<li>{_labelled(f'<b>{escape(note.platform)}</b>', with_code(note.text))} "
        + " ".join(f'<a href="{address}">{address}</a>' for address in note.source.split())
        + "</li>"
        for note in notes
    )
    table = markup.table(verdict(checks), headings, map(_cells, checks))
    items = "".join(f"<li>{escape(one)}</li>" for one in lesson_needs.sentences(checks)) + items
    return f"{table}<ul>{items}</ul>" if items else table


def _cells(check: Check) -> tuple[str | Cell, ...]:
    state = escape(word(check.status))
    if check.status in (Status.FAIL, Status.WARN):
        state = f"<b>{state}</b>"
    return (check.title, Cell(state), Cell(with_code(check.seen)), Cell(with_code(check.remedy)))


def _labelled(label: str, content: str) -> str:
    return _("{label}: {content}").format(label=label, content=content)


def _pad(plain: str, width: int) -> str:
    return plain + " " * (width - text_width(plain))


def _wrapped(plain: str, room: int) -> list[str]:
    """Break `plain` into lines of at most `room` columns; a command stays in one piece."""
    return folded(" ".join(plain.split()), room, hanging="").splitlines()
