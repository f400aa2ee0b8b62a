"""The result of a check, kind to the learner whatever happens."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec

from nslabkit.base.errors import NslabError
from nslabkit.base.language import close_up
from nslabkit.base.language import translate as _
from nslabkit.course import state_record
from nslabkit.course.lesson_ends import check_name
from nslabkit.course.progress import current_lesson, record
from nslabkit.course.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")


@dataclass(frozen=True, repr=False)
class CheckResult(Verdict):
    """What a check found: a `Verdict` about a step, true if the step is done."""

    @property
    def headline(self) -> str:
        """The mark, the outcome in words, and the sentence, in one line."""
        words = {
            Outcome.HOLDS: _("✔ Right: {sentence}"),
            Outcome.FAILS: _("✘ Not yet: {sentence}"),
        }
        return words.get(self.outcome, _("? Cannot tell: {sentence}")).format(
            sentence=close_up(self.sentence)
        )


def right(sentence: str) -> CheckResult:
    """Return the answer for a step that is done."""
    return CheckResult("", Outcome.HOLDS, sentence)


def missing(sentence: str) -> CheckResult:
    """Return the answer for a step that is not done; the sentence says what to type."""
    return CheckResult("", Outcome.FAILS, sentence)


def kindly(check: Callable[P, CheckResult]) -> Callable[P, CheckResult]:
    """Turn a check that may raise into one that never does.

    A mistake that the kit foresees becomes its reason and its fix; any other one, odd arguments
    for instance, becomes a sentence that shows how the check is called.
    """

    @functools.wraps(check)
    def kind(*args: P.args, **kwargs: P.kwargs) -> CheckResult:
        found = _answer(check, *args, **kwargs)
        lesson, name = current_lesson(), check_name(check.__name__, *args, **kwargs)
        record(lesson, name, bool(found))
        if found:
            state_record.keep(lesson, name, found.sentence)
        return found

    return kind


def _answer(check: Callable[P, CheckResult], *args: P.args, **kwargs: P.kwargs) -> CheckResult:
    name = check.__name__
    try:
        found = check(*args, **kwargs)
    except NslabError as error:
        return CheckResult(name, Outcome.FAILS, error.advice)
    except Exception as error:  # noqa: BLE001 - a check answers, it never raises
        return CheckResult(name, Outcome.UNKNOWN, _how_to_call(check, error))
    return CheckResult(name, found.outcome, found.sentence, found.evidence)


def _how_to_call(check: Callable[..., CheckResult], error: Exception) -> str:
    parameters = ", ".join(inspect.signature(check).parameters)
    return _("call it as lab.check.{call}; this call ended with {error}.").format(
        call=f"{check.__name__}({parameters})", error=type(error).__name__
    )
