"""How do the tests of the doctor run it: as a program, in a world that each test arranges?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from nslabkit.cli import main; main()", "doctor"]


@dataclass
class Run:
    """What one run of ``nslabkit doctor`` gave."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def checks(self) -> dict[str, dict[str, str]]:
        return {check["name"]: check for check in json.loads(self.stdout)["checks"]}

    @property
    def lessons_lack(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(self.stdout)["lessons_lack"]
        return found


@dataclass
class Doctor:
    """Runs the doctor; what is changed in `environment` holds for the run."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *options: str, within: list[str] | None = None) -> Run:
        done = subprocess.run(
            [*(within or []), *COMMAND, *options],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def checks(self, within: list[str] | None = None) -> dict[str, dict[str, str]]:
        return self.run("--json", within=within).checks

    @staticmethod
    def behind(script: str) -> list[str]:
        """The words that run a command behind `script` in an outer user namespace."""
        return ["unshare", "-Urm", "sh", "-euc", f'{script}\nexec "$@"', "sh"]


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    """The doctor in English, without this person's settings."""
    foreign = ("NSLAB_UIDMAP", "NSLAB_TMP", "TMPDIR", "NO_COLOR", "COLUMNS")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    # A kernel of its own that this machine may have would stand in for the sandbox.
    only = {"NSLAB_LANG": "en", "NSLAB_UML_KERNEL": "/nowhere/linux.uml"}
    return Doctor(tmp_path, {**environment, **only})
