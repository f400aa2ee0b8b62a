"""What grading writes: a table for a spreadsheet, the same as JSON, and lines for the screen."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import tempfile
from collections import Counter
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.base.language import translate as _
from nslabkit.grading.task_grade import TaskStatus
from nslabkit.workshop.csv_table import csv_table

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.grading.replay_pool import Graded
    from nslabkit.grading.task_grade import TaskGrade

COLUMNS = (
    *("learner", "name", "lesson", "task", "status", "done", "look"),
    *("sentence", "remark", "file", "recorded"),
)
"""The columns of ``grades.csv``, which are the keys of a row in ``grades.json``."""
_FORMAT = 1
_TABLE, _VALUE = "grades.csv", "grades.json"


def refuse_unwritable(folder: Path) -> None:
    """Refuse a folder into which the grades could not be written later; nothing is made.

    Raises
    ------
    NslabError
        It cannot be made, or not be written.
    """
    there = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise files.not_written(folder / _TABLE, error) from error


def write(graded: Graded, folder: Path, *, new: bool = False) -> tuple[Path, Path]:
    """Write ``grades.csv`` and ``grades.json`` into a folder; return their paths.

    Parameters
    ----------
    graded : Graded
        What was found.
    folder : Path
        It is made if it is missing, for this account alone.
    new : bool
        Whether a folder that is there already stays as it is: then the new one's name is a little
        longer (`files.new_folder`).

    Raises
    ------
    NslabError
        It cannot be written.
    """
    rows = [_row(one) for one in graded.rows]
    cells = [[str(row[column]) for column in COLUMNS] for row in rows]
    content = json.dumps(_as_json(graded, rows), ensure_ascii=False, indent=1)
    try:
        if new:
            folder = files.new_folder(folder.parent, folder.name)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace_file(folder / _TABLE, csv_table(COLUMNS, cells), 0o600)
        files.replace_file(folder / _VALUE, content.encode(), 0o600)
    except OSError as error:
        raise files.not_written(folder / _TABLE, error) from error
    return folder / _TABLE, folder / _VALUE


def by_learner(graded: Graded) -> list[tuple[str, ...]]:
    """Return a table: each learner with their tasks done, recorded only, and to be looked at."""
    heads = (_("LEARNER"), _("NAME"), _("DONE"), _("RECORDED"), _("TASKS"), _("LOOK"))
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in graded.rows:
        count = counted.setdefault((row.learner, row.name), Counter())
        count.update(
            {
                "all": 1,
                "done": int(row.status.done),
                "recorded": int(row.status is TaskStatus.RECORDED),
                "look": int(row.look),
            }
        )
    kinds = ("done", "recorded", "all", "look")
    return [
        heads,
        *((*who, *(str(count[kind]) for kind in kinds)) for who, count in counted.items()),
    ]


def to_look_at(graded: Graded) -> list[str]:
    """Return a line for each row that somebody should look at by hand, and why."""
    return [
        " ".join(filter(None, [row.learner, row.task, f"{row.status.words}:", _why(row)]))
        for row in graded.rows
        if row.look
    ]


def _why(row: TaskGrade) -> str:
    if row.status is TaskStatus.RECORDED:
        unverified = _("the learner's own file says that it passed; the replay does not show it")
        return "; ".join(filter(None, [unverified, row.remark]))
    return row.remark


def _row(one: TaskGrade) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in COLUMNS if name not in {"status", "done", "look"}},
        "status": one.status.value,
        "done": int(one.status.done),
        "look": int(one.look),
    }


def _as_json(graded: Graded, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "kit": importlib.metadata.version("nslabkit"),
        "graded": dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
        "seconds": round(graded.seconds, 1),
        "rows": rows,
        "notebooks": [
            {
                "learner": learner,
                "lesson": replay.notebook.lesson,
                "file": replay.notebook.file,
                "cells": replay.cells,
                "code_cells": len(replay.notebook.cells),
                "seconds": round(replay.seconds, 1),
                "remark": replay.remark,
            }
            for learner, replay in graded.replays
        ],
    }
