"""Questions of the lessons: guesses before an experiment, and recall of earlier lessons.

They stand in ``notebooks/questions/NN_name.toml``, both languages side by side, and travel in the
wheel.  A notebook names a question only, so no cell gives its answer away::

    [[question]]
    name = "the same name again"
    ask.en = "What happens if you run the same line once more?"
    ask.zh = "同一行再运行一遍，会怎样？"
    [[question.option]]
    right = true
    en = "an error"
    zh = "报错"
    why.en = "A name is a file, and `ip` creates it with `O_EXCL`."
    why.zh = "名字就是一个文件，`ip` 用 `O_EXCL` 创建它。"

``[[recall]]`` has the same form, ``[[task]]`` a name and a goal, ``[[learned]]`` a sentence and the
name of the check that shows it.  ``[varies]`` names what is different for each learner of a class
(`nslabkit.course.own_values`).
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import os
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.accounts import own_account
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course import lessons

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Option:
    """One answer to choose.

    Attributes
    ----------
    text : str
        The answer.
    right : bool
        Whether it is so.
    why : str
        Why it is so, or what would have to be true for it.
    """

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question with its options, in the reader's language.

    Attributes
    ----------
    name : str
        By which a notebook asks it.
    lesson : str
        The lesson that it belongs to, ``"01_one_wire"``.
    ask : str
        The question.
    options : tuple of Option
        The answers, in the order in which this learner sees them.
    """

    name: str
    lesson: str
    ask: str
    options: tuple[Option, ...]

    @property
    def right(self) -> Option:
        """The option that is so."""
        return next(option for option in self.options if option.right)


@dataclass(frozen=True)
class Ability:
    """Something that a learner can do after a lesson, and the check that shows it."""

    text: str
    check: str


def question(name: str) -> Question:
    """Return the question of that name, whether a guess or a recall.

    Raises
    ------
    InvalidValueError
        No lesson has such a question; the error names those that are spelled alike.
    """
    known = _by_name()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        raise InvalidValueError(
            f"lab.predict({name!r})",
            _("No lesson has a question of that name."),
            _("Copy the cell from the lesson again. Similar names: {names}").format(
                names=enumeration(map(repr, near)) or "-"
            ),
        )
    lesson, entry = known[name]
    return _question(lesson, entry)


def questions(lesson: str) -> tuple[Question, ...]:
    """Return the guesses of a lesson, in their order."""
    return tuple(_question(lesson, entry) for entry in _texts(lesson).get("question", ()))


def recalls(lesson: str) -> tuple[Question, ...]:
    """Return what a lesson asks about earlier ones, in its order."""
    return tuple(_question(lesson, entry) for entry in _texts(lesson).get("recall", ()))


def abilities(lesson: str) -> tuple[Ability, ...]:
    """Return what a learner can do after a lesson."""
    language = lessons.default_language()
    return tuple(
        Ability(entry[language], entry["check"]) for entry in _texts(lesson).get("learned", ())
    )


def tasks(lesson: str) -> tuple[str, ...]:
    """Return the names of a lesson's tasks, in their order."""
    return tuple(str(entry["name"]) for entry in _texts(lesson).get("task", ()))


def with_tasks() -> tuple[str, ...]:
    """Return the lessons that have tasks, in their order."""
    return tuple(lesson for lesson in _lessons() if tasks(lesson))


def varied(lesson: str) -> dict[str, str]:
    """Return what a lesson's tasks print that may differ from learner to learner -> its kind."""
    found: dict[str, str] = _texts(lesson).get("varies", {})
    return found


def goal(task: str, language: str | None = None) -> str:
    """Return what a task asks for, as the course prints it: one sentence.

    It is in the current language, unless ``"en"`` or ``"zh"`` is named.

    Raises
    ------
    InvalidValueError
        No lesson has a task of that name.
    """
    return str(_task(task)[1]["goal"][language or lessons.default_language()])


def minutes(task: str) -> int:
    """Return how many minutes a task takes, by its lesson's own time."""
    return int(_task(task)[1]["minutes"])


def lesson_of(task: str) -> str:
    """Return the lesson that a task belongs to, ``"01_one_wire"``.

    Raises
    ------
    InvalidValueError
        No lesson has a task of that name.
    """
    return _task(task)[0]


def _task(name: str) -> tuple[str, dict[str, Any]]:
    """Return the lesson of a task, and what its file says of it."""
    known = {
        entry["name"]: (lesson, entry)
        for lesson in _lessons()
        for entry in _texts(lesson).get("task", ())
    }
    if name not in known:
        lesson = str(name).partition(".")[0]
        near = sorted(one for one in known if one.partition(".")[0] == lesson) or known
        raise InvalidValueError(
            f"lab.check.task({name!r})",
            _("No lesson has a task of that name."),
            _("The tasks are: {names}").format(names=enumeration(map(repr, near))),
        )
    return known[name]


def _question(lesson: str, entry: dict[str, Any]) -> Question:
    language = lessons.default_language()
    options = [
        Option(option[language], option.get("right", False), option["why"][language])
        for option in entry["option"]
    ]
    # Everybody has an order of their own, the same each time: a neighbour's place says nothing.
    # In a machine in a machine every account is root; the home folder tells learners apart.
    owner = f"{own_account()} {os.environ.get('HOME', '')}"
    order = sorted(range(len(options)), key=lambda place: _mixed(owner, entry["name"], place))
    shown = tuple(options[place] for place in order)
    return Question(entry["name"], lesson, entry["ask"][language], shown)


def _mixed(*parts: object) -> bytes:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).digest()


@functools.cache
def _by_name() -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        entry["name"]: (lesson, entry)
        for lesson in _lessons()
        for kind in ("question", "recall")
        for entry in _texts(lesson).get(kind, ())
    }


def _lessons() -> list[str]:
    return [path.stem for path in _files()]


@functools.cache
def _texts(lesson: str) -> dict[str, Any]:
    for path in _files():
        if path.stem == lesson:
            return tomllib.loads(path.read_text(encoding="utf-8"))
    return {}


def _files() -> list[Path]:
    return sorted(lessons.questions_folder().glob("*.toml"))
