"""A clean machine for each test, and the chapter's topology without IPv6."""

from __future__ import annotations

import pytest
from clean_machine import clean_machine, quiet_pair, run_netns

import nslabkit as lab

__all__ = ["clean_machine", "quiet_pair", "run_netns"]


@pytest.fixture(scope="session", autouse=True)
def _numpy_is_loaded() -> None:
    assert lab.capture  # so that no test opens its files
