"""How do the tests ask the machine?  With a learner's shell, and ``ip -j`` as the oracle."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def sh(command: str) -> str:
    """Run a command as a learner types it, and return what it prints."""
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def ip(words: str) -> Any:  # noqa: ANN401 - whatever JSON ip prints
    """Return what ``ip -j WORDS`` prints: the oracle of these tests."""
    return json.loads(sh(f"ip -j {words}") or "[]")


def wait_for(condition: Callable[[], object], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be in time"
        time.sleep(0.005)


def link_names(namespace: str | None = None) -> list[str]:
    where = f"-n {namespace} " if namespace else ""
    return [entry["ifname"] for entry in ip(f"{where}link")]
