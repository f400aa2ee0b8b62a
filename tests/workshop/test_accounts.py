"""Learners' accounts: which are made, and what is done as them."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import NslabError
from nslabkit.workshop import unix_accounts

if TYPE_CHECKING:
    from pathlib import Path


def test_a_home_that_was_left_is_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nslt-seat01").mkdir()
    monkeypatch.setattr(unix_accounts, "_homes", lambda: tmp_path)
    assert unix_accounts.free_names("nslt-seat", 1) == ["nslt-seat02"]


def test_who_stops_what_is_done_as_them_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unix_accounts, "_LONGEST", 0.1)
    monkeypatch.setattr(unix_accounts, "become", lambda _account: None)

    def stops() -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    with pytest.raises(NslabError, match="did not end within"):
        unix_accounts.as_account("learner01", stops)
