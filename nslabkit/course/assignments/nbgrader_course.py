"""A course that nbgrader generates, collects, grades and gives feedback on.

Its folder is nbgrader's: ``nbgrader_config.py``, ``header.ipynb`` before each assignment, and the
assignments in ``source/``.  With variants there is a secret, too, that stays with the instructor.
https://nbgrader.readthedocs.io/en/stable/configuration/config_options.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.base.errors import AlreadyExistsError, NotFoundError
from nslabkit.base.language import CHOICES
from nslabkit.base.language import translate as _
from nslabkit.course import lessons, questions, variants
from nslabkit.course.assignments.assignment import assignment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SECRET = "class-secret"  # noqa: S105 - a file's name
"""The file in the course's folder of which each learner's variant is made."""

_CONFIG = "nbgrader_config.py"
_SECONDS = 300  # that one cell may take: a lesson's slowest waits for a server to end


@dataclass(frozen=True)
class Written:
    """A course that was written.

    Attributes
    ----------
    folder : Path
        Where it is.
    points : dict
        The assignment's name -> how many points it has.
    """

    folder: Path
    points: dict[str, int]


def write(folder: Path, language: str, *, varied: bool = False) -> Written:
    """Write a course with an assignment for each lesson that has tasks.

    Parameters
    ----------
    folder : Path
        The course's folder; made if missing.
    language : str
        ``"en"`` or ``"zh"``.
    varied : bool
        Whether each learner gets values of their own.

    Raises
    ------
    AlreadyExistsError
        There is a course: what an instructor changed in it is not overwritten.
    NslabError
        The folder cannot be written.
    """
    tried = f"nslabkit course nbgrader {folder}"
    if (folder / _CONFIG).exists():
        raise AlreadyExistsError(
            tried,
            _("{file} is there already, and may have been changed.").format(file=folder / _CONFIG),
            _("Name another folder, and take over from it what you need."),
        )
    points = {}
    names = [path.stem for path in lessons.available(language)]
    if varied:
        _put(folder / SECRET, f"{variants.new_secret()}\n", 0o600)
    for name in names:
        made = assignment(name, language, varied=varied)
        if made is not None:
            _put(folder / "source" / name / f"{name}.ipynb", _notebook(made))
            points[name] = sum(questions.minutes(task) for task in questions.tasks(name))
    _put(folder / "header.ipynb", _notebook(_header(language, varied=varied)))
    _put(folder / _CONFIG, _config(folder, language, varied=varied))
    return Written(folder, points)


def learners_variant(folder: Path, learner: str) -> str:
    """Return the word that gives a learner of this course their values; empty without variants.

    Parameters
    ----------
    folder : Path
        The course's folder.
    learner : str
        What nbgrader calls the learner: the folder in ``submitted/``.

    Raises
    ------
    NotFoundError
        This is no course.
    """
    if not (folder / _CONFIG).exists():
        raise NotFoundError(
            f"cat {folder / _CONFIG}",
            _("There is no nbgrader course in {folder}.").format(folder=folder),
            _("Write one: nslabkit course nbgrader DIR"),
        )
    try:
        secret = (folder / SECRET).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    return variants.seed_of(secret, learner)


def _header(language: str, *, varied: bool) -> dict[str, Any]:
    """Return the notebook whose cell comes before each assignment."""
    locale = CHOICES[lessons.FOLDERS.index(language)]
    text = [*_words(locale), *(_varied_words(locale) if varied else ())]
    cell = {"cell_type": "markdown", "id": "how-it-works", "metadata": {}}
    cells = [{**cell, "source": "\n".join(text)}]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _words(locale: str) -> Iterable[str]:
    return (
        _("## How these tasks work", locale),
        "",
        _(
            "- Write into the cell with a task's goal, whatever way you like. The cell after it "
            "asks the kernel whether it is done; that gives the points.",
            locale,
        ),
        _(
            "- Each section begins with a cell that empties the machine and builds what the "
            "lesson has built by then.",
            locale,
        ),
        _(
            "- Graded is what these cells do, run from top to bottom on an empty machine. What "
            "you do in a terminal or by a click is not seen; so name the layer of a fault by its "
            'call, such as `lab.faults.wire_layer(1, "route")`.',
            locale,
        ),
        _("- Before you hand in: **Kernel → Restart Kernel and Run All Cells**.", locale),
    )


def _varied_words(locale: str) -> Iterable[str]:
    return (
        _(
            "- Your names, addresses and faults are your own: `lab.goal` shows them. It shows "
            "those of your neighbour to your neighbour only.",
            locale,
        ),
    )


def _config(folder: Path, language: str, *, varied: bool) -> str:
    locale = CHOICES[lessons.FOLDERS.index(language)]
    stub = "# " + _("your commands here", locale)
    lines = [
        '"""nbgrader\'s settings for the tasks of nslabkit."""',
        "",
        "from pathlib import Path",
        "",
        "c = get_config()",
        "here = Path(__file__).resolve().parent",
        "c.CourseDirectory.root = str(here)",
        f"c.CourseDirectory.course_id = {folder.name!r}",
        'c.IncludeHeaderFooter.header = str(here / "header.ipynb")',
        f"c.ClearSolutions.code_stub = {{'python': {stub!r}}}",
        "# Learners' cells run in a machine of their own, and never as root.",
        "c.Autograde.autograde_preprocessors = [",
        '    "nslabkit.jupyter.nbgrader_execute.ExecuteAsLearner",',
        *(f'    "{name}",' for name in _AFTER_EXECUTION),
        "]",
        f"c.Execute.timeout = {_SECONDS}",
    ]
    if varied:
        lines.append("c.ExecuteAsLearner.course = str(here)")
    return "\n".join([*lines, ""])


# What nbgrader itself does after it has run a learner's notebook, in its order.
_AFTER_EXECUTION = (
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
)


def _notebook(made: dict[str, Any]) -> str:
    return f"{json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True)}\n"


def _put(path: Path, text: str, mode: int | None = None) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.replace_file(path, text.encode(), mode)
    except OSError as error:
        raise files.not_written(path, error) from error
