"""Does no judge ask whether there is an answer by the answer's truth?

“Not yet” is false in Python, and so is None: ``_not_ready() or _not_done()`` goes on where the
first has found something, and the second may find nothing; ``_found() or right(…)`` always passes.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

COURSE = Path(__file__).resolve().parents[2] / "nslabkit" / "course"
SOURCES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(COURSE.rglob("*.py"))
    if path.parent.name in {"tasks", "checks", "faults"}
}


@functools.cache
def returning(*kinds: str) -> set[str]:
    """Return the functions that return one of these."""
    return {
        node.name
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.returns is not None
        and ast.unparse(node.returns) in kinds
    }


def may_be_none() -> set[str]:
    """Return the functions that return an answer or None."""
    return returning("CheckResult | None")


def asked_for_truth(tree: ast.AST) -> Iterator[ast.expr]:
    """Give each expression whose truth decides what comes next."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp):
            yield from node.values
        elif isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
            yield node.test
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node.operand


def calls(node: ast.AST | None, names: set[str]) -> bool:
    """Return whether a node calls one of these functions."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names


def held(tree: ast.AST, names: set[str]) -> set[str]:
    """Return the variables that hold what one of these functions returned."""
    return {
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.NamedExpr) and calls(node.value, names)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }


def wrong_places(tree: ast.AST, names: set[str]) -> list[int]:
    """Return the lines that ask for the truth of an answer which may be none."""
    wrong = [
        asked
        for asked in asked_for_truth(tree)
        if calls(asked.value if isinstance(asked, ast.NamedExpr) else asked, names)
    ]
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and (variables := held(function, names)):
            asked_for = asked_for_truth(function)
            wrong += [asked for asked in asked_for if ast.unparse(asked) in variables]
    return sorted({asked.lineno for asked in wrong})


def overruled(tree: ast.AST, names: set[str]) -> list[int]:
    """Return the lines where another answer stands in for one that says “not yet”."""
    return [
        answer.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
        for answer in node.values[:-1]
        if calls(answer, names)
    ]


def test_there_are_such_functions() -> None:
    assert {"unfinished", "silent"} < may_be_none()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_an_answer_is_compared_with_none(path: Path) -> None:
    assert wrong_places(SOURCES[path], may_be_none()) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_answer_stands_in_for_another(path: Path) -> None:
    assert overruled(SOURCES[path], returning("CheckResult", "CheckResult | None")) == []


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        ("unready = evidence.unfinished(hosts) or evidence.silent(hosts)", [1]),
        ("waits = [] if _unready() else [1]", [1]),
        ("if not _unready(): pass", [1]),
        ("if (unready := _unready()): pass", [1]),
        ("def judge():\n unready = _unready()\n return unready or right(text)", [3]),
        ("def judge():\n unready = _unready()\n if unready: return unready", [3]),
        ("def judge():\n unready = _unready()\n if unready is not None: return unready", []),
        ("if evidence.unfinished(hosts) is not None: pass", []),
    ],
)
def test_a_wrong_place_is_found(wrong: str, places: list[int]) -> None:
    assert wrong_places(ast.parse(wrong), may_be_none()) == places


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        ("def judge():\n return _judge_names() or right(text)", [2]),
        ("def judge():\n return evidence.no_namespace(name) or right(text)", [2]),
        ("def judge():\n return missing(text) or right(text)", [2]),
        ("def judge():\n return text or right(text)", []),
    ],
)
def test_an_answer_that_stands_in_is_found(wrong: str, places: list[int]) -> None:
    names = returning("CheckResult", "CheckResult | None")
    assert overruled(ast.parse(wrong), names) == places
