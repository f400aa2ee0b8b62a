"""A claim: its experiment and its examination.

A claim has two functions.  Its *experiment* builds what the claim needs and
returns what it saw; its *examination* judges that, or, without anything given, the kernel's
state as a lesson has built it.  So the same examination serves the lesson's cell, the command
``nslabkit claims`` and the tests that break a premise.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.progress import current_lesson, record
from nslabkit.course.verdict import Evidence, Outcome, Verdict
from nslabkit.net.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Finding:
    """What an examination found.

    Attributes
    ----------
    outcome : Outcome
        The claim's outcome.
    sentence : str
        What was seen, one sentence in the reader's language.
    evidence : tuple of (str, str)
        Label (a command where there is one) and what it answered.
    """

    outcome: Outcome
    sentence: str
    evidence: tuple[tuple[str, str], ...] = ()


def not_recorded() -> Finding:
    """Return the finding where a cell gave no recording, or one without what is to be judged."""
    text = _("There is nothing to judge yet: run the cells above that record it, then this one.")
    return Finding(Outcome.UNKNOWN, text)


@dataclass(frozen=True)
class Claim:
    """A claim, of the chapter or of a lesson beyond it, and the experiment that tests it.

    Attributes
    ----------
    id : str
        ``"C13"``, as in the lessons' cells; ``"B01"`` and on are not the chapter's.
    lesson : str
        Name of the lesson with the experiment, ``"02_own_namespace"``.
    summary : callable
        Returns what the claim says, in the kit's own words and the reader's language.
    experiment : callable
        Builds what the claim needs in an empty machine and returns the arguments for `examine`,
        if it needs any.  What it leaves is removed for it.
    examine : callable
        Judges; called without arguments it reads the kernel's state that the lesson built.
    place : str
        Where the chapter says it: ``"2.3"`` is the third paragraph of its second section,
        counted without its pictures.  Empty for what it does not say.
    expected : Outcome
        What it finds on a current kernel: not every claim of the chapter is right.
    """

    id: str
    lesson: str
    summary: Callable[[], str]
    experiment: Callable[[], Mapping[str, Any] | None]
    examine: Callable[..., Finding]
    place: str = ""
    expected: Outcome = Outcome.HOLDS

    def check(self, **seen: Any) -> Verdict:  # noqa: ANN401 - each claim has its own evidence
        """Judge the claim by the kernel's state now, or by the evidence given; never raises.

        Parameters
        ----------
        **seen
            What a cell saw, by the names that this claim's `examine` knows.
        """
        verdict = self._judge(lambda: self.examine(**seen))
        record(current_lesson(), self.id, bool(verdict))
        return verdict

    def run(self) -> Verdict:
        """Build the claim's experiment, judge it, and remove what it built; never raises."""

        def build_and_examine() -> Finding:
            with Lab():
                return self.examine(**(self.experiment() or {}))

        return self._judge(build_and_examine)

    def timed_run(self) -> tuple[Verdict, float]:
        """Do `run`, and return with the verdict how many seconds it took."""
        start = time.monotonic()
        verdict = self.run()
        return verdict, time.monotonic() - start

    def _judge(self, examination: Callable[[], Finding]) -> Verdict:
        try:
            finding = examination()
        except NslabError as error:
            # The lesson's state is not there (yet), or this machine cannot show it.
            rows = ((_("Tried:"), error.tried), (_("Kernel:"), error.said))
            finding = Finding(Outcome.UNKNOWN, error.advice, rows)
        evidence = tuple(Evidence(label, value) for label, value in finding.evidence)
        return Verdict(self.id, finding.outcome, finding.sentence, evidence, self.expected)

    def __repr__(self) -> str:
        """Return the id and what the claim says."""
        return f"{self.id}: {self.summary()}"
