"""Under which uid maps are sandboxes tried, and with which fixtures?"""

from __future__ import annotations

import os

import pytest
from running_kernels import Host, Kernel, Start, host, start

__all__ = ["Host", "Kernel", "Start", "host", "start", "uid_map"]

# The uid maps that this user can have: real root has only its own.
MAPS = ("full",) if os.geteuid() == 0 else ("auto", "self")


@pytest.fixture(params=MAPS)
def uid_map(request: pytest.FixtureRequest) -> str:
    """Each uid map in turn."""
    return str(request.param)
