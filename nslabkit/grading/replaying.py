"""The replay of one notebook: its cells one after the other, and after each task's cell the judge.

Runs in a process of its own, in the room that was made for it.  What happens is told at once, in
lines of JSON: what was judged before the time was over, counts.
"""

from __future__ import annotations

import functools
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course import variants
from nslabkit.grading import judge_beside, rebuilding, replay_kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from nslabkit.grading.submissions import HandedIn, ReplayCell

CELL = 60.0
"""Seconds that a cell may take until it is stopped."""
_JUDGING = 60.0
_CALLED = re.compile(r"""\bcheck\s*\.\s*task\s*\(\s*(?:name\s*=\s*)?["']([^"']{1,20})["']""")


@dataclass(frozen=True)
class Order:
    """What is to be replayed.

    Attributes
    ----------
    notebook : HandedIn
        The learner's copy of a lesson.
    tasks : tuple of str
        The lesson's tasks.
    seconds : float
        How long the notebook may take.
    corner : dict
        The files of the kit's corner, by name.
    recorded : dict
        Task -> the namespaces that its record tells.
    variant : str
        The seed of the learner's own values; empty without one.
    """

    notebook: HandedIn
    tasks: tuple[str, ...]
    seconds: float
    corner: dict[str, bytes] = field(default_factory=dict)
    recorded: dict[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    variant: str = ""


def replay(order: Order, work: Path, tell: Callable[[dict[str, Any]], None]) -> None:
    """Replay a notebook, then build again what is only recorded; tell what is found.

    Parameters
    ----------
    order : Order
        What.
    work : Path
        A folder of nobody else's, for all that the replay writes.
    tell : callable
        Gets ``{"task": …, "passed": …, "sentence": …}`` for each judgement (``"rebuilt": true``
        for those of a record), ``{"cells": …}`` after each cell, and ``{"remark": …}``.
    """
    variants.become(order.variant)  # for the judge
    passed: set[str] = set()

    def heard(found: dict[str, Any]) -> None:
        if found.get("passed"):
            passed.add(found["task"])
        tell(found)

    if order.notebook.cells:
        _replay_cells(order, work, heard)
    for task, namespaces in order.recorded.items():
        if task not in passed:
            heard({**_rebuilt(task, namespaces, work), "rebuilt": True})


def tasks_after(cells: Sequence[ReplayCell], tasks: Sequence[str]) -> list[list[str]]:
    """Return for each cell the tasks that are judged after it.

    These are the tasks whose check it calls.  A task whose check no cell calls is judged after its
    last own cell, or at the notebook's end where it has none.
    """
    after: list[list[str]] = [[] for _cell in cells]
    for number, cell in enumerate(cells):
        after[number] = [one for one in dict.fromkeys(_CALLED.findall(cell.source)) if one in tasks]
    called = {task for found in after for task in found}
    for task in tasks:
        if cells and task not in called:
            own = [number for number, cell in enumerate(cells) if cell.task == task]
            after[own[-1] if own else -1].append(task)
    return after


def _replay_cells(order: Order, work: Path, tell: Callable[[dict[str, Any]], None]) -> None:
    until = time.monotonic() + order.seconds
    try:
        kernel = _started(order, work)
    except NslabError as error:
        tell({"remark": error.reason})
        return
    try:
        if not kernel.answers():
            tell({"remark": _("its kernel did not start")})
            return
        _run(kernel, order, until, tell)
    finally:
        kernel.end()


def _run(
    kernel: replay_kernel.ReplayKernel,
    order: Order,
    until: float,
    tell: Callable[[dict[str, Any]], None],
) -> None:
    cells = order.notebook.cells
    machine = kernel.machine()
    after = tasks_after(cells, order.tasks)
    for number, cell in enumerate(cells):
        left = until - time.monotonic()
        went = replay_kernel.STUCK
        if left > 0:
            went = kernel.run(cell.source, min(CELL, left), interrupt=cell.interrupt)
        if went == replay_kernel.ENDED or machine is None:
            text = _("its kernel ended in cell {number}")
            tell({"remark": text.format(number=number + 1)})
            return
        if went == replay_kernel.STUCK or time.monotonic() > until:
            text = _("the time was over in cell {number}")
            tell({"remark": text.format(number=number + 1), "late": True})
            return
        if went == replay_kernel.STOPPED:
            text = _("cell {number} was stopped after {seconds} s")
            tell({"remark": text.format(number=number + 1, seconds=f"{CELL:.0f}")})
        tell({"cells": number + 1})
        for task in after[number]:
            tell({"task": task, **_judge(machine, functools.partial(judge_beside.judged, task))})


def _judge(machine: judge_beside.Machine, question: Callable[[], Any]) -> dict[str, Any]:
    found = judge_beside.ask(machine, question, _JUDGING)
    if not isinstance(found, dict):
        return {"passed": False, "sentence": _("the judge got no answer from the sandbox")}
    return {"passed": found.get("passed") is True, "sentence": str(found.get("sentence", ""))}


def _started(order: Order, work: Path) -> replay_kernel.ReplayKernel:
    """Put the learner's files where a learner has them, and start the kernel there."""
    language = "zh" if order.notebook.chinese else "en"
    lessons = work / "lessons"
    folder, corner = lessons / language, lessons / ".nslabkit"
    for made in (folder, corner):
        made.mkdir(parents=True, mode=0o700)
    for name, content in order.corner.items():
        (corner / name).write_bytes(content)
    environment = replay_kernel.plain_environment(
        work,
        NSLAB_LESSONS=str(lessons),
        JPY_SESSION_NAME=str(folder / f"{order.notebook.lesson}.ipynb"),
        **{variants.VARIANT: order.variant},
    )
    name = "nslab-zh" if order.notebook.chinese else "nslab"
    return replay_kernel.ReplayKernel(name, folder, environment)


def _rebuilt(task: str, namespaces: Sequence[dict[str, Any]], work: Path) -> dict[str, Any]:
    """Build a recorded state in a sandbox of its own, and judge the task there."""
    home = work / f"rebuilt-{task}"
    home.mkdir(mode=0o700)
    found: dict[str, Any] = {"task": task, "passed": False, "sentence": ""}
    try:
        with replay_kernel.empty_sandbox(home) as machine:
            question = functools.partial(_build_and_judge, task, namespaces)
            return {**found, **_judge(machine, question)}
    except NslabError as error:
        return {**found, "sentence": error.reason}


def _build_and_judge(task: str, namespaces: Sequence[dict[str, Any]]) -> dict[str, Any]:
    try:
        rebuilding.rebuild(namespaces)
    except rebuilding.NotRebuildableError:
        return {"passed": False, "sentence": _("its record cannot be built again")}
    return judge_beside.judged(task)
