"""The legend for the output of ``ip``: what does each word mean?

`explain` runs an ``ip addr``, ``ip link`` or ``ip route get`` command now and shows what it
printed with a number at each field, and below it a legend in words.  So the numbers of this
machine are explained, not those of a book.
"""

from __future__ import annotations

import html
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.base.markup import Cell, table
from nslabkit.base.palette import EXPLAINED
from nslabkit.course.explain.output_fields import Field, fields_of
from nslabkit.net.namespaces import namespace as space_of

if TYPE_CHECKING:
    from nslabkit.net.namespace import NamespaceLike

_PRINTED = "white-space:pre-wrap;word-break:normal;line-height:1.7"  # JupyterLab breaks words
_ONE_LINE = "white-space:nowrap"
_KNOWN = ("addr", "address", "a", "link", "l", "route", "r")


@dataclass(frozen=True)
class Explanation:
    """An output and what its fields mean.

    Attributes
    ----------
    command : str
        What was run.
    text : str
        What it printed.
    fields : tuple of Field
        The fields that are explained, in the order of the text, each kind of field once.
    """

    command: str
    text: str
    fields: tuple[Field, ...]

    def __repr__(self) -> str:
        """Return the output, and the legend below it."""
        legend = (f"({n}) {f.text}: {f.meaning}" for n, f in enumerate(self.fields, start=1))
        return "\n".join([f"$ {self.command}", self._numbered(), "", *legend])

    def _repr_html_(self) -> str:
        rows = (
            (Cell(f"{number} <code>{html.escape(field.text)}</code>", _ONE_LINE), field.meaning)
            for number, field in enumerate(self.fields, start=1)
        )
        return (
            f'<pre style="{_PRINTED}">$ {html.escape(self.command)}\n{self._marked()}</pre>'
            f"{table(_('What the numbers mean'), (), rows)}"
        )

    def _numbered(self) -> str:
        parts, at = [], 0
        for number, field in enumerate(self.fields, start=1):
            parts += [self.text[at : field.end], f"({number})"]
            at = field.end
        return "".join([*parts, self.text[at:]])

    def _marked(self) -> str:
        """Return the output as HTML: fields are underlined, with number and tooltip."""
        parts, at = [], 0
        for number, field in enumerate(self.fields, start=1):
            parts.append(html.escape(self.text[at : field.start]))
            parts.append(
                f'<span title="{html.escape(field.meaning)}" tabindex="0" '
                f'style="border-bottom:2px dotted {EXPLAINED}">{html.escape(field.text)}'
                f'<sup style="font-size:11px">{number}</sup></span>'
            )
            at = field.end
        return "".join([*parts, html.escape(self.text[at:])])


def explain(command: str, namespace: NamespaceLike = None) -> Explanation:
    """Run a reading ``ip`` command and explain what it printed, field by field.

    Parameters
    ----------
    command : str
        ``"ip addr"``, ``"ip addr show veth1"``, ``"ip link"`` or ``"ip route get ADDRESS"``.
    namespace : NamespaceLike
        Where to run it.

    Raises
    ------
    InvalidValueError
        Any other command: its fields are not known here, and it is not run.
    CommandError
        The command failed.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.explain("ip route get 127.0.0.1").fields[0].text
    'local'
    """
    words = _words(command)
    if not has_known_fields(words):
        raise InvalidValueError(
            str(command),
            _("Only the output of ip addr, ip link and ip route get is explained here."),
            _('For example: lab.explain("ip addr show veth1", namespace="netns1")'),
        )
    where = space_of(namespace)
    result = where.run(words, check=True, quiet=True)
    text = result.stdout.rstrip()
    shown = f"ip netns exec {where.name} {command}" if where.name else command
    return Explanation(shown, text, fields_of(text))


def has_known_fields(words: list[str]) -> bool:
    """Whether a command is one of those whose output is explained here.

    `-j`, `-d` and the like print other fields.
    """
    if len(words) < 2 or words[0] != "ip" or words[1] not in _KNOWN:  # noqa: PLR2004
        return False
    return _reads(words)


def _words(command: str) -> list[str]:
    if not isinstance(command, str):
        return []
    try:
        return shlex.split(command)
    except ValueError:  # an open quote
        return []


def _reads(words: list[str]) -> bool:
    if words[1] in ("route", "r"):
        return words[2:3] == ["get"]
    return not words[2:] or bool(re.fullmatch(r"sh(ow?)?|li?(st?)?", words[2]))
