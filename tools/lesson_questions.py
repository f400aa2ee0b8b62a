"""The questions and tasks of a lesson: are they whole, and does the lesson ask each of them?

They stand in ``notebooks/questions/NN_name.toml``; `nslabkit.course.questions` says in which form.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from lesson_cells import LANGUAGES, is_solution

from nslabkit.course.variants import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECALLS = 3  # questions on earlier lessons
FEWEST = 10  # questions of which a share can be told
TELLING = 2.0  # an answer that much wider than the widest other one tells that it is another kind
LARGEST_SHARE = 0.4  # of the course's right answers may stand at one place
_GIVEAWAY = re.compile(
    r"\b(of course|obviously|clearly|naturally)\b|当然|显然|毫无疑问", re.IGNORECASE
)
_HAN = 0x2E80  # from here on a character is as wide as two Latin ones
_CALL = re.compile(r'lab\.(predict|compare|hint)\("([^"]+)"\)|lab\.check\.(task)\("([^"]+)"\)')


def texts(source: Path) -> dict[str, Any]:
    """Return what a lesson's file of questions holds; nothing where it has none."""
    path = source.parent.parent / "questions" / f"{source.stem}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def goal(source: Path, task: str, language: str) -> str:
    """Return the one sentence that a task asks for; `problems` has seen that there is one."""
    for entry in texts(source).get("task", ()):
        if entry["name"] == task:
            return str(entry["goal"][language])
    return task


def problems(source: Path, cells: list[Any]) -> Iterator[tuple[int, str]]:
    """Find questions and tasks that are not whole, not asked, or asked without a text."""
    said = texts(source)
    for entry in [*said.get("question", ()), *said.get("recall", ())]:
        yield from ((0, f"question “{entry['name']}”: {text}") for text in _unlike(entry))
    if len(said.get("recall", ())) not in {0, RECALLS}:
        yield 0, f"a lesson asks {RECALLS} questions on earlier ones, or none"
    for entry in said.get("task", ()):
        if set(entry["goal"]) != set(LANGUAGES):
            yield 0, f"task {entry['name']}: its goal is not in both languages"
    yield from _varied(said)
    yield from _calls(said, cells)


def _varied(said: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Find free values that no learner could see, or that nobody can draw."""
    for printed, kind in said.get("varies", {}).items():
        if kind not in KINDS:
            yield 0, f"“{printed}” varies as “{kind}”: choose one of {', '.join(KINDS)}"
        for language in LANGUAGES:
            if not any(printed in entry["goal"][language] for entry in said.get("task", ())):
                yield 0, f"“{printed}” varies, but no goal in {language} shows it"


def _unlike(entry: dict[str, Any]) -> Iterator[str]:
    options = entry["option"]
    if sum(option.get("right", False) for option in options) != 1:
        yield "exactly one answer is right"
    for language in LANGUAGES:
        if not entry["ask"].get(language):
            yield f"it is not asked in {language}"
        for option in options:
            if not option.get(language) or not option.get("why", {}).get(language):
                yield f"an answer has no text or no reason in {language}"
        yield from _telling([str(option.get(language, "")) for option in options], language)


def _telling(answers: list[str], language: str) -> Iterator[str]:
    """Find an answer that one could choose, or strike out, without the question."""
    *_others, second, widest = sorted(answers, key=_width)
    if _width(widest) > TELLING * _width(second):
        yield f"an answer is so long in {language} that it gives itself away: {widest}"
    for answer in answers:
        if _GIVEAWAY.search(answer):
            yield f"an answer in {language} gives itself away by a word: {answer}"


def _width(text: str) -> int:
    return sum(2 if ord(character) >= _HAN else 1 for character in text if character != "`")


def crowded(sources: list[Path]) -> Iterator[str]:
    """Find a place at which too many right answers of the whole course stand."""
    places = [
        [bool(option.get("right")) for option in entry["option"]].index(True)
        for source in sources
        for kind in ("question", "recall")
        for entry in texts(source).get(kind, ())
        if any(option.get("right") for option in entry["option"])
    ]
    for place in sorted(set(places)):
        share = places.count(place) / len(places)
        if len(places) >= FEWEST and share > LARGEST_SHARE:
            yield (
                f"answer {'ABCDEFGH'[place]} is right in {share:.0%} of the course's questions, "
                f"at most {LARGEST_SHARE:.0%}"
            )


def _calls(said: dict[str, Any], cells: list[Any]) -> Iterator[tuple[int, str]]:
    """Compare what the cells ask with what there is to ask."""
    known = {kind: [entry["name"] for entry in said.get(kind, ())] for kind in ("question", "task")}
    asked: dict[str, list[str]] = {kind: [] for kind in ("predict", "compare", "hint", "task")}
    for number, kind, name in _asked(cells):
        asked[kind].append(name)
        if name not in known["task" if kind in {"hint", "task"} else "question"]:
            yield number, f"{kind} {name!r}: nothing of that name in notebooks/questions"
        if kind == "compare" and name not in asked["predict"]:
            yield number, f"{name!r} is compared before it is asked"
    for name in known["question"]:
        if asked["predict"].count(name) != 1 or asked["compare"].count(name) != 1:
            yield 0, f"question {name!r} is not asked once and compared once"
    for name in known["task"]:
        places = [cell for cell in cells if cell.metadata.get("task") == name]
        if name not in asked["task"] or not any(is_solution(cell) for cell in places):
            yield 0, f"task {name} needs an empty cell, a solution, and lab.check.task({name!r})"


def _asked(cells: list[Any]) -> Iterator[tuple[int, str, str]]:
    """Give each call of a question or a task: the cell's number, the call's kind, the name."""
    for number, cell in enumerate(cells):
        if cell.cell_type == "code":
            for call in _CALL.finditer(cell.source):
                yield number, call[1] or call[3], call[2] or call[4]
