"""Tests that the threat model names: is each of them there, and does each row name one?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_each_row_of_what_is_held_names_its_test() -> None:
    held = TEXT.partition("## Held")[2].partition("\n## ")[0]
    rows = [line for line in held.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert [row for row in rows if not NAMED.search(row)] == []


def test_each_test_that_is_named_is_there() -> None:
    named = NAMED.findall(TEXT)
    assert named
    for file, function in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not function or function in names, f"{file}::{function}"
