"""The progress line of a running recording: one line, rewritten in place."""

from __future__ import annotations

import contextvars
import importlib
import sys
import time
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from typing import TextIO

_PATIENCE = 0.3  # seconds in which nobody asks how far it is
_PAUSE = 0.25  # seconds between two looks


class ProgressLine:
    """A line in a notebook's cell, or in a terminal from the first third of a second on.

    Parameters
    ----------
    wanted : bool or None
        Whether to show it; None: where somebody sees it.
    """

    def __init__(self, wanted: bool | None) -> None:  # noqa: FBT001 - what was given to `capture`
        self._screen: TextIO = sys.stderr
        self._notebook = _in_notebook()
        self._shown = self._notebook or self._screen.isatty() if wanted is None else wanted
        # Output from a thread goes to the cell in whose context it is written.
        self._context = contextvars.copy_context()
        self._display: Any = None
        self._begun = self._last = time.monotonic()

    def begin(self) -> None:
        """Count the time from now; in a notebook the line has its place from now on.

        Otherwise it would come between the lines of what the cell runs meanwhile.
        """
        self._begun = self._last = time.monotonic()
        if self._notebook and self._shown:
            self._write(_("Recording …"))

    @property
    def due(self) -> bool:
        """Whether it is time to say something."""
        now = time.monotonic()
        return self._shown and now - self._begun > _PATIENCE and now - self._last > _PAUSE

    def say(self, packets: int, dropped: int) -> None:
        """Write how far it is."""
        self._last = time.monotonic()
        text = _("Recording: packets {packets}, dropped {dropped}, {seconds} s").format(
            packets=f"{packets:,}",
            dropped=f"{dropped:,}",
            seconds=f"{self._last - self._begun:.1f}",
        )
        self._context.run(self._write, text)

    def end(self, packets: int, dropped: int) -> None:
        """Write how it ended, if anything was written before."""
        if self._display is None:
            return
        seconds = time.monotonic() - self._begun
        text = _("Recorded in {seconds} s: packets {packets}, dropped {dropped}").format(
            packets=f"{packets:,}", dropped=f"{dropped:,}", seconds=f"{seconds:.1f}"
        )
        self._context.run(self._write, text)
        if not self._notebook:
            self._screen.write("\n")
            self._screen.flush()

    def _write(self, text: str) -> None:
        if not self._notebook:
            self._display = True
            self._screen.write(f"\r\x1b[K{text}")
            self._screen.flush()
            return
        display: Any = importlib.import_module("IPython.display").display  # it has no types
        bundle = {"text/plain": text}
        if self._display is None:
            self._display = display(bundle, raw=True, display_id=True)
        else:
            self._display.update(bundle, raw=True)


def _in_notebook() -> bool:
    """Return whether a Jupyter kernel shows what is written; a terminal's IPython is none."""
    shell = sys.modules.get("IPython")
    found = shell.get_ipython() if shell else None
    return found is not None and hasattr(found, "kernel")
