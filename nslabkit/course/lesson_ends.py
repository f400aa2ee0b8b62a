"""The checks of each lesson, in order, and so the end of a lesson.

Read from the lessons themselves: a check is a line ``lab.check.STEP(…)``,
``lab.claims.ID.check(…)`` or ``lab.faults.mended(…)`` of a cell.  One step may be checked several
times with other arguments, so a check's name is the step with its arguments.
"""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

from nslabkit.base.errors import NotFoundError
from nslabkit.course import lessons

if TYPE_CHECKING:
    from pathlib import Path


def check_name(step: str, *arguments: object, **named: object) -> str:
    """Return the name under which a check is recorded: ``"address netns1 veth1"``.

    Parameters
    ----------
    step : str
        The step's name, or a claim's id.
    *arguments, **named
        What the check was called with; only text and numbers are told apart.
    """
    words = [str(value) for value in (*arguments, *named.values()) if isinstance(value, str | int)]
    return " ".join([step, *words])[:80]


def checks_in(notebook: Path) -> tuple[str, ...]:
    """Return the names of the checks that a lesson's cells call, in their order, each once."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    names = (_name(line) for source in sources for line in source.splitlines())
    return tuple(dict.fromkeys(name for name in names if name))


def last_checks() -> dict[str, str]:
    """Return lesson -> the last check that is new in it, for the lessons that came with the kit."""
    try:
        notebooks = lessons.available("en")
    except NotFoundError:
        return {}  # then nobody is shown as finished; all else works
    found = {notebook.stem: checks_in(notebook) for notebook in notebooks}
    return {lesson: checks[-1] for lesson, checks in found.items() if checks}


def _name(line: str) -> str | None:
    """Return the name of the check that a line calls, None if it calls none."""
    call = _call(line)
    if call is None:
        return None
    path = ast.unparse(call.func).split(".")
    if path[:2] == ["lab", "claims"] and path[3:] == ["check"]:
        return path[2]
    mended = path == ["lab", "faults", "mended"]
    if mended and not isinstance(call.args[0], ast.Constant):
        return None  # a network of the learner's choice
    if path[:2] != ["lab", "check"] and not mended:
        return None
    return check_name(
        path[-1],
        *(part.value for part in call.args if isinstance(part, ast.Constant)),
        **{
            str(part.arg): part.value.value
            for part in call.keywords
            if isinstance(part.value, ast.Constant)
        },
    )


def _call(line: str) -> ast.Call | None:
    """Return the call that a line is, if it may be a check's."""
    if not any(word in line for word in ("lab.check.", "lab.claims.", "lab.faults.")):
        return None
    try:
        call = ast.parse(line.strip(), mode="eval").body
    except SyntaxError:
        return None  # a comment, or a line for the shell
    return call if isinstance(call, ast.Call) else None
