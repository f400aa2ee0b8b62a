"""Do the examples in the docstrings print what they say?"""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    ["capture.events.event_log", "timeline.making", "timeline.timeline"],
)
def test_the_examples(name: str) -> None:
    module = importlib.import_module(f"nslabkit.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0, f"nslabkit.{name} has no example"
    assert result.failed == 0
