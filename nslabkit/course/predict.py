"""Guesses before an experiment, remembered, and compared with what it showed.

`predict` asks, with a button for each answer; `compare` comes after the experiment and says of each
answer why it is so, or what would have to be true for it.  The questions stand beside the lessons
(`nslabkit.course.questions`), so that no cell gives an answer away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.base.markup import with_code
from nslabkit.course import learner_answers, questions
from nslabkit.course.choosing import buttons

if TYPE_CHECKING:
    from nslabkit.course.questions import Question


@dataclass(frozen=True)
class Prediction:
    """A question with its answers to choose from; whoever chooses none has skipped it."""

    question: Question

    def __repr__(self) -> str:
        """Return the question and its answers by number, for where no buttons can be shown."""
        lines = [f"  {number}  {one.text}" for number, one in enumerate(self.question.options, 1)]
        call = f'lab.predict("{self.question.name}", 1)'
        text = _("Guess before you run the next cell: {call} chooses the first.").format(call=call)
        return "\n".join([self.question.ask, *lines, text])

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        hint = _("Guess before you run the next cell, or run it to skip the guess.")
        widget = buttons(self.question, lambda _option: hint)
        return {**widget._repr_mimebundle_(), "text/plain": repr(self)}


@dataclass(frozen=True)
class Comparison:
    """A guess beside what the experiment showed; true if they agree."""

    question: Question
    guess: str | None

    def __bool__(self) -> bool:
        """Whether the guess was right."""
        return self.guess == self.question.right.text

    @property
    def headline(self) -> str:
        """How the guess turned out, in one sentence."""
        right = self.question.right.text
        if self.guess is None:
            return _("→ You skipped this guess. It is: {answer}").format(answer=right)
        if self:
            return _("✔ You guessed it: {answer}").format(answer=right)
        return _("→ You guessed: {guess}. It is: {answer}").format(guess=self.guess, answer=right)

    def __repr__(self) -> str:
        """Return the headline, and a line for each answer."""
        lines = [
            "  " + _("{answer}: {why}").format(answer=f"{_mark(one.right)} {one.text}", why=one.why)
            for one in self.question.options
        ]
        return "\n".join([self.headline, *lines])

    def _repr_html_(self) -> str:
        items = "".join(
            "<li>"
            + _("{answer}: {why}").format(
                answer=f"{_mark(one.right)} <b>{with_code(one.text)}</b>", why=with_code(one.why)
            )
            + "</li>"
            for one in self.question.options
        )
        style = "list-style:none;padding-left:1em"
        return f'<p>{with_code(self.headline)}</p><ul style="{style}">{items}</ul>'


def predict(name: str, choice: int | None = None) -> Prediction:
    """Ask for a guess before an experiment.

    Parameters
    ----------
    name : str
        The question's name, as the lesson has it.
    choice : int, optional
        Chooses an answer by its number, from 1 on, where no buttons can be shown.

    Returns
    -------
    Prediction
        Something to show as the last line of a cell.

    Raises
    ------
    InvalidValueError
        There is no such question, or no such answer.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.predict("the same name again").question.lesson
    '01_one_wire'
    """
    question = questions.question(name)
    if choice is not None:
        if choice not in range(1, len(question.options) + 1):
            raise InvalidValueError(
                f"lab.predict({name!r}, {choice!r})",
                _("The answers have the numbers 1 to {last}.").format(last=len(question.options)),
                f"lab.predict({name!r}, 1)",
            )
        option = question.options[choice - 1]
        learner_answers.guessed(name, option.text, right=option.right)
    return Prediction(question)


def compare(name: str) -> Comparison:
    """Compare the guess with what the experiment showed, and say why of each answer.

    Parameters
    ----------
    name : str
        As for `predict`.

    Raises
    ------
    InvalidValueError
        There is no such question.

    Examples
    --------
    >>> import nslabkit as lab
    >>> bool(lab.compare("the same name again"))
    False
    """
    question = questions.question(name)
    guess = learner_answers.answers().guesses.get(name)
    known = {option.text for option in question.options}  # in another language it is not
    return Comparison(question, guess.text if guess and guess.text in known else None)


def _mark(right: bool) -> str:  # noqa: FBT001 - its only argument
    return "✔" if right else "·"
