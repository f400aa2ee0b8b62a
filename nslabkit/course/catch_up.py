"""Catching up: how somebody lost or late gets to the lesson's current step.

`catch_up` empties the machine and runs those cells of the lesson that build what its later ones
stand on, up to a step.  So what it builds is what the lesson itself would have built.  A step is
a section of a lesson, by number: ``"1.5"`` is section 5 of lesson 1.  The cells that build are
marked in the lesson's source with ``build="on"``; ``build="nothing"`` marks a cell that takes all
of it away, so that what follows begins with nothing.  A cell with ``build="yourself"`` shows what
later cells look at, a picture or a form: that belongs in its place on the page, so it is not run
but named.  Where a lesson is an exercise, its left-out cells are in ``builds`` of the cell before.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import InvalidValueError, NotSupportedError, NslabError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.course import lessons
from nslabkit.course.emptying import empty, only_in_a_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class LessonStep:
    """A place in a lesson where one can begin.

    Attributes
    ----------
    name : str
        Lesson and section: ``"1.5"``.
    heading : str
        The section's heading, in the reader's language.
    lesson : str
        The lesson's file.
    builds : tuple of str
        The cells that build what is there when the section begins.
    yourself : tuple of str
        The cells that must be run where they are, because of what they show.
    """

    name: str
    heading: str
    lesson: str
    builds: tuple[str, ...]
    yourself: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaughtUp:
    """What was done to get to a step."""

    step: LessonStep

    def __repr__(self) -> str:
        """Return what was done, cell by cell, and what is left to do."""
        done = [self._sentence, *(_quoted(cell) for cell in self.step.builds)]
        left = [_left_to_do(), *(_quoted(cell) for cell in self.step.yourself)]
        return "\n".join([*done, *(left if self.step.yourself else [])])

    def _repr_html_(self) -> str:
        done, left = _as_html(self.step.builds), _as_html(self.step.yourself)
        folded = f"<details><summary>{html.escape(_('What was run'))}</summary>{done}</details>"
        return "".join(
            [
                f"<p>{html.escape(self._sentence)}</p>",
                f"<p>{html.escape(_left_to_do())}</p>{left}" if left else "",
                folded if done else "",
            ]
        )

    @property
    def _sentence(self) -> str:
        if not self.step.builds:
            return _("Emptied the machine. {step} starts from nothing: {heading}").format(
                step=self.step.name, heading=self.step.heading
            )
        return _(
            "Emptied the machine and ran {count} cells of the lesson. Continue with "
            "{step}: {heading}"
        ).format(count=len(self.step.builds), step=self.step.name, heading=self.step.heading)


def steps() -> Table[LessonStep]:
    """Return the steps of all lessons, with their headings."""
    rows = [step for path in lessons.available() for step in _steps_of(path)]
    return Table(
        _("Steps you can catch up to"),
        rows,
        {
            _("step"): lambda row: row.name,
            _("section"): lambda row: row.heading,
            _("lesson"): lambda row: row.lesson,
        },
        [{"step": row.name, "section": row.heading, "lesson": row.lesson} for row in rows],
    )


def catch_up(step: str | None = None) -> CaughtUp | Table[LessonStep]:
    """Empty the machine, and build what a section of a lesson starts from.

    All named namespaces with their processes, all links but ``lo``, the firewall's rules in the
    host, the kit's control groups and what a cell has left in the background are removed first,
    whoever made them.  Settings of the host (``sysctl``) and files stay.

    Parameters
    ----------
    step : str, optional
        Lesson and section, such as ``"1.5"``; without it the steps are listed.

    Raises
    ------
    InvalidValueError
        There is no such step.
    SandboxError
        This is not a sandbox: what is there may belong to somebody else.
    NotSupportedError
        There are no cells here: this is a plain script.
    """
    if step is None:
        return steps()
    tried = f"lab.catch_up({step!r})"
    found = _find(step, tried)
    only_in_a_sandbox(tried)
    shell = _shell(tried)
    empty(tried)
    for cell in found.builds:
        _run(shell, cell, tried)
    return CaughtUp(found)


def _find(step: str, tried: str) -> LessonStep:
    for found in steps():
        if found.name == str(step):
            return found
    lesson = str(step).partition(".")[0]
    near = [one.name for one in steps() if one.name.partition(".")[0] == lesson]
    known = near or [one.name for one in steps()]
    raise InvalidValueError(
        tried,
        _("No step is called {step}. There are: {steps}.").format(
            step=step, steps=enumeration(known)
        ),
        _("lab.catch_up() lists the steps with their headings."),
    )


def _steps_of(path: Path) -> Iterator[LessonStep]:
    """Yield the steps of a lesson; each stands on what the cells before it have built."""
    builds: list[str] = []
    yourself: list[str] = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source, metadata = "".join(cell["source"]), cell["metadata"]
        if "step" in metadata:
            # The first heading that is numbered, or the last where none is.
            headings = re.findall(r"^##+ (.*)$", source, re.MULTILINE)
            heading = next((one for one in headings if one[:1].isdigit()), headings[-1])
            heading = heading.replace("`", "")
            yield LessonStep(metadata["step"], heading, path.name, tuple(builds), tuple(yourself))
        if metadata.get("build") == "nothing":
            builds.clear()
            yourself.clear()
        elif "build" in metadata:
            (yourself if metadata["build"] == "yourself" else builds).append(source)
        builds += metadata.get("builds", ())


def _shell(tried: str) -> Any:  # noqa: ANN401 - IPython's
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise NotSupportedError(
            tried,
            _("The cells of a lesson can only be run in a notebook; this is a plain script."),
            _("Call it in a cell of the lesson."),
        )
    return shell


def _run(shell: Any, cell: str, tried: str) -> None:  # noqa: ANN401 - IPython's
    """Run a cell of the lesson without showing what it prints."""
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        result = shell.run_cell(cell, store_history=False, silent=True)
    if result.success:
        return
    problem = result.error_before_exec or result.error_in_exec
    if isinstance(problem, KeyboardInterrupt):
        raise problem
    raise NslabError(
        tried,
        _("A cell of the lesson could not be run: {cell}").format(cell=_quoted(cell)),
        _("Restart the kernel (Kernel → Restart), then call it again."),
        said=str(captured.stdout).strip() or str(problem),
    )


def _left_to_do() -> str:
    return _("Run these cells of the lesson yourself, in their places: their output is needed.")


def _as_html(cells: tuple[str, ...]) -> str:
    return "".join(f"<pre>{html.escape(cell)}</pre>" for cell in cells)


def _quoted(cell: str) -> str:
    return "\n".join(f"    {line}" for line in cell.splitlines())
