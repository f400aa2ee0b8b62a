"""The running cell: is there one, and does a click have to wait for its end?

Where the page has a thread of its own in the kernel (a subshell: JupyterLab 4.4 and newer), a
click is done beside the running cell.  Elsewhere it waits, and the buttons say so.  JupyterLab
asks for a subshell as soon as it has heard of the first widget.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class _Told(Protocol):
    def cell_changed(self) -> None: ...


class _State:
    """What is known of this process's cells and clicks."""

    def __init__(self) -> None:
        self.running = False
        self.watching = False
        self.told: weakref.WeakSet[Any] = weakref.WeakSet()


_state = _State()


def clicks_wait() -> bool:
    """Return whether a click made now would wait for the running cell, as far as is known."""
    return _state.running and not _has_subshell()


def tell(form: _Told) -> None:
    """Call ``form.cell_changed()`` when a cell begins and ends, as long as clicks would wait."""
    _state.told.add(form)
    if not _state.watching:
        shell = _shell()
        if shell is not None:
            shell.events.register("pre_run_cell", _begins)
            shell.events.register("post_run_cell", _ends)
            _state.watching = True


def cell_of() -> str | None:
    """Return the id of the cell that is being run, where the page tells it."""
    shell = _shell()
    parent: Callable[[], dict[str, Any]] | None = getattr(shell, "get_parent", None)
    if parent is None:
        return None
    found = parent().get("metadata", {}).get("cellId")
    return None if found is None else str(found)


def _has_subshell() -> bool:
    """Return whether the page has a thread of its own in this kernel."""
    kernel = getattr(_shell(), "kernel", None)
    thread = getattr(kernel, "shell_channel_thread", None)  # ipykernel 7 and newer
    return thread is not None and bool(thread.manager.list_subshell())


def _shell() -> Any:  # noqa: ANN401 - IPython's
    from IPython.core.getipython import get_ipython

    return get_ipython()


def _begins(_info: object) -> None:
    _state.running = True
    _tell_all()


def _ends(_result: object) -> None:
    _state.running = False
    _tell_all()


def _tell_all() -> None:
    for form in list(_state.told):
        form.cell_changed()
