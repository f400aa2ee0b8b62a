"""The execution of lessons: do they run from top to bottom, and do their checks agree?

Executes lessons with nbclient in the kernel that each names, so in a sandbox of its own, in a
folder that is thrown away.  A cell may carry ``interrupt_after`` (seconds) in its metadata: an
endless command, such as the chapter's ping, is then interrupted as a learner would, and that is
not an error.
"""

from __future__ import annotations

import asyncio
import atexit
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_START = 300  # seconds until a kernel answers: an emulated machine took more than 60


@dataclass(frozen=True)
class LessonRun:
    """How one lesson went.

    Parameters
    ----------
    lesson : str
        Its file name without the ending.
    cells : int
        Code cells that were executed.
    checks : int
        Checks that agreed.
    seconds : float
        From the start of the kernel to its end.
    problem : str or None
        The first error or the first check that did not agree; None if all went well.
    """

    lesson: str
    cells: int
    checks: int
    seconds: float
    problem: str | None

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong."""
        return self.problem is None


def execute(path: Path, timeout: float, progress: Callable[[], None]) -> LessonRun:
    """Execute one lesson and return how it went; its file is not changed.

    Parameters
    ----------
    path : Path
        The notebook.
    timeout : float
        Seconds that one cell may take.
    progress : callable
        Called after each code cell.
    """
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return execute_cells(notebook, path.stem, timeout, progress)


def execute_cells(
    notebook: Any,  # noqa: ANN401 - nbformat's nodes have no type
    name: str,
    timeout: float,
    progress: Callable[[], None],
) -> LessonRun:
    """Execute a notebook's cells, put the outputs into them, and return how it went.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The notebook; the state of its widgets comes into its metadata.
    name : str
        What to call it.
    timeout, progress
        As for `execute`.
    """
    begun = time.monotonic()
    begun_cells: list[Any] = []
    problem = None
    with tempfile.TemporaryDirectory(prefix="nslabkit-run-") as folder:
        client = _Client(
            notebook,
            timeout=timeout,
            startup_timeout=_START,
            resources={"metadata": {"path": folder}},
            on_cell_execute=lambda cell, **_place: begun_cells.append(cell),
            on_cell_executed=lambda **_cell: progress(),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            problem = f"{error.ename}: {error.evalue}"
        except CellTimeoutError:
            problem = _("Cell {number} took longer than {seconds} s: {line}").format(
                number=len(begun_cells),
                seconds=f"{timeout:g}",
                line=begun_cells[-1].source.partition("\n")[0],
            )
        except (DeadKernelError, RuntimeError) as error:
            # The kernel did not start, or died: jupyter_client passes on what the sandbox said.
            problem = str(error)
        finally:
            atexit.unregister(client._cleanup_kernel)  # noqa: SLF001 - or it complains at the end of one that never started
    executed = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.execution_count is not None
    ]
    verdicts = [verdict for cell in executed for verdict in _verdicts(cell)]
    wrong = [text for right, text in verdicts if not right]
    if problem is None and wrong:
        problem = wrong[0]
    return LessonRun(
        lesson=name,
        cells=len(executed),
        checks=len(verdicts) - len(wrong),
        seconds=time.monotonic() - begun,
        problem=problem,
    )


class _Client(NotebookClient):
    """nbclient, with an interrupt for the cells that ask for one."""

    async def async_execute_cell(self, cell: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - nbclient's signature
        after = cell.metadata.get("interrupt_after")
        if after is None:
            return await super().async_execute_cell(cell, *args, **kwargs)
        timer = asyncio.ensure_future(self._interrupt(float(after)))
        self.allow_error_names = ["KeyboardInterrupt"]
        try:
            return await super().async_execute_cell(cell, *args, **kwargs)
        finally:
            self.allow_error_names = []
            timer.cancel()

    async def _interrupt(self, after: float) -> None:
        await asyncio.sleep(after)
        assert self.km is not None
        await ensure_async(self.km.interrupt_kernel())


def _verdicts(cell: Any) -> list[tuple[bool, str]]:  # noqa: ANN401 - nbformat's nodes have no type
    """Return what the checks of a cell said: whether it is right, and the sentence."""
    found = []
    # A lesson may show what a check says before its step is done: then that is what is right.
    expected = "not-yet" not in cell.metadata.get("tags", [])
    for output in cell.outputs:
        mark = output.get("metadata", {}).get("nslabkit", {}).get("check")
        if mark is not None:
            found.append((bool(mark) is expected, output.get("data", {}).get("text/plain", "")))
    return found
