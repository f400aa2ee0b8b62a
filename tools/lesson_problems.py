"""What is wrong with a lesson's source, before notebooks are made of it?

Both languages side by side and alike, short cells, no words in shared code, no dead link; what
`lesson_questions` and `lesson_minutes` find comes with it.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import lesson_minutes
import lesson_questions
from lesson_cells import LANGUAGES, anchors, cells_of, experiments

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_CELL = 12  # lines of code; a learner must be able to predict what a cell prints
_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# Three words and a full stop, question mark or colon at the end: a sentence, not a command.
_SENTENCE = re.compile(r"^\W*\w+(\W+\w+){2,}.*[.?!:…]$", re.DOTALL)
_COMMAND = re.compile(r"^#\s*(ip|ping|ls|cat|grep|sysctl|nft|tcpdump|nsenter|unshare|mount)\b")
_CLAIM = re.compile(r"[BC]\d\d")
_LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)|(?:src|href)=\"([^\"#]*)(#[^\"]*)?\"")


def problems(source: Path) -> list[str]:
    """Return what is wrong with a source, each in one line as compilers print it."""
    cells = cells_of(source)
    found = [*_unpaired(cells), *_long(cells), *_prose_in_code(cells), *_dead_links(source, cells)]
    found += lesson_questions.problems(source, cells)
    times = [lesson_minutes.problem(source, language) for language in LANGUAGES]
    found += [(0, text) for text in times if text]
    return [f"{source.name}, cell {number}: {text}" for number, text in sorted(found)]


def _unpaired(cells: list[Any]) -> list[tuple[int, str]]:
    """Find markdown cells without a neighbour in the other language, or with an unlike one."""
    found, number = [], 0
    while number < len(cells):
        pair = cells[number : number + 2]
        tags = [cell.metadata.get("lang") for cell in pair if cell.cell_type == "markdown"]
        if cells[number].cell_type != "markdown":
            if cells[number].metadata.get("lang"):
                found.append((number, 'a code cell is shared: take lang="…" away'))
            number += 1
        elif tags == ["en", "zh"]:
            if _outline(pair[0]) != _outline(pair[1]):
                found.append((number, "headings and links are not the same in both languages"))
            number += 2
        else:
            what = "has no twin" if tags[0] in LANGUAGES else "names no language"
            found.append((number, f'this markdown cell {what}: lang="en", then lang="zh"'))
            number += 1
    return found


def _outline(cell: Any) -> tuple[list[str], int]:  # noqa: ANN401 - nbformat has no types for cells
    """Return what a cell and its twin must share: levels of headings, number of links."""
    return re.findall(r"^#+(?= )", cell.source, re.MULTILINE), len(_LINK.findall(cell.source))


def _long(cells: list[Any]) -> list[tuple[int, str]]:
    return [
        (number, f"{lines} lines of code, at most {LONGEST_CELL}")
        for number, cell in enumerate(cells)
        if cell.cell_type == "code"
        and (lines := len([line for line in cell.source.splitlines() if line.strip()]))
        > LONGEST_CELL
    ]


def _prose_in_code(cells: list[Any]) -> list[tuple[int, str]]:
    """Find words for the learner in code cells: they are shared by both languages."""
    found = []
    for number, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        if _CHINESE.search(cell.source):
            found.append((number, "a code cell holds Chinese: shared text comes from the package"))
        found += [
            (number, f"a code cell says “{text}”: words come from markdown or the package")
            for text in [*_sentences(cell.source), *_remarks(cell.source)]
        ]
    return found


def _sentences(source: str) -> list[str]:
    """Return the strings of a cell's Python that are sentences."""
    if source.startswith("%%"):
        return []
    python = re.sub(r"^(\s*)(?:[\w\[\]\"]+\s*=\s*)?[!%].*$", r"\1pass", source, flags=re.MULTILINE)
    try:
        nodes = list(ast.walk(ast.parse(python)))
    except SyntaxError as error:
        return [f"no Python: {error.msg}, line {error.lineno}"]
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _SENTENCE.match(node.value)
    ]


def _remarks(source: str) -> list[str]:
    """Return the comments of a cell that are not commands."""
    lines = [line.strip() for line in source.splitlines()]
    return [line for line in lines if line.startswith("#") and not _COMMAND.match(line)]


def _dead_links(source: Path, cells: list[Any]) -> list[tuple[int, str]]:
    """Find links to files or headings that are not there."""
    found = []
    for number, cell in enumerate(cells):
        language = cell.metadata.get("lang")
        if cell.cell_type != "markdown" or language not in LANGUAGES:
            continue
        for match in _LINK.finditer(cell.source):
            path, anchor = match[1] or match[3] or "", (match[2] or match[4] or "")[1:]
            if re.match(r"[a-z]+:", path):
                continue  # another site
            target = source if not path else _target(source, language, path)
            if target is None or not target.exists():
                found.append((number, f"link to {path}: there is no such file"))
            elif _CLAIM.fullmatch(anchor) and anchor not in experiments(target, language):
                found.append((number, f"link to {path}#{anchor}: no experiment of that claim"))
            elif _CLAIM.fullmatch(anchor):
                continue
            elif anchor and target.suffix == ".py" and anchor not in anchors(target, language):
                found.append((number, f"link to {path}#{anchor}: no such heading or anchor"))
    return found


def _target(source: Path, language: str, path: str) -> Path | None:
    """Return the file behind a link; for another lesson its source."""
    if path.endswith(".ipynb") and "/" not in path:
        return source.with_name(path).with_suffix(".py")
    return (source.parent.parent / language / path).resolve()
