"""The uid maps that sandboxes are tried under: a fixture."""

from __future__ import annotations

import os

import pytest

# Real root has its own.
MAPS = ("shifted", "full") if os.geteuid() == 0 else ("auto", "self")


@pytest.fixture(params=MAPS)
def uid_map(request: pytest.FixtureRequest) -> str:
    """Each uid map in turn."""
    return str(request.param)
