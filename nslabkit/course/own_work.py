"""What has a learner done alone in a lesson, what with hints, and what was guessed at first try?

The numbers come from the lesson's questions and tasks (`nslabkit.course.questions`) and from what
the learner answered (`nslabkit.course.learner_answers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course import questions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from nslabkit.course.learner_answers import Answers


@dataclass(frozen=True)
class OwnWork:
    """The tasks and guesses of a lesson, or of all lessons.

    Attributes
    ----------
    tasks : int
        How many there are.
    alone : int
        Of these, how many were done without a hint.
    helped : int
        How many were done after a hint had been opened.
    guesses : int
        How many guesses are asked for.
    right : int
        Of these, how many were right at the first try.
    """

    tasks: int = 0
    alone: int = 0
    helped: int = 0
    guesses: int = 0
    right: int = 0

    @property
    def sentence(self) -> str:
        """All numbers in one sentence."""
        return _(
            "Tasks done without hints: {alone} of {tasks}, with hints: {helped}. "
            "Guesses right at first try: {right} of {guesses}."
        ).format(**vars(self))


def own_work(lesson: str, passed: Collection[str], answers: Answers) -> OwnWork:
    """Count what was done in one lesson.

    Parameters
    ----------
    lesson : str
        Its name, ``"01_one_wire"``.
    passed : collection of str
        The names of its checks that have passed.
    answers : Answers
        What the learner guessed, and which hints were opened.
    """
    tasks = questions.tasks(lesson)
    done = [task for task in tasks if f"task {task}" in passed]
    asked = questions.questions(lesson)
    guesses = [answers.guesses[one.name] for one in asked if one.name in answers.guesses]
    return OwnWork(
        tasks=len(tasks),
        alone=sum(not answers.helped.get(task) for task in done),
        helped=sum(bool(answers.helped.get(task)) for task in done),
        guesses=len(asked),
        right=sum(guess.first_right for guess in guesses),
    )


def in_all(lessons: Iterable[OwnWork]) -> OwnWork:
    """Add up what was done in several lessons."""
    every = list(lessons)
    return OwnWork(
        tasks=sum(one.tasks for one in every),
        alone=sum(one.alone for one in every),
        helped=sum(one.helped for one in every),
        guesses=sum(one.guesses for one in every),
        right=sum(one.right for one in every),
    )
