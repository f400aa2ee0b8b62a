"""The story of a timeline, in words.

Each sentence is made from events that are there, and says which.  What did not happen, or was
not seen, has no sentence.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from nslabkit.base.language import translate as _
from nslabkit.base.units import moment
from nslabkit.timeline.event_words import in_brackets


@dataclass(frozen=True)
class Sentence:
    """One sentence of a story.

    Attributes
    ----------
    text : str
        In the reader's language.
    events : tuple of int
        The numbers of the events that it is made from.
    after : int
        Nanoseconds from the timeline's first event to the sentence's first one.
    exact : bool
        Whether that is when it happened, not only when it was heard or read.
    """

    text: str
    events: tuple[int, ...]
    after: int
    exact: bool = True

    @property
    def when(self) -> str:
        """The time for a reader; in brackets where it is not exact."""
        time = moment(self.after)
        return time if self.exact else f"({time})"


@dataclass(frozen=True)
class Story:
    """What happened, told in order.

    Attributes
    ----------
    sentences : tuple of Sentence
        In the order of their first events.
    """

    sentences: tuple[Sentence, ...]

    @property
    def json(self) -> list[dict[str, Any]]:
        """The same for a script."""
        return [
            {
                "text": one.text,
                "events": list(one.events),
                "after": one.after,
                "exact": one.exact,
            }
            for one in self.sentences
        ]

    def __str__(self) -> str:
        """Return the sentences alone, a line each."""
        return "\n".join(one.text for one in self.sentences)

    def __repr__(self) -> str:
        """Return a line for each sentence, with its time and its events."""
        if not self.sentences:
            return _("Nothing happened that could be told.")
        lines = [f"{one.when:>14}  {one.text} [{_numbers(one.events)}]" for one in self.sentences]
        return "\n".join([*lines, *self._remarks()])

    def _remarks(self) -> list[str]:
        return [] if all(one.exact for one in self.sentences) else [in_brackets()]

    def _repr_html_(self) -> str:
        if not self.sentences:
            return f"<p>{html.escape(repr(self))}</p>"
        items = "".join(
            f'<li value="{number}"><span style="font-variant-numeric:tabular-nums">'
            f"{html.escape(one.when)}</span> {html.escape(one.text)} "
            f'<small title="{html.escape(_("events of the timeline"))}">'
            f"[{html.escape(_numbers(one.events))}]</small></li>"
            for number, one in enumerate(self.sentences, start=1)
        )
        remarks = "".join(f"<p>{html.escape(remark)}</p>" for remark in self._remarks())
        return f'<ol style="line-height:1.6">{items}</ol>{remarks}'


def _numbers(numbers: tuple[int, ...]) -> str:
    """Write numbers of events, runs of them short: 1–3, 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
