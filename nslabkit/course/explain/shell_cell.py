"""The cell magic ``%%explain``: what the kernel made of each command, and what it means.

The cell magic ``%%explain`` runs the commands as a shell cell does, and puts beside each what it
changed in any namespace and what it is for.
"""

from __future__ import annotations

import html
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base import markup
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.course.explain.command_words import in_its_namespace, meaning_of
from nslabkit.course.explain.explain import Explanation, has_known_fields
from nslabkit.course.explain.output_fields import fields_of
from nslabkit.live.snapshot import snapshot
from nslabkit.net.namespaces import namespace as space_of

if TYPE_CHECKING:
    from nslabkit.base.commands import Result
    from nslabkit.live.difference import Difference
    from nslabkit.net.namespace import NamespaceLike

# What makes a line more than one plain command: such cells are run as a whole.
_SHELL = re.compile(r"[;|&<>$`(){}\\\n]|^\s*(for|while|until|if|case|function)\b")


@dataclass(frozen=True)
class Explained:
    """A command that was run, what it changed and what it means.

    Attributes
    ----------
    command : str
        As it was typed.
    result : Result
        How it ended.
    changes : Difference
        What is different after it, in any namespace.
    meaning : str or None
        What the command is for; None where the kit has no words for it.
    """

    command: str
    result: Result
    changes: Difference
    meaning: str | None

    @property
    def reading(self) -> Explanation | None:
        """The output with a meaning for each field, where it has fields that are known."""
        fields = fields_of(self.result.stdout) if _reads(self.command) else ()
        return Explanation(self.command, self.result.stdout.rstrip(), fields) if fields else None

    @property
    def view(self) -> str:
        """What the kernel made of it, in one line."""
        if self.changes:
            return self.changes.line
        if self.result.returncode:
            return _("refused, exit status {status}; nothing changed").format(
                status=self.result.returncode
            )
        return _("nothing changed: it only queries")


@dataclass(frozen=True)
class ExplainedCell:
    """The commands of a cell, each with its explanation."""

    commands: tuple[Explained, ...]

    def __repr__(self) -> str:
        """Return some lines for each command."""
        return "\n".join(map(_text, self.commands))

    def _repr_html_(self) -> str:
        headings = (_("command"), _("the kernel"), _("meaning"))
        table = markup.table(_("What the kernel made of it"), headings, map(_row, self.commands))
        return table + "".join(one.reading._repr_html_() for one in self.commands if one.reading)


def explained(cell: str, namespace: NamespaceLike = None) -> ExplainedCell:
    """Run the commands of a cell, show their output, and return what is to be said of them.

    Parameters
    ----------
    cell : str
        Shell commands, one a line.  Where it holds more than plain commands (a loop, a pipe),
        all of it is run and explained as one.
    namespace : NamespaceLike
        Where to run them.

    Raises
    ------
    InvalidValueError
        There is no command in it.
    """
    lines = [line.strip() for line in cell.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("#")]
    if not lines:
        raise InvalidValueError(
            "%%explain",
            _("There is no command in this cell."),
            _("Write shell commands below it, one per line: ip netns add netns1"),
        )
    plain = not any(map(_SHELL.search, lines))
    where = space_of(namespace)
    commands = []
    before = snapshot()
    for command in lines if plain else [cell.strip()]:
        result = where.run(command)
        after = snapshot()
        meaning = meaning_of(command) if plain else None
        commands.append(Explained(command, result, after - before, meaning))
        before = after
        if result.interrupted:
            break
    return ExplainedCell(tuple(commands))


def _text(one: Explained) -> str:
    lines = [f"$ {one.command}", f"  {_('the kernel')}: {one.view}"]
    if one.meaning:
        lines.append(f"  {_('meaning')}: {one.meaning}")
    if one.reading:
        lines.append(repr(one.reading))
    return "\n".join(lines)


def _row(one: Explained) -> tuple[str | markup.Cell, ...]:
    command = markup.Cell(f"<code>{html.escape(one.command)}</code>", "white-space:pre-wrap")
    return (command, one.view, one.meaning or "")


def _reads(command: str) -> bool:
    """Whether it is one of the commands whose output's fields are known."""
    try:
        words = shlex.split(in_its_namespace(command)[0])
    except ValueError:
        return False
    return has_known_fields(words)
