"""All replays, some of them side by side: each ends in its time, whatever the others do.

Lessons mostly wait, for pings and for what times out; so more of them run at once than there are
processors.
"""

from __future__ import annotations

import os
import select
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course import questions
from nslabkit.doctor import machine_limits
from nslabkit.grading import replay_process
from nslabkit.grading.replaying import Order
from nslabkit.grading.submissions import HandedIn
from nslabkit.grading.task_grade import Replayed, TaskGrade, grades, record_of

if TYPE_CHECKING:
    import pwd
    from collections.abc import Callable, Iterator, Sequence

    from nslabkit.grading.replay_process import ReplayProcess
    from nslabkit.grading.submissions import Submission

_EACH = 4  # replays for each processor
_MOST = 16
_MEMORY = 250  # MiB that one replay may need
_COPIES = 3  # of one lesson that are replayed


@dataclass(frozen=True)
class Graded:
    """All rows, and the replays that they come from, by learner."""

    rows: tuple[TaskGrade, ...]
    replays: tuple[tuple[str, Replayed], ...]
    seconds: float


@dataclass(frozen=True)
class _Job:
    submission: Submission
    notebook: HandedIn


def usual_jobs() -> int:
    """Return how many replays run side by side on this machine."""
    memory = machine_limits.available(Path("/proc"))
    fitting = _MOST if memory is None else max(1, memory // _MEMORY)
    return min(_MOST, fitting, _EACH * len(os.sched_getaffinity(0)))


def grade(  # noqa: PLR0913 - what a grader is told
    submissions: Sequence[Submission],
    lessons: Sequence[str],
    *,
    account: pwd.struct_passwd | None,
    seconds: float,
    jobs: int,
    hidden: Sequence[Path],
    progress: Callable[[], None],
) -> Graded:
    """Replay all notebooks of these lessons and return what each learner has done.

    Parameters
    ----------
    submissions : sequence of Submission
        Whose.
    lessons : sequence of str
        Which lessons, by name.
    account, hidden
        As for `replay_process.start`.
    seconds : float
        How long one notebook may take.
    jobs : int
        How many replays run at once.
    progress : callable
        Called after each notebook.
    """
    begun = time.monotonic()
    _load_judges(lessons)
    jobs_left = deque(_jobs(submissions, lessons))
    done: dict[tuple[str, str], list[Replayed]] = {}
    running: dict[int, tuple[_Job, ReplayProcess]] = {}
    try:
        while jobs_left or running:
            while jobs_left and len(running) < jobs:
                job = jobs_left.popleft()
                if job.notebook.problem:
                    _note(done, job, Replayed(job.notebook, ()))
                    progress()
                    continue
                process = replay_process.start(_order(job, seconds), account, hidden)
                running[process.pipe] = job, process
            for pipe in _ended(running):
                job, process = running.pop(pipe)
                process.end()
                took = time.monotonic() - process.begun
                _note(done, job, Replayed(job.notebook, tuple(process.found), took))
                progress()
    finally:
        for _job, process in running.values():
            process.end()
    rows = tuple(_rows(submissions, lessons, done))
    replays = tuple((key[0], replay) for key, found in done.items() for replay in found)
    return Graded(rows, replays, time.monotonic() - begun)


def _load_judges(lessons: Sequence[str]) -> None:
    """Import once what all replays need, before they are forked."""
    from nslabkit.course.tasks.task import task
    from nslabkit.grading import judge_beside  # noqa: F401 - loaded for the forked ones

    for lesson in lessons:
        for name in questions.tasks(lesson):
            task(name)


def _jobs(submissions: Sequence[Submission], lessons: Sequence[str]) -> Iterator[_Job]:
    for submission in submissions:
        for lesson in lessons:
            copies = [one for one in submission.notebooks if one.lesson == lesson]
            recorded = any(one.lesson == lesson for one in submission.records)
            if recorded and not any(not one.problem for one in copies):
                yield _Job(submission, HandedIn(lesson, ""))  # for its records alone
            for notebook in copies[:_COPIES]:
                yield _Job(submission, notebook)


def _order(job: _Job, seconds: float) -> Order:
    lesson = job.notebook.lesson
    tasks = questions.tasks(lesson)
    known = {task: record_of(job.submission, lesson, task) for task in tasks}
    return Order(
        notebook=job.notebook,
        tasks=tasks,
        seconds=seconds,
        corner=job.submission.corner,
        recorded={
            task: record.namespaces
            for task, record in known.items()
            if record is not None and record.namespaces is not None
        },
        variant=job.submission.variant,
    )


def _ended(running: dict[int, tuple[_Job, ReplayProcess]]) -> list[int]:
    """Wait until something is heard or a time is over; return the pipes of those that are done."""
    until = min(process.deadline for _job, process in running.values()) if running else 0.0
    if not running:
        return []
    wait = max(0.0, until - time.monotonic())
    ready = select.select(list(running), [], [], wait)[0]
    ended = [pipe for pipe in ready if not running[pipe][1].hear()]
    for pipe, (_job, process) in running.items():
        if pipe not in ended and time.monotonic() > process.deadline:
            process.found.append({"remark": _("the time was over, and it was ended"), "late": True})
            ended.append(pipe)
    return ended


def _note(done: dict[tuple[str, str], list[Replayed]], job: _Job, replay: Replayed) -> None:
    done.setdefault((job.submission.learner, job.notebook.lesson), []).append(replay)


def _rows(
    submissions: Sequence[Submission],
    lessons: Sequence[str],
    done: dict[tuple[str, str], list[Replayed]],
) -> Iterator[TaskGrade]:
    for submission in submissions:
        for lesson in lessons:
            yield from grades(submission, lesson, done.get((submission.learner, lesson), ()))
