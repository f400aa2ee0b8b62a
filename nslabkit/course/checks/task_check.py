"""The check of a task: kind whatever happens, and recorded like every other check."""

from __future__ import annotations

from nslabkit.course.checks.check_result import CheckResult, kindly

__all__ = ["task"]


@kindly
def task(name: str) -> CheckResult:
    """Check whether a task is done, by the state and the behaviour of what is there.

    Parameters
    ----------
    name : str
        The task's name, ``"1.1"``.
    """
    from nslabkit.course.tasks.task import task as task_of

    return task_of(name).judge()
