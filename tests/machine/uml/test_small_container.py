"""How little memory may a container have, in a real container engine?

Collected only where one runs (`conftest.py`); what is said below the minimum is shown everywhere,
by `test_choice.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]
NSLABKIT = str(Path(sys.executable).with_name("nslabkit"))
MIB = 1024 * 1024


def _contained(memory: str, kernel: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "binder/emulate.sh", "--memory", memory, "bash", "-c", script],
        cwd=ROOT,
        env={**os.environ, "NSLAB_UML_KERNEL": str(kernel), "NSLAB_LANG": "en", "NSLAB_TMP": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def test_below_the_minimum_it_says_what_it_needs_and_what_it_was_given(built: Path) -> None:
    ended = _contained("320m", built, f"{NSLABKIT} sandbox -- true")
    assert ended.returncode == 1
    assert "a container of podman" in ended.stderr
    assert "A Linux kernel of its own needs 192 MiB of memory for itself" in ended.stderr
    assert "leaves 160 MiB for it" in ended.stderr
    assert "1 GiB is comfortable" in ended.stderr
    assert "The lessons do run" in ended.stderr


def test_at_the_minimum_it_starts(built: Path) -> None:
    ended = _contained("384m", built, f"{NSLABKIT} sandbox -- free --mebi")
    assert ended.returncode == 0, ended.stderr
    total = int(ended.stdout.splitlines()[1].split()[1])
    assert 160 < total <= 192


def test_a_gigabyte_suffices_for_a_lesson_with_captures(built: Path) -> None:
    groups = "/sys/fs/cgroup/memory/memory.max_usage_in_bytes /sys/fs/cgroup/memory.peak"
    script = f"{NSLABKIT} run 9 --lang en --timeout 200 && cat {groups} 2>/dev/null | head -n 1"
    ended = _contained("1g", built, script)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    lines = ended.stdout.splitlines()
    assert lines[-2].endswith("ok")
    assert 100 * MIB < int(lines[-1]) < 800 * MIB  # the rest is for the server and its pages
