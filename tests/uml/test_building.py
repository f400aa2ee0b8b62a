"""Does ``nslabkit kernel build-uml`` say what misses, and does a wheel hold what it needs?

That it builds a kernel is shown by the long tests, which use that kernel.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nslabkit.errors import NotSupportedError
from nslabkit.uml import building

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from nslabkit.cli import main; main()", "kernel", "build-uml")


def test_missing_programs_are_named_with_their_packages(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "env", "dirname", "realpath", "xz", "make", "perl"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    ended = subprocess.run(
        [*COMMAND, "--output", str(tmp_path / "linux.uml")],
        env={**os.environ, "PATH": str(tools), "NSLAB_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "sudo apt install" in ended.stderr
    for package in ("gcc", "flex", "bison", "bc", "binutils", "libc6-dev"):
        assert f" {package}" in ended.stderr
    assert "Reason: The build ended with status 1." in ended.stderr
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
    assert packed["targets"]["wheel"]["force-include"]["binder/uml"] == "nslabkit/uml/build"


def test_the_configuration_explains_itself_and_names_nothing_twice() -> None:
    lines = (ROOT / "binder/uml/config").read_text().splitlines()
    names = [line.partition("=")[0] for line in lines if line.startswith("CONFIG_")]
    assert len(names) == len(set(names))
    headings = [line for line in lines if line.startswith("# -- ")]
    assert len(headings) >= 8
