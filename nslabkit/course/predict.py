"""What do you expect?  A question before a cell, remembered and compared afterwards.

The question and its answers, A, B, C, stand in the lesson's text, so they are in the lesson's
language and readable without any widget.  `predict` adds the buttons.
"""

from __future__ import annotations

import html
import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Comparison", "Question", "predict"]

# What was guessed in this kernel, by the question's name: a learner's mind is not in the kernel's.
_guesses: dict[str, str] = {}


@dataclass(frozen=True)
class Question:
    """Buttons for a guess; whoever does not touch them misses nothing.

    Attributes
    ----------
    name : str
        Under which name the guess is remembered.
    options : tuple of str
        The letters that stand in the text.
    """

    name: str
    options: tuple[str, ...]

    @property
    def guess(self) -> str | None:
        """What was guessed so far."""
        return _guesses.get(self.name)

    def __repr__(self) -> str:
        """Return one line for where no buttons can be shown."""
        letters = " / ".join(self.options)
        text = _("Your guess: {letters}. Decide before you run the next cell.")
        return text.format(letters=letters)

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - IPython's signature
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self)}
        bundle |= self._widget()._repr_mimebundle_()
        bundle["text/plain"] = repr(self)
        return bundle

    def _widget(self) -> Any:  # noqa: ANN401 - ipywidgets has no types
        ipywidgets: Any = importlib.import_module("ipywidgets")  # loads on first use
        buttons = ipywidgets.RadioButtons(
            options=self.options,
            value=self.guess,
            orientation="horizontal",
            layout=ipywidgets.Layout(width="auto"),
        )
        buttons.observe(lambda change: _remember(self.name, change["new"]), "value")
        label = ipywidgets.Label(_("Your guess:"))
        # Radio buttons keep a label's height free above them; the two stand in one line.
        row = ipywidgets.Layout(align_items="center", grid_gap="0 8px")
        return ipywidgets.HBox([label, buttons], layout=row)


@dataclass(frozen=True)
class Comparison:
    """What was guessed beside what is so; true if they agree."""

    guess: str | None
    answer: str

    def __bool__(self) -> bool:
        """Whether the guess was right."""
        return self.guess == self.answer

    def __repr__(self) -> str:
        """Return one sentence."""
        if self.guess is None:
            return _("→ It is {answer}.").format(answer=self.answer)
        if self:
            return _("✔ You guessed {answer}, and so it is.").format(answer=self.answer)
        return _("→ You guessed {guess}; it is {answer}. The text below says why.").format(
            guess=self.guess, answer=self.answer
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"


def predict(
    name: str, options: Sequence[str] = "AB", *, answer: str | None = None
) -> Question | Comparison:
    """Ask for a guess, or with `answer` compare the guess with what is so.

    Parameters
    ----------
    name : str
        A short name for the question; the same in both calls.
    options : str or list of str
        The letters of the answers in the text above the cell: ``"ABC"``.
    answer : str, optional
        What the kernel showed; given afterwards.

    Returns
    -------
    Question or Comparison
        Something to show as the last line of a cell.

    Raises
    ------
    InvalidValueError
        There is nothing to choose from.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.predict("up", "AB")
    Your guess: A / B. Decide before you run the next cell.
    >>> lab.predict("up", answer="B")
    → It is B.
    """
    if answer is not None:
        return Comparison(_guesses.get(name), answer)
    letters = tuple(dict.fromkeys(map(str, options)))
    if not letters:
        raise InvalidValueError(
            f"lab.predict({name!r}, {options!r})",
            _("A guess needs answers to choose from."),
            _('Name them by letters, as in lab.predict("{name}", "AB").').format(name=name),
        )
    if _guesses.get(name) not in letters:
        _guesses.pop(name, None)
    return Question(name, letters)


def _remember(name: str, guess: str | None) -> None:
    if guess is not None:
        _guesses[name] = guess
