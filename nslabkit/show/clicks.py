"""Clicks that reach the kernel while a cell runs: JupyterLab's subshells and ipykernel.

JupyterLab sends what a widget says to a subshell, a thread beside the one of the cells
(https://jupyter.org/enhancement-proposals/91-kernel-subshells).  ipykernel 7.4, though, hands it
to the shell from which the widget's last message to the page came; a widget is made by a cell,
so that would be the one that is busy.
"""

from __future__ import annotations

from typing import Any


def let_through(widget: Any) -> None:  # noqa: ANN401 - ipywidgets has no types
    """Let what the page says to `widget` go to the subshell that the page chose.

    The handlers then run in that subshell's thread, beside a running cell: they must not change
    what a cell may be changing without a lock.  Does nothing where no front end is connected, or
    where ipykernel has no such detour.
    """
    comm = widget.comm
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _as_asked  # noqa: SLF001 - ipykernel has no public way


def _as_asked(_data: object, asked: str | None) -> str | None:
    return asked
