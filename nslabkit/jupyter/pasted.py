"""Cells copied from a terminal, and what has to be different in a notebook.

Three mistakes that everybody makes once: the prompt ``$`` copied along, the ``!`` left out before
a command, and a ``cd`` that is gone with the shell of its line.
"""

from __future__ import annotations

import ast
import re

from nslabkit.base.language import translate as _

_PROMPT = re.compile(r"^\s*!?\s*\$\s+(?P<command>\S.*)$")
_BARE = re.compile(
    r"^(sudo|ip|ping|bridge|nft|sysctl|tcpdump|ss|nsenter|unshare|lsns|mount)\s+[\w/.-]"
)
_LONE_CD = re.compile(r"^\s*!\s*cd\s+(?P<folder>[^\s;&|]+)\s*$")


def explain_pasted(lines: list[str]) -> list[str]:
    """Return the lines of a cell as they are, unless they only work in a terminal.

    An IPython input transformer
    (https://ipython.readthedocs.io/en/stable/config/inputtransforms.html).

    Raises
    ------
    InvalidValueError
        A line begins with a prompt, a command lacks its ``!``, or a ``cd`` would be lost.
    """
    text = "".join(lines)
    is_shell = text.startswith(("%%bash", "%%sh"))
    # What another program gets, a text within quotes and a here-document are left alone.
    if (text.startswith("%%") and not is_shell) or _is_python(text) or "<<" in text:
        return lines
    for line in lines:
        if match := _PROMPT.match(line):
            command = match["command"].strip()
            _refuse(
                line,
                _("The $ is the prompt of a terminal, not a part of the command."),
                command if is_shell else f"!{command}",
            )
        if (match := _LONE_CD.match(line)) and not is_shell:
            _refuse(
                line,
                _("Each line with ! gets a shell of its own, so its cd ends with it."),
                f"%cd {match['folder']}",
            )
    if _BARE.match(text):
        _refuse(
            lines[0],
            _("A cell holds Python; start a shell command with an exclamation mark."),
            f"!{lines[0].strip()}",
        )
    return lines


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _refuse(line: str, reason: str, instead: str) -> None:
    from nslabkit.base.errors import InvalidValueError

    raise InvalidValueError(line.strip(), reason, instead)
