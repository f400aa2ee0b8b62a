"""A task's goal, as it is for this learner: one sentence to show."""

from __future__ import annotations

from dataclasses import dataclass

from nslabkit.base.markup import with_code
from nslabkit.course import own_values


@dataclass(frozen=True)
class Goal:
    """What a task asks for.

    Attributes
    ----------
    task : str
        Its name, ``"1.1"``.
    text : str
        One sentence, with the names, addresses and numbers that this learner has.
    """

    task: str
    text: str

    def __repr__(self) -> str:
        """Return the task's name and the sentence."""
        return f"{self.task}: {self.text}"

    def _repr_html_(self) -> str:
        return f"<p>{with_code(repr(self))}</p>"


def goal(name: str) -> Goal:
    """Return what a task asks for: the same for all, but for a learner's own values.

    Parameters
    ----------
    name : str
        The task's name, ``"1.1"``.

    Raises
    ------
    InvalidValueError
        There is no such task.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.goal("3.5").task
    '3.5'
    """
    return Goal(name, own_values.goal(name))
