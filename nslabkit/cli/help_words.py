"""How does the command explain itself: in which language, and how wide?

The help of every command passes through `translate` when it is shown, and a formatter lays it
out that knows how wide Chinese is.  A paragraph of help is a message; the indented lines that may
follow it are commands to type, of which only a remark, after three spaces, is translated.
"""

from __future__ import annotations

import copy
import inspect
import re
from typing import TYPE_CHECKING, TypeVar

import click
from click import core, decorators, exceptions, parser, termui, types

from nslabkit.base.folding import folded, text_width
from nslabkit.base.language import translate
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Say = Callable[[str], str]

_Command = TypeVar("_Command", bound=click.Command)
_REMARK = re.compile(r"(?<=\S)( {3,})(\S.*)")
# What click asks for when a command is defined, which happens once for all languages.
_WHEN_DEFINED = ("file", "directory", "path")


def spoken(command: _Command, say: Say = translate) -> _Command:
    """Return a copy of `command` that explains itself in the current language.

    Parameters
    ----------
    command : click.Command
        The command as it was defined, in English.
    say : callable
        Gets each message of the help and returns what is shown.
    """
    _teach_click()
    told = copy.copy(command)
    told.context_class = _Context
    told.help = "\n\n".join(
        "\n".join(
            [say(prose), *(_REMARK.sub(lambda at: at[1] + say(at[2]), line) for line in typed)]
        )
        for prose, typed in _paragraphs(inspect.cleandoc(command.help or ""))
    )
    told.short_help = say(command.short_help) if command.short_help else told.help.split("\n")[0]
    told.options_metavar = say(command.options_metavar or "")
    told.params = [_told(parameter, say) for parameter in command.params]
    if isinstance(told, click.Group):
        told.subcommand_metavar = say(told.subcommand_metavar)
        told.commands = {name: spoken(below, say) for name, below in told.commands.items()}
    return told


def tree(name: str, command: click.Command) -> list[tuple[str, click.Command]]:
    """Return a command and all below it, each with its whole name."""
    found = [(name, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            below = command.get_command(context, inner)
            assert below is not None
            found += tree(f"{name} {inner}", below)
    return found


def _told(parameter: click.Parameter, say: Say) -> click.Parameter:
    told = copy.copy(parameter)
    told.metavar = say(told.metavar) if told.metavar else None
    if isinstance(told, click.Option):
        told.help = say(told.help or "")
    if not isinstance(told, click.Option) or not told.is_flag:
        told.type = copy.copy(told.type)  # click's errors tell its name
        told.type.name = say(told.type.name)
    return told


def _paragraphs(text: str) -> list[tuple[str, list[str]]]:
    """Return the prose of each paragraph, in one line, and the indented lines that follow it."""
    found = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.splitlines()
        prose = " ".join(line for line in lines if not line.startswith(" "))
        found.append((" ".join(prose.split()), [line for line in lines if line.startswith(" ")]))
    return found


def _teach_click() -> None:
    """Let click's own sentences be looked up as ours are.

    They go through ``gettext``, but its text domain belongs to the whole process, and it asks
    the system's locale, not ``NSLAB_LANG``.
    """
    for module in (core, decorators, exceptions, parser, termui, types):
        vars(module).update(_=_of_click, ngettext=_counted)


def _of_click(message: str) -> str:
    return message if message in _WHEN_DEFINED else translate(message)


def _counted(one: str, several: str, number: int) -> str:
    return translate(one if number == 1 else several)


class _Formatter(click.HelpFormatter):
    """Lays help out by the columns of a terminal, of which a Chinese character takes two."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        del prefix
        self.write(_("Usage: {command}").format(command=f"{prog} {args}".rstrip()) + "\n")

    def write_heading(self, heading: str) -> None:
        self.write(_("{heading}:").format(heading=heading) + "\n")

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        parts = [[*self._fold(prose, len(indent)), *typed] for prose, typed in _paragraphs(text)]
        self.write("\n\n".join("\n".join(indent + line for line in part) for part in parts) + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        margin = " " * self.current_indent
        widest = min(max(text_width(term) for term, _meaning in rows), col_max)
        indent = margin + " " * (widest + col_spacing)
        for term, meaning in rows:
            room = widest - text_width(term)
            gap = " " * (room + col_spacing) if room >= 0 else f"\n{indent}"
            lines = f"\n{indent}".join(self._fold(meaning, len(indent)))
            self.write(f"{margin}{term}{gap}{lines}".rstrip() + "\n")

    def _fold(self, text: str, indent: int) -> list[str]:
        return folded(text, self.width - indent, hanging="").splitlines()


class _Context(click.Context):
    formatter_class = _Formatter
