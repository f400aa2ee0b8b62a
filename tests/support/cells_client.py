"""How do tests run cells in a kernel of ours, and what did the checks in them say?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient
from nbclient.util import ensure_async

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 300  # seconds for a cell: several kernels may run side by side on a busy machine


class CellsClient(NotebookClient):
    """Interrupts the cells that ask for it, as a learner does."""

    async def async_execute_cell(self, cell: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - nbclient's signature
        after = cell.metadata.get("interrupt_after")
        if after is None:
            return await super().async_execute_cell(cell, *args, **kwargs)
        timer = asyncio.get_running_loop().create_task(self._interrupt(float(after)))
        before, self.allow_error_names = self.allow_error_names, ["KeyboardInterrupt"]
        try:
            return await super().async_execute_cell(cell, *args, **kwargs)
        finally:
            self.allow_error_names = before
            timer.cancel()

    async def _interrupt(self, after: float) -> None:
        await asyncio.sleep(after)
        assert self.km is not None
        await ensure_async(self.km.interrupt_kernel())


def client_of(
    cells: list[Any], folder: Path, *, kernel: str = "nslab", go_on: bool = False
) -> CellsClient:
    """Return a client for these cells; with `go_on` it goes on after an error.

    A lesson that runs twice has each of its cells twice: they are numbered anew.
    """
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    spec = {"name": kernel, "display_name": kernel, "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})
    return CellsClient(
        notebook,
        timeout=PATIENCE,
        allow_errors=go_on,
        resources={"metadata": {"path": str(folder)}},
    )


def verdicts(cell: Any) -> list[tuple[bool, str]]:  # noqa: ANN401 - nbformat has no types for cells
    """Return what the checks of a cell said: whether it is right there, and the sentence.

    A lesson may show what a check says before its step is done: then "not yet" is right.
    """
    wanted = "not-yet" not in cell.metadata.get("tags", [])
    marked = [one for one in cell.outputs if "check" in one.get("metadata", {}).get("nslabkit", {})]
    return [
        (one["metadata"]["nslabkit"]["check"] is wanted, one["data"]["text/plain"])
        for one in marked
    ]
