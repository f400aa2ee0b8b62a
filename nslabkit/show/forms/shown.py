"""The forms on the page.  A cell that is run again replaces its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from nslabkit.show.forms import cell_running
from nslabkit.show.forms.form import Form

if TYPE_CHECKING:
    from nslabkit.show.forms.plan import FormPlan


class _Shown:
    """The forms, by the cell that made each."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_cell: dict[tuple[str, str], Form] = {}


_shown = _Shown()


def shown_once(plan: FormPlan) -> Form:
    """Return a new form; the one that the same cell made before is closed."""
    form = Form(plan)
    cell = cell_running.cell_of()
    if cell is not None:
        with _shown.lock:
            before = _shown.by_cell.pop((cell, plan.name), None)
            _shown.by_cell[cell, plan.name] = form
        if before is not None:
            before.close()
    return form
