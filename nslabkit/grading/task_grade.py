"""The grade of a task: did it pass in the replay, or is it only recorded, or neither?"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.course import questions
from nslabkit.grading.own_cells import begun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nslabkit.course.state_record import StateRecord
    from nslabkit.grading.submissions import HandedIn, Submission

_LONGEST = 600  # characters of a sentence


class TaskStatus(enum.Enum):
    """How a task stands; the value is what the files say."""

    REPLAYED = "replayed"
    REBUILT = "rebuilt"
    RECORDED = "recorded"
    NOT_PASSED = "not-passed"
    NOT_TRIED = "not-tried"
    TIMED_OUT = "timed-out"
    NO_NOTEBOOK = "no-notebook"

    @property
    def words(self) -> str:
        """The status in the reader's language."""
        return {
            TaskStatus.REPLAYED: _("replayed: passed again"),
            TaskStatus.REBUILT: _("recorded, rebuilt and judged"),
            TaskStatus.RECORDED: _("recorded only, not verified"),
            TaskStatus.NOT_PASSED: _("not passed"),
            TaskStatus.NOT_TRIED: _("not tried"),
            TaskStatus.TIMED_OUT: _("timed out"),
            TaskStatus.NO_NOTEBOOK: _("no such notebook"),
        }[self]

    @property
    def done(self) -> bool:
        """Whether the grader itself saw the task done."""
        return self in {TaskStatus.REPLAYED, TaskStatus.REBUILT}


@dataclass(frozen=True)
class Replayed:
    """One notebook's replay.

    Attributes
    ----------
    notebook : HandedIn
        The notebook.
    found : tuple of dict
        What the replay told (`nslabkit.grading.replaying.replay`).
    seconds : float
        How long it took; 0 for one that could not be replayed.
    """

    notebook: HandedIn
    found: tuple[dict[str, Any], ...]
    seconds: float = 0.0

    @property
    def late(self) -> bool:
        """Whether its time was over before its end."""
        return any(one.get("late") for one in self.found)

    @property
    def remark(self) -> str:
        """What an instructor should know of it, in the reader's language; mostly nothing."""
        said = [str(one["remark"]) for one in self.found if "remark" in one]
        return printable("; ".join([*filter(None, [self.notebook.problem]), *said]), _LONGEST)

    @property
    def cells(self) -> int:
        """How many cells ended."""
        return max((int(one["cells"]) for one in self.found if "cells" in one), default=0)

    def judgements(self, task: str) -> list[dict[str, Any]]:
        """Return what the judge said of a task, the records' judgements included."""
        return [one for one in self.found if one.get("task") == task]


@dataclass(frozen=True)
class TaskGrade:
    """One row: a learner and a task.

    Attributes
    ----------
    learner, name : str
        The submission's folder, and the name that goes with it.
    lesson, task : str
        Which task.
    status : TaskStatus
        How it stands.
    sentence : str
        What the judge said; for a record that was not verified, what the record says.
    remark : str
        What is to be known besides.
    file : str
        The notebook, by its path in the submission.
    recorded : str
        When the record was made, ISO 8601; empty without one.
    """

    learner: str
    name: str
    lesson: str
    task: str
    status: TaskStatus
    sentence: str = ""
    remark: str = ""
    file: str = ""
    recorded: str = ""

    @property
    def look(self) -> bool:
        """Whether somebody should look at it by hand."""
        return self.status in {TaskStatus.RECORDED, TaskStatus.TIMED_OUT} or (
            bool(self.remark) and not self.status.done
        )


def record_of(submission: Submission, lesson: str, task: str) -> StateRecord | None:
    """Return the record of a task, None if there is none."""
    wanted = (lesson, f"task {task}")
    return next((one for one in submission.records if (one.lesson, one.check) == wanted), None)


def grades(submission: Submission, lesson: str, replays: Sequence[Replayed]) -> Iterator[TaskGrade]:
    """Yield a row for each task of a lesson.

    Parameters
    ----------
    submission : Submission
        The learner's.
    lesson : str
        Its name.
    replays : sequence of Replayed
        Of all the learner's copies of this lesson; the best counts.
    """
    tasks = questions.tasks(lesson)
    tried = {task for replay in replays for task in begun(replay.notebook, tasks)}
    for task in tasks:
        status, sentence, file = _standing(submission, lesson, task, replays)
        if status is TaskStatus.NOT_PASSED and not _tried(submission, lesson, task, tried):
            status = TaskStatus.NOT_TRIED
        record = record_of(submission, lesson, task)
        told = status in {TaskStatus.REBUILT, TaskStatus.RECORDED} and record is not None
        yield TaskGrade(
            learner=submission.learner,
            name=submission.name,
            lesson=lesson,
            task=task,
            status=status,
            sentence=printable(sentence, _LONGEST),
            remark="; ".join(filter(None, (replay.remark for replay in replays))),
            file=file,
            recorded=record.when.isoformat() if record is not None and told else "",
        )


def _standing(
    submission: Submission, lesson: str, task: str, replays: Sequence[Replayed]
) -> tuple[TaskStatus, str, str]:
    """Return a task's status, what was said of it, and by which notebook it is known."""
    judged = [(replay, one) for replay in replays for one in replay.judgements(task)]
    for status, rebuilt in ((TaskStatus.REPLAYED, False), (TaskStatus.REBUILT, True)):
        for replay, one in judged:
            if one["passed"] and bool(one.get("rebuilt")) is rebuilt:
                return status, str(one["sentence"]), replay.notebook.file
    file = replays[0].notebook.file if replays else ""
    record = record_of(submission, lesson, task)
    if record is not None or f"{lesson} task {task}" in submission.passed:
        return TaskStatus.RECORDED, record.sentence if record is not None else "", file
    if not any(replay.notebook.cells for replay in replays):
        return TaskStatus.NO_NOTEBOOK, "", file
    if judged:
        replay, one = judged[-1]
        return TaskStatus.NOT_PASSED, str(one["sentence"]), replay.notebook.file
    late = any(replay.late for replay in replays)
    return TaskStatus.TIMED_OUT if late else TaskStatus.NOT_PASSED, "", file


def _tried(submission: Submission, lesson: str, task: str, begun_tasks: set[str]) -> bool:
    return task in begun_tasks or f"{lesson} task {task}" in submission.tried
