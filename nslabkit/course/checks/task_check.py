"""The check of a task: kind whatever happens, and recorded like every other check."""

from __future__ import annotations

import dataclasses

from nslabkit.base.language import translate as _
from nslabkit.course import own_values, variants
from nslabkit.course.checks.check_result import CheckResult, kindly
from nslabkit.course.verdict import Evidence


@kindly
def task(name: str = "") -> CheckResult:
    """Check whether a task is done, by the state and the behaviour of what is there.

    Whoever has values of their own is shown them, whatever came of it.

    Parameters
    ----------
    name : str
        The task's name, ``"1.1"``.
    """
    from nslabkit.course.tasks.task import task as task_of

    found = task_of(name).judge()
    label = _("in your task, in place of `{printed}`")
    own = [
        Evidence(label.format(printed=variants.shown(printed)), variants.shown(value))
        for printed, value in own_values.values(name).items()
    ]
    return dataclasses.replace(found, evidence=(*found.evidence, *own))
