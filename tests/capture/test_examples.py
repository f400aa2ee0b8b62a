"""Do the examples in the docstrings do what they say, in a sandbox as a learner has it?"""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["capture.recording", "show.lab_recording"])
def test_the_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"nslabkit.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
