"""The tasks of lesson 8: networks with a fault, its layer named and the network whole again."""

from __future__ import annotations

import functools

from nslabkit.base.language import translate as _
from nslabkit.course.faults.fault_catalogue import LEVELS, numbered
from nslabkit.course.faults.fault_hints import hints
from nslabkit.course.faults.fault_judging import judged
from nslabkit.course.faults.fault_network import standing
from nslabkit.course.tasks.task import Task

# Task -> the number of its network: one of each level, and another one of the third.
_NETWORKS = {"8.1": 6, "8.2": 9, "8.3": 15, "8.4": 17}


def _hints(number: int) -> tuple[str, str, str]:
    first, second, third = hints(*numbered(number))
    if standing() != number:
        first = _("Build the network first: lab.faults.build({number})").format(number=number)
    return first, second, third


def _solution(number: int) -> str:
    level, place = numbered(number)
    fault = LEVELS[level][place]
    return f'lab.faults.layer({number}, "{fault.layer}")\n!{fault.mend}'


# Only the third level's first number depends on the learner (`fault_catalogue`).
_VARIED = ("8.3",)
TASKS = {
    name: Task(
        functools.partial(judged, number),
        functools.partial(_hints, number),
        functools.partial(_solution, number) if name in _VARIED else None,
    )
    for name, number in _NETWORKS.items()
}
