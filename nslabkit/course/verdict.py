"""A verdict: what did an experiment show?

A `Verdict` is one sentence with a mark, and the evidence that it rests on.  Claims of the
chapter end in one.
"""

from __future__ import annotations

import enum
import html
import re
from dataclasses import dataclass

from nslabkit.base import palette
from nslabkit.base.language import close_up
from nslabkit.base.language import translate as _
from nslabkit.base.markup import Cell, table, with_code


class Outcome(enum.Enum):
    """The outcome of a claim after its experiment."""

    HOLDS = "holds"
    FAILS = "does not hold"
    OUTDATED = "outdated"
    UNKNOWN = "cannot be shown here"

    @property
    def words(self) -> str:
        """The outcome in the reader's language."""
        return {
            Outcome.HOLDS: _("holds"),
            Outcome.FAILS: _("does not hold"),
            Outcome.OUTDATED: _("outdated"),
            Outcome.UNKNOWN: _("cannot be shown here"),
        }[self]


# A shape for each, so that the colour is never needed to tell them apart.
_MARKS = {
    Outcome.HOLDS: "✔",
    Outcome.FAILS: "✘",
    Outcome.OUTDATED: "✘",
    Outcome.UNKNOWN: "?",
}
_COLOURS = {
    Outcome.HOLDS: palette.HOLDS,
    Outcome.FAILS: palette.FAILS,
    Outcome.OUTDATED: palette.FAILS,
    Outcome.UNKNOWN: palette.UNKNOWN,
}


@dataclass(frozen=True)
class Evidence:
    """One thing that was read.

    Attributes
    ----------
    label : str
        What was asked, as a command where there is one.
    value : str
        What came back.
    """

    label: str
    value: str


@dataclass(frozen=True)
class Verdict:
    """What an experiment showed.

    Attributes
    ----------
    subject : str
        What it is about: a claim's id.
    outcome : Outcome
        How it stands.
    sentence : str
        What was seen, one sentence in the reader's language.
    evidence : tuple of Evidence
        What the sentence rests on.
    expected : Outcome
        What a current kernel shows; the chapter is wrong in places, and then that is the finding.
    """

    subject: str
    outcome: Outcome
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    expected: Outcome = Outcome.HOLDS

    def __bool__(self) -> bool:
        """Whether the experiment showed what it is expected to show on a current kernel."""
        return self.outcome is self.expected

    @property
    def _stands(self) -> str:
        if self and self.outcome is Outcome.FAILS:
            return _("does not hold, and that is the finding")
        return self.outcome.words

    @property
    def headline(self) -> str:
        """Mark, subject, outcome and sentence in one line."""
        return _("{mark} {subject} {outcome}: {sentence}").format(
            mark=_MARKS[Outcome.HOLDS if self else self.outcome],
            subject=self.subject,
            outcome=self._stands,
            sentence=close_up(self.sentence),
        )

    @property
    def json(self) -> dict[str, object]:
        """The same for a script; the outcome is always in English."""
        return {
            "subject": self.subject,
            "outcome": self.outcome.value,
            "as_expected": bool(self),
            "sentence": self.sentence,
            "evidence": [{"label": item.label, "value": item.value} for item in self.evidence],
        }

    def __repr__(self) -> str:
        """Return the headline."""
        return self.headline

    def _repr_mimebundle_(self, **_kwargs: object) -> tuple[dict[str, str], dict[str, object]]:
        """Mark the output, so that `nslabkit run` and a grader find it without reading words."""
        mark = {"check": bool(self), "subject": self.subject}
        return {}, {"nslabkit": mark}

    def _repr_html_(self) -> str:
        """Return the headline, and the evidence below it as a table."""
        colour = _COLOURS[Outcome.HOLDS if self else self.outcome]
        rows = [
            (_label(item.label), Cell(html.escape(item.value), _style(item.value)))
            for item in self.evidence
        ]
        evidence = table(_("Evidence"), (), rows) if rows else ""
        return (
            f'<div style="border-left:4px solid {colour};padding-left:.6em">'
            f"<p>{with_code(self.headline)}</p>{evidence}</div>"
        )


def _style(value: str) -> str:
    """Return how a value is shown: what a program printed in columns keeps them."""
    printed = re.search(r"  |[\n\t]", value)
    font = ";font-family:var(--jp-code-font-family,monospace);line-height:1.3" if printed else ""
    return f"white-space:pre-wrap{font}"


def _label(text: str) -> Cell:
    """Return a label: a command as code; a sentence, so anything Chinese, with its code as code."""
    sentence = re.search("[`\u4e00-\u9fff]", text)
    return Cell(with_code(text) if sentence else f"<code>{html.escape(text)}</code>")
