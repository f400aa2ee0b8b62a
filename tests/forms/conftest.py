"""A clean machine for each test: these tests run inside a sandbox and say so otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "kernel"))  # test folders are not packages
from kernel_shell import link_names, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _clean_machine(leak_guard: None) -> Iterator[None]:  # noqa: ARG001 - it looks after us
    assert os.environ.get("NSLAB_SANDBOX"), (
        "these tests change the network: run them as `nslabkit sandbox -- python -m pytest "
        "tests/forms`"
    )
    os.makedirs("/run/netns", exist_ok=True)  # noqa: PTH103 - as a shell's mkdir -p
    yield
    for entry in Path("/run/netns").iterdir():
        subprocess.run(["ip", "netns", "del", entry.name], check=True)
    for name in link_names():
        if name != "lo":
            # A veth's peer may have gone with it, or with its namespace.
            subprocess.run(["ip", "link", "del", name], check=False, capture_output=True)
    subprocess.run(["ip", "addr", "flush", "dev", "lo", "scope", "global"], check=True)
    wait_for(lambda: link_names() == ["lo"], 20)
