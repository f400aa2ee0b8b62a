"""The class at a glance: who did which task, what most guessed wrong, how the pace is.

Made from what the learners share (`nslabkit.workshop.shared_progress`): numbers and names of
checks, nothing of their code.  Tables are plain words, ready for a page or a spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course import lesson_ends, lessons, questions
from nslabkit.workshop.csv_table import csv_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.workshop.shared_progress import Done, Shared

_MOST_QUESTIONS = 8
_TASK = "task "
_PLAN = re.compile(r"\]\((\w+)\.ipynb\).*\|\s*(\d+)\s*\|\s*$")


@dataclass(frozen=True)
class Person:
    """One learner, and what they share.

    Attributes
    ----------
    name : str
        As the instructor knows them.
    shared : Shared
        Their numbers.
    """

    name: str
    shared: Shared


def stuck_on(person: Person) -> str:
    """Return the check that was tried last and has not passed; empty if there is none."""
    left = [
        (done.last, check)
        for (_lesson, check), done in person.shared.checks.items()
        if done.passed is None
    ]
    return max(left)[1] if left else ""


def tables(people: Sequence[Person]) -> list[dict[str, Any]]:
    """Return the tables for the class page, those with nothing in them left out."""
    made = [_wrong_guesses(people), _pace(people), *(_tasks(people, one) for one in _begun(people))]
    return [table for table in made if table["rows"]]


def _begun(people: Sequence[Person]) -> list[str]:
    """Return the lessons that anybody is in, the latest first."""
    latest: dict[str, float] = {}
    for person in people:
        for (lesson, _check), done in person.shared.checks.items():
            latest[lesson] = max(latest.get(lesson, 0.0), done.last)
    return sorted(latest, key=lambda lesson: -latest[lesson])


def _tasks(people: Sequence[Person], lesson: str) -> dict[str, Any]:
    try:
        names = questions.tasks(lesson)
    except NslabError:  # not one of the kit's own
        names = ()
    rows = [
        {
            "head": person.name,
            "cells": [_task_cell(person.shared, lesson, name) for name in names],
        }
        for person in people
    ]
    return {
        "id": f"tasks-{lesson}",
        "title": _("Tasks of {lesson}").format(lesson=lesson),
        "caption": _("✔ done, ✘ tried and not yet done; then the tries, and (hints opened)."),
        "heads": [_("participant"), *names],
        "rows": rows if names else [],
        "people": True,
    }


def _task_cell(shared: Shared, lesson: str, name: str) -> dict[str, str]:
    done = shared.checks.get((lesson, f"{_TASK}{name}"))
    hints = f" ({count})" if (count := shared.hints.get(name)) else ""
    if done is None:
        return {"text": hints.strip() or "·", "kind": ""}
    passed = done.passed is not None
    text = f"{'✔' if passed else '✘'} {done.tries}{hints}"
    return {"text": text, "kind": "done" if passed else "tried"}


def _wrong_guesses(people: Sequence[Person]) -> dict[str, Any]:
    wrong, asked = Counter[str](), Counter[str]()
    chosen: dict[str, Counter[str]] = {}
    for person in people:
        for name, (first_right, text) in person.shared.guesses.items():
            asked[name] += 1
            wrong[name] += not first_right
            chosen.setdefault(name, Counter())[text] += 1
    worst = sorted(wrong, key=lambda name: (-wrong[name], asked[name], name))
    rows = []
    for name in worst[:_MOST_QUESTIONS]:
        if not wrong[name] or (ask := _asked(name)) is None:
            continue
        of_all = _("{wrong} of {all}").format(wrong=wrong[name], all=asked[name])
        cells = [{"text": of_all, "kind": "tried"}, {"text": _most(chosen[name]), "kind": ""}]
        rows.append({"head": ask, "cells": cells})
    return {
        "id": "guesses",
        "title": _("What to discuss next"),
        "caption": _("Questions that most guessed wrong at first."),
        "heads": [_("question"), _("wrong at first"), _("chosen last")],
        "rows": rows,
        "people": False,
    }


def _asked(name: str) -> str | None:
    try:
        return questions.question(name).ask
    except NslabError:  # a learner's file may name what is none
        return None


def _most(options: Counter[str]) -> str:
    return "; ".join(f"{text} ×{count}" for text, count in options.most_common(3))


def _pace(people: Sequence[Person]) -> dict[str, Any]:
    plan = planned()
    rows = []
    for lesson in _begun(people):
        spans = [span for person in people if (span := _span(person.shared, lesson)) is not None]
        checks = _checks(lesson)
        if not checks:
            continue
        shares = [len(passed & checks) for passed, _minutes in spans]
        minutes = statistics.median(minutes for _passed, minutes in spans)
        cells = [
            str(len(spans)),
            str(sum(share == len(checks) for share in shares)),
            _("{passed} of {all}").format(passed=int(statistics.median(shares)), all=len(checks)),
            f"{minutes:.0f}",
            str(plan.get(lesson, "-")),
        ]
        rows.append({"head": lesson, "cells": [{"text": text, "kind": "number"} for text in cells]})
    return {
        "id": "pace",
        "title": _("Pace"),
        "caption": _(
            "Per lesson: the median of those who began it, from their first check to their latest."
        ),
        "heads": [
            _("lesson"),
            _("begun"),
            _("finished"),
            _("checks passed (median)"),
            _("minutes (median)"),
            _("minutes planned"),
        ],
        "rows": rows,
        "people": False,
    }


def _span(shared: Shared, lesson: str) -> tuple[set[str], float] | None:
    """Return which checks of a lesson passed, and the minutes from the first to the latest."""
    mine = {check: done for (where, check), done in shared.checks.items() if where == lesson}
    if not mine:
        return None
    times = [moment for done in mine.values() for moment in (done.passed, done.last) if moment]
    passed = {check for check, done in mine.items() if done.passed is not None}
    return passed, (max(times) - min(times)) / 60


def _checks(lesson: str) -> set[str]:
    try:
        return set(lesson_ends.checks_in(lessons.find(lesson, "en")))
    except NslabError:  # a notebook of the learner's own
        return set()


@functools.cache
def planned() -> dict[str, int]:
    """Return the minutes that the start page's table plans for each lesson."""
    start = json.loads(lessons.find("0", "en").read_text(encoding="utf-8"))
    text = "".join(line for cell in start["cells"] for line in [*cell["source"], "\n"])
    found = (_PLAN.search(line) for line in text.splitlines())
    return {match[1]: int(match[2]) for match in found if match}


def spreadsheet(people: Sequence[Person]) -> bytes:
    """Return what each learner did as CSV: a row for each learner and check."""
    heads = ("name", "lesson", "check", "passed", "last_tried", "tries", "hints")
    return csv_table(
        heads,
        (
            _row(person, lesson, check, done)
            for person in people
            for (lesson, check), done in sorted(person.shared.checks.items())
        ),
    )


def _row(person: Person, lesson: str, check: str, done: Done) -> tuple[str, ...]:
    times = ("" if moment is None else _moment(moment) for moment in (done.passed, done.last))
    hints = person.shared.hints.get(check.removeprefix(_TASK), 0)
    return (person.name, lesson, check, *times, str(done.tries), str(hints))


def _moment(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
