"""Are the kernelspecs complete, and do they reach the environment through a wheel?"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from scripts import loaded

ROOT = Path(__file__).parents[2]
NAMES = {"nslab": ("Network lab", "en"), "nslab-zh": ("网络实验", "zh_CN")}


@pytest.mark.parametrize("name", NAMES)
def test_jupyter_finds_them_in_this_environment(name: str) -> None:
    found = KernelSpecManager(ensure_native_kernel=False).get_kernel_spec(name)
    assert found.resource_dir == f"{sys.prefix}/share/jupyter/kernels/{name}"
    installed = json.loads(Path(found.resource_dir, "kernel.json").read_text())
    assert installed == json.loads((ROOT / "kernels" / name / "kernel.json").read_text())
    assert (found.display_name, found.env["NSLAB_LANG"]) == NAMES[name]
    # jupyter_client puts its own interpreter where a kernelspec says plain "python"
    assert found.argv[0] == "python"


def test_the_logos_and_badges_are_drawn_in_the_palettes_colours() -> None:
    drawn = loaded("tools/icons.py").files()
    assert {path.name: path for path in (ROOT / "kernels").rglob("logo-*")}.keys() <= {
        path.name for path in drawn
    }
    for path, content in drawn.items():
        assert path.read_bytes() == content, f"{path}: tools/icons.py writes it"


@pytest.mark.long
def test_a_wheel_brings_them(tmp_path: Path) -> None:
    import subprocess

    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for name in NAMES:
        for file in ("kernel.json", "logo-svg.svg", "logo-32x32.png", "logo-64x64.png"):
            assert any(n.endswith(f"/data/share/jupyter/kernels/{name}/{file}") for n in names)
            assert f"nslabkit/jupyter/kernels/{name}/{file}" in names
