"""Do the examples in the public docstrings print what they say?"""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "course.explain.explain",
    "course.predict",
    "net.addresses",
    "net.bridges",
    "net.lab",
    "net.links",
    "net.namespaces",
    "net.neighbours",
    "net.routes",
    "show.picture",
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples(name: str) -> None:
    module = importlib.import_module(f"nslabkit.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0, f"nslabkit.{name} has no example"
    assert result.failed == 0
