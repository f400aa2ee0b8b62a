"""A learner's answers: what was guessed, and which hints were opened.

Kept in ``DIR/.nslabkit/answers.json`` beside the progress (`nslabkit.course.progress`), and in this
process for a notebook that has no such folder.  Like the progress it must never stop a lesson:
what cannot be written is forgotten with the kernel, and what cannot be read counts as nothing.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.course.progress import kept_in
from nslabkit.course.standing import decode

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "answers.json"


@dataclass(frozen=True)
class Guess:
    """What was chosen for one question.

    Attributes
    ----------
    first_right : bool
        Whether the first choice was right.
    text : str
        The option chosen last.
    right : bool
        Whether that one is right.
    recalled : bool
        Whether it was right when the question came back in a later lesson.
    """

    first_right: bool
    text: str
    right: bool
    recalled: bool = False


@dataclass(frozen=True)
class Answers:
    """All guesses by their question's name, and the hints opened by their task's name.

    Attributes
    ----------
    guesses : dict
        Question -> what was chosen.
    hints : dict
        Task -> how many hints were opened.
    helped : dict
        Task -> how many of these were opened before the task was done.
    """

    guesses: dict[str, Guess] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    helped: dict[str, int] = field(default_factory=dict)


# What this process knows, whether or not it could be written.
_here = Answers()


def answers(folder: Path | None = None) -> Answers:
    """Return what is kept in the learner's folder, with what this process knows besides."""
    kept = _read(folder or kept_in())
    return Answers(
        {**kept.guesses, **_here.guesses},
        {**kept.hints, **_here.hints},
        {**kept.helped, **_here.helped},
    )


def guessed(question: str, text: str, *, right: bool, again: bool = False) -> None:
    """Note a choice.

    Parameters
    ----------
    question : str
        The question's name.
    text : str
        The option chosen.
    right : bool
        Whether it is right.
    again : bool
        Whether the question came back in a later lesson.
    """
    before = answers().guesses.get(question)
    first = before.first_right if before else right
    recalled = (before is not None and before.recalled) or (again and right)
    _here.guesses[question] = Guess(first, text, right, recalled)
    _keep()


def hint_opened(task: str, *, done: bool = False) -> int:
    """Note that one more hint of a task was opened, and return how many there were before.

    Parameters
    ----------
    task : str
        The task's name.
    done : bool
        Whether the task was done before: then the hint was no help.
    """
    before = answers()
    opened = before.hints.get(task, 0)
    _here.hints[task] = opened + 1
    if not done:
        _here.helped[task] = before.helped.get(task, 0) + 1
    _keep()
    return opened


def _keep() -> None:
    folder = kept_in()
    if folder is None:
        return
    content = json.dumps(asdict(answers(folder)), ensure_ascii=False, indent=1)
    with contextlib.suppress(OSError):  # a full or foreign disk: this process still knows it
        files.replace_file(folder / _FILE, content.encode(), 0o600)


def _read(folder: Path | None) -> Answers:
    if folder is None:
        return Answers()
    try:
        value: Any = decode((folder / _FILE).read_bytes())
        guesses = {
            str(name): Guess(
                bool(entry["first_right"]),
                str(entry["text"]),
                bool(entry["right"]),
                bool(entry.get("recalled", False)),
            )
            for name, entry in value["guesses"].items()
        }
        hints = {str(name): int(count) for name, count in value["hints"].items()}
        # An earlier version did not tell when a hint was opened.
        helped = {str(name): int(n) for name, n in value.get("helped", hints).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return Answers()
    return Answers(guesses, hints, helped)
