"""Does the guest get the memory that the machine or container allows, from a usable folder?"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from nslabkit.machine.uml import memory

if TYPE_CHECKING:
    from pathlib import Path

MIB = memory.MIB


def _machine(folder: Path, group: str, available: int, **limits: str) -> tuple[str, str]:
    """Files like those of a kernel with cgroups: ``group`` is the text of /proc/self/cgroup."""
    (folder / "proc/self").mkdir(parents=True)
    (folder / "proc/self/cgroup").write_text(group)
    (folder / "proc/meminfo").write_text(f"MemAvailable: {available // 1024} kB\n")
    for name, limit in limits.items():
        path = folder / "groups" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{limit}\n")
    return str(folder / "groups"), str(folder / "proc")


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, 512),
        ({"memory_dot_max": "max"}, 512),
        ({"memory_dot_max": str(2048 * MIB)}, 512),
        ({"memory_dot_max": str(600 * MIB)}, 300),
        ({"memory_dot_max": "max", "box__memory_dot_max": str(400 * MIB)}, 200),
        ({"memory_dot_max": str(300 * MIB), "box__memory_dot_max": "max"}, 150),
    ],
)
def test_half_of_what_the_control_groups_allow(
    tmp_path: Path, limits: dict[str, str], expected: int
) -> None:
    groups, proc = _machine(tmp_path, "0::/box\n", 8192 * MIB, **limits)
    assert memory.for_guest(groups, proc) == expected * MIB


def test_control_groups_of_version_1(tmp_path: Path) -> None:
    text = "4:memory:/docker/abc\n3:cpu:/docker/abc\n"
    groups, proc = _machine(
        tmp_path, text, 8192 * MIB, memory__memory_dot_limit_in_bytes=str(500 * MIB)
    )
    assert memory.for_guest(groups, proc) == 250 * MIB


def test_no_more_than_the_machine_has_free(tmp_path: Path) -> None:
    groups, proc = _machine(tmp_path, "0::/\n", 264 * MIB)
    assert memory.for_guest(groups, proc) == 200 * MIB
    (tmp_path / "proc/meminfo").write_text("MemAvailable: 10 kB\n")
    assert memory.for_guest(groups, proc) == 0


def test_this_machine() -> None:
    assert 0 <= memory.for_guest() <= memory.WANTED


def test_a_folder_with_room_where_programs_may_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NSLAB_TMP")
    monkeypatch.delenv("TMPDIR", raising=False)
    ordinary = str(tmp_path)
    assert memory.place(MIB, (ordinary,)) == ordinary
    assert memory.place(MIB, ("/proc", "/nowhere", ordinary)) == ordinary
    assert memory.place(1 << 60, (ordinary,)) is None


def test_a_folder_mounted_noexec_is_passed_over(tmp_path: Path) -> None:
    """As a container's /dev/shm is; really mounted so."""
    folder, other = tmp_path / "noexec", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    places = (str(folder), str(other))
    code = f"from nslabkit.machine.uml import memory; print(memory.place(4096, {places}))"
    script = f'mount -t tmpfs -o noexec none {folder} && exec "$@"'
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    ended = subprocess.run(
        ["env", "-u", "NSLAB_TMP", "-u", "TMPDIR", *inside, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip() == str(other)


def test_what_other_guests_may_still_take_is_taken(tmp_path: Path) -> None:
    groups, proc = _machine(tmp_path, "0::/\n", 900 * MIB)
    guest = "linux\0mem=512M\0umid=x\0init=/usr/bin/python3\0--\0"
    processes = {"10": ("1", guest, 112), "11": ("10", guest, 112), "12": ("1", "vi\0mem=9M\0", 1)}
    for pid, (parent, command, held) in processes.items():
        (tmp_path / "proc" / pid).mkdir()
        (tmp_path / "proc" / pid / "cmdline").write_text(command)
        status = f"PPid:\t{parent}\nRssShmem:\t{held * 1024} kB\n"
        (tmp_path / "proc" / pid / "status").write_text(status)
    assert memory.promised(proc) == 400 * MIB  # its children share the memory
    assert memory.for_guest(groups, proc) == (900 - 400 - 64) * MIB
