"""A workshop with a real hub, and learners in it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hub_visitor import HubVisitor
from other_account import PYTHON, ROOT, environment, in_reach

if TYPE_CHECKING:
    from collections.abc import Iterator

# They make accounts: only real root can.
_OF_ROOT = [
    "test_held.py",
    "test_neighbours.py",
    "test_service_settings.py",
    "test_tljh_accounts.py",
    "test_under_systemd.py",
]
collect_ignore = [] if os.geteuid() == 0 else _OF_ROOT

_PATIENCE = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def plain() -> dict[str, str]:
    """Return what an administrator's shell has, and nothing of who runs the tests."""
    ours = ("JUPYTER", "NSLAB_", "PYTHON", "XDG_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@dataclass
class Held:
    """A workshop, and what was said when it was opened."""

    folder: Path
    port: int
    said: str = ""
    visitors: list[HubVisitor] = field(default_factory=list)

    def command(self, *words: str, status: int = 0) -> str:
        """Run a subcommand where learners can reach the kit, and return what it prints."""
        name, *rest = words
        code = "from nslabkit.cli import main; main()"
        typed = (PYTHON, "-c", code, "workshop", name, "--folder", str(self.folder), *rest)
        cache = str(ROOT / "build" / "npm-cache")
        done = subprocess.run(
            in_reach(*typed),
            env=plain() | environment(NSLAB_LANG="en", npm_config_cache=cache, ROOTS_OWN="secret"),
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            umask=0o077,  # whoever calls it, learners read what is theirs to read
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def state(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / "workshop.json").read_text())
        return read

    @property
    def word(self) -> str:
        """What is in the command lines of its processes, and in no others'."""
        return self.folder.name.split()[0]

    @property
    def keeper(self) -> int:
        return int((self.folder / "hub" / "keeper.lock").read_text().split()[0])

    @property
    def code(self) -> str:
        return str(self.state["settings"]["code"])

    def visitor(self, name: str, password: str = "my own word") -> HubVisitor:  # noqa: S107 - a test's
        made = HubVisitor(self.link)
        self.visitors.append(made)
        made.sign_in(name, self.code, password)
        return made

    @property
    def link(self) -> str:
        scheme = "https" if self.state["settings"]["https"] else "http"
        return f"{scheme}://127.0.0.1:{self.port}/"

    def log(self, name: str) -> str:
        return (self.folder / "hub" / f"{name}.log").read_text(errors="replace")


@contextlib.contextmanager
def opened(*options: str) -> Iterator[Held]:
    """A workshop that is removed in the end, whatever happens."""
    outer = Path(tempfile.mkdtemp(prefix="nslt-", dir="/var/tmp"))
    outer.chmod(0o755)
    held = Held(outer / f"{secrets.token_hex(6)} 50%?#", free_port())
    try:
        held.said = held.command("start", "--ip", "127.0.0.1", "--port", str(held.port), *options)
        yield held
    finally:
        for visitor in held.visitors:
            visitor.close()
        if (held.folder / "workshop.json").exists():
            held.command("remove", "--yes")
        outer.rmdir()


@pytest.fixture(scope="module")
def held() -> Iterator[Held]:
    """A workshop of three seats, with https."""
    with opened("--learners", "3") as made:
        yield made
