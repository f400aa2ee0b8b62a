"""Does every condition of a claim hold, and which is the first that does not?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course.claims.claim import Finding
from nslabkit.course.verdict import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["finding", "followed_by"]


def finding(
    conditions: Iterable[tuple[bool, str]],
    holds: str,
    evidence: Iterable[tuple[str, str]] = (),
    **values: object,
) -> Finding:
    """Return that a claim holds, or by which condition it does not.

    Parameters
    ----------
    conditions : iterable of (bool, str)
        What must be true, and the sentence for a reader if it is not; the first one counts.
    holds : str
        The sentence if all are true.
    evidence : iterable of (str, str)
        Label and value of what was read.
    **values
        What stands for the names in braces in the sentences.
    """
    rows = tuple(evidence)
    for true, otherwise in conditions:
        if not true:
            return Finding(Outcome.FAILS, _filled(otherwise, values), rows)
    return Finding(Outcome.HOLDS, _filled(holds, values), rows)


def followed_by(sentence: str, another: str) -> str:
    """Return two sentences in a row; between Chinese ones there is no space."""
    return _("{sentence} {another}").format(sentence=sentence, another=another)


def _filled(sentence: str, values: dict[str, object]) -> str:
    return sentence.format(**values) if values else sentence
