"""A task's free values: what is each for this learner, and where does it stand in a text?

A lesson's file in ``notebooks/questions`` declares them once, each by what the course prints and by
its kind (`nslabkit.course.variants.KINDS`)::

    [varies]
    "netns3" = "name"
    "10.0.3." = "network"

Goal, judge, hints, solution and the learner's copy of the notebook all go through here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nslabkit.course import questions, variants

if TYPE_CHECKING:
    from pathlib import Path


def varies(task: str) -> bool:
    """Return whether a task's goal has a value that differs from learner to learner."""
    return bool(_shown(task))


def values(task: str) -> dict[str, str]:
    """Return what a task's goal prints -> what it is for this learner; empty without a variant."""
    drawn, _kinds = _of_lesson(questions.lesson_of(task))
    return {printed: drawn[printed] for printed in _shown(task) if printed in drawn}


def _shown(task: str) -> list[str]:
    """Return the lesson's free values that a task's goal prints."""
    kinds, goal_printed = questions.varied(questions.lesson_of(task)), questions.goal(task)
    return [
        printed
        for printed in kinds
        if variants.in_text(goal_printed, {printed: "another"}, kinds) != goal_printed
    ]


def own(task: str, text: str) -> str:
    """Return a sentence, or a single value, as it is for this learner.

    Parameters
    ----------
    task : str
        The task's name, ``"1.2"``.
    text : str
        What the course prints; a single name stands for itself, one in a sentence has backticks.
    """
    drawn, kinds = _of_lesson(questions.lesson_of(task))
    return drawn.get(text) or variants.in_text(text, drawn, kinds)


def own_code(task: str, code: str) -> str:
    """Return commands or Python as they are for this learner."""
    return variants.in_code(code, _of_lesson(questions.lesson_of(task))[0])


def goal(task: str) -> str:
    """Return what a task asks of this learner: one sentence.

    Raises
    ------
    InvalidValueError
        No lesson has a task of that name.
    """
    return own(task, questions.goal(task))


def notebook(path: Path) -> bytes:
    """Return a lesson's file as this learner gets it: with their goals in the tasks' cells.

    Cells that a task's own cell does not cover, such as a specification, say ``varies`` in their
    metadata.
    """
    content = path.read_bytes()
    drawn, kinds = _of_lesson(path.stem)
    if not drawn:
        return content
    made: dict[str, Any] = json.loads(content)
    for cell in made["cells"]:
        if {"task", "varies"} & set(cell["metadata"]):
            text = variants.in_text("".join(cell["source"]), drawn, kinds)
            cell["source"] = text.splitlines(keepends=True)
    text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def _of_lesson(lesson: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return a lesson's values for this learner, none without a variant, and their kinds."""
    kinds = questions.varied(lesson) if variants.seed() else {}
    return variants.drawn(lesson, kinds), kinds
