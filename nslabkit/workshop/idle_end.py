"""When does an idle notebook end?  Not during a lunch break, and never without a word before.

Who ends a notebook's kernel destroys the networks that were built in it.  So the server says on
every page beforehand which notebooks will end, and when; a button there puts it off.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Iterable

AFTER = "NSLAB_IDLE_MINUTES"
"""The variable with the minutes without a cell after which a notebook ends; 0 for never."""
NOTICE = "NSLAB_IDLE_NOTICE"
"""The variable with the minutes before that in which it is said."""


@dataclass(frozen=True)
class Ending:
    """A notebook that will end unless something is run in it.

    Attributes
    ----------
    kernel : str
        Its kernel's id.
    name : str
        The notebook's file name.
    when : datetime
        When it ends, with its offset.
    """

    kernel: str
    name: str
    when: dt.datetime


class IdleEnd:
    """Which notebooks end when; it remembers until when somebody put it off.

    Parameters
    ----------
    after, notice : float
        Minutes, as the variables say.
    """

    def __init__(self, after: float | None = None, notice: float | None = None) -> None:
        self._after = dt.timedelta(minutes=_minutes(AFTER, after))
        self._notice = dt.timedelta(minutes=_minutes(NOTICE, notice))
        self._kept = dt.datetime.fromtimestamp(0, dt.UTC)

    @property
    def after(self) -> float:
        """Seconds without a cell after which a notebook ends; 0 for never."""
        return self._after.total_seconds()

    def keep(self, now: dt.datetime) -> None:
        """Count all notebooks as used just now."""
        self._kept = now

    def endings(self, kernels: Iterable[dict[str, Any]], names: dict[str, str]) -> list[Ending]:
        """Return when each idle kernel ends, the first to end first.

        Parameters
        ----------
        kernels : iterable of dict
            As Jupyter Server's kernel manager describes them.
        names : dict
            Kernel's id -> its notebook's path.
        """
        if not self._after:
            return []
        found = []
        for kernel in kernels:
            if kernel["execution_state"] == "busy":
                continue
            used = max(dt.datetime.fromisoformat(kernel["last_activity"]), self._kept)
            name = Path(names.get(kernel["id"], kernel["name"])).name
            found.append(Ending(kernel["id"], name, used + self._after))
        return sorted(found, key=lambda ending: ending.when)

    def due(self, endings: Iterable[Ending], now: dt.datetime) -> list[Ending]:
        """Return those whose time is over."""
        return [ending for ending in endings if ending.when <= now]

    def notice(self, endings: list[Ending], now: dt.datetime) -> dict[str, str] | None:
        """Return what the page is to say now: the text, and a moment that tells two apart."""
        soon = [ending for ending in endings if ending.when - self._notice <= now]
        if not soon:
            return None
        clock = soon[0].when.astimezone().strftime("%H:%M")
        names = ", ".join(ending.name for ending in soon)
        text = _(
            "Nothing was run for a long time. At {time} these notebooks will end: {notebooks}. The "
            "networks built in them will be gone; the files stay. Run any cell, or press the "
            "button, to keep them."
        ).format(time=clock, notebooks=names)
        return {"text": text, "when": f"{clock} {names}"}


def _minutes(variable: str, given: float | None) -> float:
    return given if given is not None else float(os.environ.get(variable) or 0)
