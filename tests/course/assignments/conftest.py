"""nbgrader beside the kit, and whoever runs it: never root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from other_account import PLACE, PYTHON, ROOT, as_account, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("nbgrader", "rapidfuzz", "setuptools")  # what the kit's own environment has not
ACCOUNT = "nobody"  # for root; everybody else grades as they are
_PATIENCE = 600


@pytest.fixture(scope="session", autouse=True)
def run_netns() -> None:
    """Make nothing: these tests run outside of a sandbox."""


@pytest.fixture(autouse=True)
def clean_machine() -> None:
    """Ask for no sandbox."""


@pytest.fixture(scope="session")
def beside() -> Path:
    """The folder with nbgrader: in the kit's environment it would change every JupyterLab."""
    folder = ROOT / "build" / "nbgrader"
    locked = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    stamp = folder / "constraints.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != locked:
        shutil.rmtree(folder, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        place = ["--target", str(folder), "--constraint", str(ROOT / "constraints.txt")]
        subprocess.run([*pip, *place, *PACKAGES], check=True, timeout=_PATIENCE)
        stamp.write_text(locked, encoding="utf-8")
    return folder


@dataclass
class Grader:
    """An ordinary account with nbgrader and a folder of its own."""

    folder: Path
    nbgrader: Path

    @property
    def account(self) -> str:
        """What nbgrader takes this account for: the learner that hands in."""
        return ACCOUNT if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def command(
        self, *words: str, cwd: str = "course", **more: str
    ) -> tuple[list[str], dict[str, str]]:
        """Return command line and environment of the kit's Python with nbgrader beside it."""
        root, python = (PLACE, PYTHON) if os.geteuid() == 0 else (str(ROOT), sys.executable)
        beside = f"{root}/{self.nbgrader.relative_to(ROOT)}"
        place = str(self.folder / cwd)
        variables = environment(
            HOME=str(self.folder),
            JUPYTER_CONFIG_PATH=f"{beside}/etc/jupyter",
            JUPYTER_PATH=f"{root}/{Path(sys.prefix).relative_to(ROOT)}/share/jupyter:"
            f"{beside}/share/jupyter",
            NSLAB_LANG="en",
            NSLAB_TMP=str(self.folder / "tmp"),
            PATH=f"{Path(python).parent}:{os.environ['PATH']}",
            PYTHONPATH=f"{beside}:{root}",
            **more,
        )
        command = [python, *words]
        if os.geteuid() == 0:
            number = str(pwd.getpwnam(ACCOUNT).pw_uid)  # its group is called `nogroup` on Debian
            command = as_account(number, *command, cwd=place)
        return command, variables

    def run(self, *words: str, cwd: str = "course", status: int = 0, **more: str) -> str:
        """Run the kit's Python with nbgrader beside it, and return all that was said."""
        command, variables = self.command(*words, cwd=cwd, **more)
        done = subprocess.run(
            command,
            cwd=str(self.folder / cwd),
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
        said = done.stdout + done.stderr
        assert done.returncode == status, said
        return said

    def grade(self, command: str, *words: str, cwd: str = "course", **more: str) -> str:
        """Run a command of nbgrader's, by default in the course's folder."""
        exchange = f"--Exchange.root={self.folder / 'exchange'}"
        return self.run("-m", "nbgrader", command, *words, exchange, cwd=cwd, **more)


@pytest.fixture(scope="module")
def grader(beside: Path) -> Iterator[Grader]:
    """The grader's account in an empty folder."""
    # Not in pytest's own: another pytest that starts meanwhile closes that to other accounts.
    folder = Path(tempfile.mkdtemp(prefix="nslt-"))
    for part in (folder, *(folder / name for name in ("course", "exchange", "home", "tmp"))):
        part.mkdir(exist_ok=True)
        part.chmod(0o777)  # as nbgrader's exchange is
    if os.geteuid() == 0:
        number = pwd.getpwnam(ACCOUNT)
        os.chown(folder, number.pw_uid, number.pw_gid)
    yield Grader(folder, beside)
    shutil.rmtree(folder, ignore_errors=True)
