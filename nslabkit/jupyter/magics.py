"""IPython magics of the kit: ``%nslab`` and ``%%explain``.

``%nslab changes on`` and ``off``: whether a line below each cell says what it changed.
``%%explain`` on top of a cell of shell commands: what the kernel made of each, and what it means.
The sandbox kernel loads them; elsewhere ``%load_ext nslabkit`` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.jupyter.cell_changes import CellChanges

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nslabkit.course.explain.shell_cell import ExplainedCell

_KEPT = "_nslabkit_cell_changes"


def load(shell: InteractiveShell) -> None:
    """Add the commands to `shell`, and look at its cells; twice is as once."""
    changes = getattr(shell, _KEPT, None)
    if changes is None:
        changes = CellChanges(shell)
        setattr(shell, _KEPT, changes)
        magics = shell.magics_manager
        magics.register_function(lambda line: _nslab(line, changes), "line", "nslab")
        magics.register_function(_explain, "cell", "explain")
    changes.turn_on()


def unload(shell: InteractiveShell) -> None:
    """Look at the cells of `shell` no more."""
    changes = getattr(shell, _KEPT, None)
    if changes is not None:
        changes.turn_off()


def _nslab(line: str, changes: CellChanges) -> None:
    """``%nslab changes on|off``."""
    from nslabkit.base.errors import InvalidValueError
    from nslabkit.base.language import translate as _

    words = line.split()
    if words == ["changes", "on"]:
        changes.turn_on()
    elif words == ["changes", "off"]:
        changes.turn_off()
    elif words not in ([], ["changes"]):
        raise InvalidValueError(
            f"%nslab {line}",
            _("%nslab does not know that name."),
            _("Write `%nslab changes on` or `%nslab changes off`."),
        )
    if changes.on:
        print(  # noqa: T201 - the answer to a command
            _("A line below each cell says what it changed; `%nslab changes off` turns that off.")
        )
    else:
        print(_("Changes made by cells are not shown; `%nslab changes on` turns that on."))  # noqa: T201


def _explain(line: str, cell: str) -> ExplainedCell:
    """``%%explain``, or ``%%explain NAMESPACE`` to run the commands there."""
    from nslabkit.course.explain.shell_cell import explained

    return explained(cell, line.strip() or None)
