"""Recall: three questions on earlier lessons as one begins, and what it has taught as it ends."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.base.markup import with_code
from nslabkit.course import learner_answers, lessons, progress, questions
from nslabkit.course.choosing import buttons

if TYPE_CHECKING:
    from nslabkit.course.questions import Ability, Option, Question

_HOW_MANY = 3


@dataclass(frozen=True)
class Recall:
    """Some questions on earlier lessons; each answers at once."""

    lesson: str
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        """Return the questions with their answers by number."""
        parts = []
        for question in self.questions:
            lines = [f"  {number}  {one.text}" for number, one in enumerate(question.options, 1)]
            parts += [question.ask, *lines]
        return "\n".join(parts)

    def answer(self, number: int, choice: int) -> str:
        """Choose an answer where no buttons can be shown, and return what it says.

        Parameters
        ----------
        number, choice : int
            The question and its answer, each from 1 on.
        """
        question = self.questions[number - 1]
        option = question.options[choice - 1]
        learner_answers.guessed(
            question.name, option.text, right=option.right, again=self._again(question)
        )
        return _reply(option)

    def _again(self, question: Question) -> bool:
        """Whether a question was asked in an earlier lesson, and comes back in this one."""
        return question.lesson != self.lesson

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        widgets: Any = importlib.import_module("ipywidgets")  # loads on first use
        asked = [buttons(one, _reply, again=self._again(one)) for one in self.questions]
        box = widgets.VBox(asked)
        return {**box._repr_mimebundle_(), "text/plain": repr(self)}


@dataclass(frozen=True)
class Learned:
    """What somebody can do after a lesson, each with whether a check has shown it."""

    rows: tuple[tuple[Ability, bool], ...]

    def __repr__(self) -> str:
        """Return a line for each."""
        return "\n".join(f"{'✔' if shown else '○'} {ability.text}" for ability, shown in self.rows)

    def _repr_html_(self) -> str:
        items = "".join(
            f"<li>{'✔' if shown else '○'} {with_code(ability.text)}</li>"
            for ability, shown in self.rows
        )
        return f'<ul style="list-style:none;padding-left:0">{items}</ul>'


def recall(lesson: int | str) -> Recall:
    """Ask three questions on earlier lessons: first what was guessed wrong there.

    Parameters
    ----------
    lesson : int or str
        The lesson that begins, by number or name.

    Raises
    ------
    InvalidValueError
        There is no such lesson.

    Examples
    --------
    >>> import nslabkit as lab
    >>> len(lab.recall(2).questions)
    3
    """
    name = lessons.find(str(lesson)).stem
    # One wrong guess comes back; the lesson's own questions are chosen for what it builds on.
    return Recall(name, (*_wrong_before(name)[:1], *questions.recalls(name))[:_HOW_MANY])


def _wrong_before(name: str) -> list[Question]:
    """Return what was guessed wrong in earlier lessons and not answered right since it came back.

    That somebody clicked on the right answer afterwards, when the experiment had shown it, says
    little: it comes back all the same.
    """
    guesses = learner_answers.answers().guesses
    order = [path.stem for path in lessons.available()]
    return [
        question
        for earlier in order[: order.index(name)]
        for question in questions.questions(earlier)
        if (guess := guesses.get(question.name)) and not guess.first_right and not guess.recalled
    ]


def learned(lesson: int | str) -> Learned:
    """List what one can do after a lesson, ticked where its checks have passed.

    Parameters
    ----------
    lesson : int or str
        By number or name.

    Raises
    ------
    InvalidValueError
        There is no such lesson.
    """
    name = lessons.find(str(lesson)).stem
    passed = progress.passed_checks(name)
    return Learned(tuple((one, one.check in passed) for one in questions.abilities(name)))


def _reply(option: Option | None) -> str:
    if option is None:
        return _("What do you remember?")
    return f"{'✔' if option.right else '→'} {option.why}"
