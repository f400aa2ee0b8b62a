"""A clean machine for each test, and the chapter's topology without IPv6."""

from __future__ import annotations

import pytest
from clean_machine import clean_machine, quiet_pair, run_netns

__all__ = ["clean_machine", "quiet_pair", "run_netns"]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
