"""How long does a lesson take, and is that what it says?

Reading takes a minute for 150 English words or 300 Chinese characters, text of its questions
included; running a cell and looking at what it prints takes 25 seconds; a task takes the minutes
that stand beside its goal in ``notebooks/questions``, goal and check included.  What is folded on
the page (``jp-MarkdownHeadingCollapsed``) is extra and not counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import lesson_questions
from lesson_cells import cells_of, is_solution

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS_A_MINUTE = 150
HAN_PER_WORD = 2  # 300 characters a minute; what is not Chinese counts by words there, too
SECONDS_A_CELL = 25
TOLERANCE = 0.15
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9][\w./:'-]*")
_ADDRESS = re.compile(r"(?<=\])\([^)]*\)|<[^>]*>")  # of a link, or a mark: not read
_STATED = {
    "en": re.compile(r"\*\*Time:\*\* about (\d+) minutes"),
    "zh": re.compile(r"\*\*(?:用时|时间)：\*\* ?约 (\d+) 分钟"),
}
_ASKED = re.compile(r'lab\.(predict|recall)\((?:"([^"]+)")?')


def stated(source: Path, language: str) -> int | None:
    """Return the minutes that a lesson promises, None where it promises none."""
    for cell in cells_of(source):
        if cell.metadata.get("lang") == language:
            found = _STATED[language].search(cell.source)
            if found:
                return int(found[1])
    return None


def measured(source: Path, language: str) -> float:
    """Return the minutes that a lesson takes by the measure above."""
    said = lesson_questions.texts(source)
    questions = {entry["name"]: entry for entry in said.get("question", ())}
    words, cells = 0.0, 0
    for cell in _unfolded(source, language):
        if cell.cell_type == "markdown":
            words += _words(cell.source)
        elif "task" not in cell.metadata:
            cells += 1
            for kind, name in _ASKED.findall(cell.source):
                asked = said.get("recall", ()) if kind == "recall" else [questions.get(name, {})]
                words += sum(_words(text) for entry in asked for text in _texts(entry, language))
    tasks = sum(entry.get("minutes", 0) for entry in said.get("task", ()))
    return words / WORDS_A_MINUTE + cells * SECONDS_A_CELL / 60 + float(tasks)


def problem(source: Path, language: str) -> str | None:
    """Return what is wrong with the time that a lesson states, None if it is about right."""
    promised = stated(source, language)
    if promised is None:
        return None
    takes = measured(source, language)
    if abs(takes - promised) <= TOLERANCE * promised:
        return None
    return f"it states {promised} minutes in {language}, and takes {takes:.0f}"


def _unfolded(source: Path, language: str) -> Iterator[Any]:
    """Give the cells that everybody reads, in one language; no solutions, nothing folded."""
    folded = 0  # the level of the heading that folds what comes below it
    for cell in cells_of(source):
        if cell.metadata.get("lang", language) != language or is_solution(cell):
            continue
        heading = re.match(r"(#+) ", cell.source) if cell.cell_type == "markdown" else None
        if heading and (not folded or len(heading[1]) <= folded):
            closed = cell.metadata.get("jp-MarkdownHeadingCollapsed")
            folded = len(heading[1]) if closed else 0
        if not folded:
            yield cell


def _texts(entry: dict[str, Any], language: str) -> Iterator[str]:
    """Give what a question says: itself, its answers, and why each is so."""
    yield entry.get("ask", {}).get(language, "")
    for option in entry.get("option", ()):
        yield option.get(language, "")
        yield option.get("why", {}).get(language, "")


def _words(text: str) -> float:
    text = _ADDRESS.sub(" ", text)
    return len(_WORD.findall(text)) + len(_HAN.findall(text)) / HAN_PER_WORD
