"""Which kernel do the tests start, and what of it may be left on the host?"""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from running_kernels import Host, Kernel, Start, host, start
from uml_machines import built_kernel

__all__ = ["Host", "Kernel", "Start", "built", "host", "start", "uml"]

ROOT = Path(__file__).parents[3]
PATIENCE = 120.0  # seconds


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what needs a container engine where none runs; it is asked by running it."""
    if collection_path.name != "test_small_container.py":
        return None
    if config.getoption("markexpr") == "not long":
        return True
    asked = subprocess.run(
        ["bash", str(ROOT / "binder/emulate.sh"), "true"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return None if "a container of" in asked.stderr else True


@pytest.fixture(scope="session")
def built() -> Path:
    return built_kernel()


@dataclass(frozen=True)
class Uml:
    """The kernel under a name that only this test uses: whatever runs it is this test's."""

    path: Path
    host: Host

    def processes(self) -> list[int]:
        """Every process out here that runs the kernel's program, the guest's own included."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and (folder / "exe").readlink() == self.path:
                    found.append(int(folder.name))
            except OSError:
                continue  # it ended, or it is somebody else's
        return sorted(found)

    def main(self) -> int:
        """The process that is the kernel: it leads the group."""
        (group,) = {_group(pid) for pid in self.processes()}
        return group

    def expect_no_trace(self) -> None:
        """Fail unless everything is gone soon, processes, sockets, folders and files."""
        deadline = time.monotonic() + PATIENCE
        while left := [*self.processes(), *self.host.traces(set())]:
            assert time.monotonic() < deadline, left
            time.sleep(0.05)


def _group(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[2])


@pytest.fixture
def uml(host: Host, built: Path, monkeypatch: pytest.MonkeyPatch) -> Uml:
    """Let every machine of this test be a Linux kernel of its own."""
    mine = Path.cwd() / "linux.uml"
    shutil.copy2(built, mine)
    monkeypatch.setenv("NSLAB_UML_KERNEL", str(mine))
    monkeypatch.setenv("NSLAB_BACKEND", "uml")
    return Uml(mine, host)
