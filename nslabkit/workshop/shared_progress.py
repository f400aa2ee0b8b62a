"""Shared progress: which tasks a learner did, with how many tries, hints and guesses.

A learner's server copies these numbers from their folder into the workshop's, where the
instructor's group reads them: names of checks, times, counts, the options chosen.  Nothing of
their code.  What is read there was written by learners, so it is believed as far as its form is
right, and only if the file belongs to the account of its name.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nslabkit.base import files
from nslabkit.base.accounts import account, own_account
from nslabkit.course import learner_answers, progress
from nslabkit.course.standing import LONGEST, decode, moment, tried

FOLDER = "NSLAB_SHARED_PROGRESS"
"""The variable that tells a learner's server where progress is shared."""

_LARGEST = 1 << 18
_MODE = 0o640


@dataclass(frozen=True)
class Done:
    """One check or task of one learner.

    Attributes
    ----------
    passed : float or None
        When it was passed first, in seconds of the epoch.
    last : float
        When it was tried last.
    tries : int
        How often.
    """

    passed: float | None
    last: float
    tries: int


@dataclass(frozen=True)
class Shared:
    """All that one learner shares.

    Attributes
    ----------
    checks : dict
        Lesson and check -> how it went.
    hints : dict
        Task -> how many hints were opened.
    guesses : dict
        Question -> whether the first guess was right, and the option chosen last.
    """

    checks: dict[tuple[str, str], Done] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    guesses: dict[str, tuple[bool, str]] = field(default_factory=dict)


class Sharing:
    """Copies what is new; it remembers what was copied last."""

    def __init__(self) -> None:
        self._target = os.environ.get(FOLDER, "")
        self._last = b""

    @property
    def wanted(self) -> bool:
        """Whether there is a folder to share in."""
        return bool(self._target)

    def share(self) -> None:
        """Write the learner's numbers if they changed; what cannot be written is tried again."""
        lessons = Path(os.environ.get("NSLAB_LESSONS", ""))
        with contextlib.suppress(OSError):
            text = json.dumps(_numbers(lessons), ensure_ascii=False).encode()
            if text != self._last:
                target = Path(self._target, f"{own_account()}.json")
                files.replace_file(target, text, _MODE)
                self._last = text


def _numbers(lessons: Path) -> dict[str, Any]:
    corner = lessons / ".nslabkit"
    answers = learner_answers.answers(corner)
    return {
        "checks": [
            [
                one.lesson,
                one.check,
                one.first_passed and one.first_passed.isoformat(),
                one.last_tried.isoformat(),
                one.tries,
            ]
            for one in progress.progress(lessons)
        ],
        "hints": answers.hints,
        "guesses": {
            name: [guess.first_right, guess.text] for name, guess in answers.guesses.items()
        },
    }


def read(folder: Path) -> dict[str, Shared]:
    """Return what each account shares in `folder`.

    Raises
    ------
    OSError
        It cannot be listed.
    """
    found = {}
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 - names are all that is wanted
        if name.endswith(".json") and not name.startswith("."):
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
                content, uid = files.read_foreign(folder / name, _LARGEST)
                owner = account(uid)
                if name == f"{owner}.json" and len(content) <= _LARGEST:
                    found[owner] = _shared(decode(content))
    return found


def _shared(value: Any) -> Shared:  # noqa: ANN401 - whatever JSON gave
    checks = {
        (_word(lesson), _word(check)): Done(
            None if passed is None else moment(passed).timestamp(),
            moment(last).timestamp(),
            tried(tries),
        )
        for lesson, check, passed, last, tries in value["checks"]
    }
    hints = {_word(name): tried(count) for name, count in value["hints"].items()}
    guesses = {
        _word(name): (bool(first), _word(text, 400))
        for name, (first, text) in value["guesses"].items()
    }
    return Shared(checks, hints, guesses)


def _word(value: object, longest: int = LONGEST) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= longest:
        raise ValueError("word")
    return value
