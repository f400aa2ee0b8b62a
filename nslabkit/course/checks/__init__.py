"""The lessons' checks: one per step, as ``lab.check.NAME(...)``.

A check reads the kernel at the moment it is called, says in one sentence what is right or what
is missing, and never raises.  Its result is true or false, so that a grader can use the same.
"""

from __future__ import annotations

from nslabkit.course.checks.check_result import CheckResult, kindly
from nslabkit.course.checks.namespace_checks import empty, name_mounted, namespace_exists, only_lo
from nslabkit.course.checks.recorded_frames import field, recorded
from nslabkit.course.checks.task_check import task
from nslabkit.course.checks.wire_checks import address, link_up, reach, route, wire

__all__ = [
    "CheckResult",
    "address",
    "empty",
    "field",
    "kindly",
    "link_up",
    "name_mounted",
    "namespace_exists",
    "only_lo",
    "reach",
    "recorded",
    "route",
    "task",
    "wire",
]
