"""Which commands does a click stand for?  The table that the page is tested against, too."""

from __future__ import annotations

import ast
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from nslabkit.show.topology import acts, lasting

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "support/click_commands.json").read_text("utf-8")
)


def test_the_table_has_every_act() -> None:
    assert {case["act"] for case in CASES} == {*acts.ACTS, *lasting.LASTING}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['act']}: {case['ip']}")
def test_python_says_what_the_table_says(case: dict[str, Any]) -> None:
    commands = lasting.commands if case["act"] in lasting.LASTING else acts.commands
    said = commands(case["act"], case["fields"])
    assert (said.ip, said.python) == (case["ip"], case["python"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['act']}: {case['ip']}")
def test_the_table_is_read_back_as_it_was_meant(case: dict[str, Any]) -> None:
    """By a shell and by Python: each word that was typed is one word again."""
    words = shlex.split(case["ip"])
    literals = {
        node.value for node in ast.walk(ast.parse(case["python"])) if isinstance(node, ast.Constant)
    }
    text = " ".join(filter(None, (value for value in literals if isinstance(value, str))))
    for field, value in case["fields"].items():
        if value and field != "seconds":
            assert value in words, field
        assert value in text or shlex.quote(value) in text or field == "link", field
