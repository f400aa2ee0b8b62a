"""Buttons for the answers of a question: one click chooses, and says something at once."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nslabkit.base.markup import with_code
from nslabkit.course import learner_answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.course.questions import Option, Question


def buttons(
    question: Question, reply: Callable[[Option | None], str], *, again: bool = False
) -> Any:  # noqa: ANN401 - ipywidgets has no types
    """Return the question as a widget.

    Parameters
    ----------
    question : Question
        What to ask.
    reply : callable
        Gets the option that is chosen, None as long as there is none, and returns what to say.
    again : bool
        Whether the question comes back in a later lesson: then nothing is chosen yet.
    """
    widgets: Any = importlib.import_module("ipywidgets")  # loads on first use
    guess = learner_answers.answers().guesses.get(question.name)
    texts = [option.text for option in question.options]
    options = dict(zip(texts, question.options, strict=True))
    chosen = guess.text if guess and guess.text in options and not again else None
    said = widgets.HTML(_small(reply(options.get(chosen or ""))))
    radio = widgets.RadioButtons(
        # A button's label is plain text: there are no letters for code in it.
        options=[(text.replace("`", ""), text) for text in texts],
        value=chosen,
        layout=widgets.Layout(width="auto"),
        description="",
    )

    def choose(change: dict[str, Any]) -> None:
        option = options.get(change["new"])
        if option is not None:
            learner_answers.guessed(question.name, option.text, right=option.right, again=again)
            said.value = _small(reply(option))

    radio.observe(choose, "value")
    asked = widgets.HTML(f"<b>{with_code(question.ask)}</b>")
    return widgets.VBox([asked, radio, said])


def _small(text: str) -> str:
    return f"<small>{with_code(text)}</small>"
