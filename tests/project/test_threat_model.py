"""Tests that the threat model names: is each of them there, and does each row name one?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def tables() -> list[list[str]]:
    """The tables' lines, each without its ruler."""
    found: list[list[str]] = [[]]
    for line in TEXT.splitlines():
        if line.startswith("|"):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [[head, *rows] for head, _ruler, *rows in filter(None, found)]


def test_each_row_of_each_table_names_its_test() -> None:
    assert len(tables()) >= 5
    for head, *rows in tables():
        assert head.endswith("| shown by |"), head
        assert rows
        assert [row for row in rows if not NAMED.search(row.rsplit("|", 2)[1])] == []


def test_each_test_that_is_named_is_there() -> None:
    named = NAMED.findall(TEXT)
    assert named
    for file, function in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not function or function in names, f"{file}::{function}"
