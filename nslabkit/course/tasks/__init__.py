"""Tasks of the lessons: a goal, a judge that looks at the kernel, three hints.

Each lesson's tasks are in a module of their own here; their goals stand beside the lesson
(`nslabkit.course.questions`), their solutions in its source.
"""

from __future__ import annotations

from nslabkit.course.tasks.task import Hint, Task, hint, task

__all__ = ["Hint", "Task", "hint", "task"]
