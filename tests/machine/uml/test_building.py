"""Does ``nslabkit kernel build-uml`` say what misses, and does a wheel hold what it needs?

That it builds a kernel is shown by the long tests, which use that kernel.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nslabkit.base.errors import NotSupportedError
from nslabkit.machine.uml import building

ROOT = Path(__file__).parents[3]
PROGRAMS = ("make", "flex", "bison", "bc", "xz", "strip", "perl")
COMPILES = "while read -r line; do :; done"  # reads the program to its end, as gcc does
COMMAND = (sys.executable, "-c", "from nslabkit.cli import main; main()", "kernel", "build-uml")


def _ended_with(folder: Path, programs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Build where PATH is a folder with these programs only: name -> script of ``/bin/sh``.

    What the script itself needs before it looks (``dirname``, ``realpath``) is linked.
    """
    tools = folder / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "realpath"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    for name, script in programs.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    return subprocess.run(
        [*COMMAND, "--output", str(folder / "linux.uml")],
        env={**os.environ, "PATH": str(tools), "NSLAB_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )


def _named(ended: subprocess.CompletedProcess[str]) -> list[str]:
    (line,) = (one for one in ended.stderr.splitlines() if "apt install" in one)
    return line.partition("sudo apt install ")[2].split()


@pytest.mark.parametrize(
    ("there", "named"),
    [
        ({}, "gcc make flex bison bc xz-utils binutils perl libc6-dev"),
        (
            dict.fromkeys(("xz", "make", "perl"), "exit 0"),
            "gcc flex bison bc binutils libc6-dev",
        ),
        ({**dict.fromkeys(PROGRAMS, "exit 0"), "gcc": COMPILES}, None),
        ({**dict.fromkeys(PROGRAMS, "exit 0"), "gcc": "exit 1"}, "libc6-dev"),
        (
            {**dict.fromkeys({*PROGRAMS} - {"bc", "strip"}, "exit 0"), "gcc": COMPILES},
            "bc binutils",
        ),
    ],
    ids=["none", "some", "all", "no C library", "all but two"],
)
def test_missing_programs_are_named_with_their_packages(
    tmp_path: Path, there: dict[str, str], named: str | None
) -> None:
    ended = _ended_with(tmp_path, there)
    assert ended.returncode == 1
    if named is None:
        assert "apt install" not in ended.stderr
    else:
        assert _named(ended) == named.split()
    assert "Reason: The build ended with status" in ended.stderr
    assert not (tmp_path / "linux.uml").exists()


def test_another_processor_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(NotSupportedError) as caught:
        building.build(Path("/nowhere"))
    assert "x86_64 only; this machine is aarch64" in caught.value.reason


def test_the_recipe_is_in_the_clone_and_in_the_wheel() -> None:
    assert building.recipe() == ROOT / "binder/uml"
    assert os.access(building.recipe() / "build.sh", os.X_OK)
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert packed["targets"]["wheel"]["force-include"]["binder/uml"] == "nslabkit/machine/uml/build"


def test_the_configuration_explains_itself_and_names_nothing_twice() -> None:
    lines = (ROOT / "binder/uml/config").read_text().splitlines()
    names = [line.partition("=")[0] for line in lines if line.startswith("CONFIG_")]
    assert len(names) == len(set(names))
    headings = [line for line in lines if line.startswith("# -- ")]
    assert len(headings) >= 8
