"""Folders of a class, and accounts that take part in it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from learners import learner, plain_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["learner", "plain_environment"]

# These make accounts: only real root can.
collect_ignore = [] if os.geteuid() == 0 else ["test_three_accounts.py", "test_foreign_files.py"]


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def made_account() -> Iterator[str]:
    """An ordinary account with sub-uids, removed with its home once its processes are gone."""
    name = f"nslt{secrets.token_hex(4)}"
    _run("useradd", "-m", name)
    uid = Path(f"~{name}").expanduser().stat().st_uid
    try:
        yield name
    finally:
        deadline = time.monotonic() + 120
        while uid in _owners() and time.monotonic() < deadline:
            time.sleep(0.05)
        _run("userdel", "-r", name)


def _owners() -> set[int]:
    found = set()
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit():
                found.add(folder.stat().st_uid)
    return found


@pytest.fixture
def new_account() -> Iterator[Callable[[], str]]:
    """Make accounts for the time of one test."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(made_account())


@pytest.fixture
def class_folder() -> Iterator[Path]:
    """A class folder as the guide makes it; for an ordinary user, with their own group."""
    outer = Path(tempfile.mkdtemp(prefix="nslt-", dir="/tmp"))
    outer.chmod(0o755)
    folder = outer / "class"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, outer)
        stack.callback(folder.chmod, 0o700)  # whatever a test did to it
        if os.geteuid() == 0:
            group = f"nslg{secrets.token_hex(4)}"
            _run("groupadd", group)
            stack.callback(_run, "groupdel", group)
            instructor = stack.enter_context(made_account())
            _run("usermod", "--append", "--groups", group, instructor)
            shutil.chown(folder, 0, group)
        folder.chmod(0o3773)
        yield folder
