"""The wheel, installed into an empty environment elsewhere, gives all that a clone gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.journey  # a whole environment is installed


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the wheel and nothing of the clone."""
    folder = tmp_path_factory.mktemp("elsewhere")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [folder / "venv/bin/python", "-m", "pip", "install", "--quiet", "--no-compile"]
    subprocess.run([*pip, "--constraint", ROOT / "constraints.txt", wheel], check=True)
    programs: Path = folder / "venv" / "bin"
    return programs


def nslabkit(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [installed / "nslabkit", *arguments],
        cwd=folder,
        env=environment | {"NSLAB_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    code = "import nslabkit, pathlib; print(pathlib.Path(nslabkit.__file__).resolve())"
    found = subprocess.check_output([installed / "python", "-c", code], cwd=tmp_path, text=True)
    assert found.startswith(str(installed.parent))


def test_all_lessons_are_in_it(installed: Path, tmp_path: Path) -> None:
    code = (
        "from nslabkit.course import lessons; import json;"
        "print(json.dumps([p.name for l in lessons.FOLDERS for p in lessons.available(l)]))"
    )
    found = json.loads(subprocess.check_output([installed / "python", "-c", code], cwd=tmp_path))
    present = [
        path.name
        for language in ("en", "zh")
        for path in sorted((ROOT / "notebooks" / language).glob("*.ipynb"))
    ]
    assert sorted(found) == sorted(present)
    assert found[:2] == ["00_start.ipynb", "00_claims.ipynb"]


def test_the_scrubbers_front_end_is_in_it(installed: Path, tmp_path: Path) -> None:
    code = (
        "from nslabkit.show.scrubber import scrubber_widget as w;"
        "print([(w._HERE / name).stat().st_size for name in ('scrubber.js', 'scrubber.css')])"
    )
    sizes = json.loads(subprocess.check_output([installed / "python", "-c", code], cwd=tmp_path))
    here = ROOT / "nslabkit" / "show" / "scrubber"
    assert sizes == [(here / name).stat().st_size for name in ("scrubber.js", "scrubber.css")]


def test_the_kernels_are_found(installed: Path, tmp_path: Path) -> None:
    done = nslabkit(installed, tmp_path, "kernel", "list")
    assert done.returncode == 0, done.stderr
    assert "nslab-zh" in done.stdout


def test_the_doctor_agrees(installed: Path, tmp_path: Path) -> None:
    done = nslabkit(installed, tmp_path, "doctor", "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)


def test_the_first_lesson_runs(installed: Path, tmp_path: Path) -> None:
    done = nslabkit(installed, tmp_path, "run", "1", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    [said] = json.loads(done.stdout)
    assert said["cells"] > 5
    assert said["checks"] > 0


def test_a_lesson_can_be_started_over(installed: Path, tmp_path: Path) -> None:
    done = nslabkit(installed, tmp_path, "start-over", "1")
    assert done.returncode == 0, done.stderr
    [fresh] = (tmp_path / "nslabkit-lessons" / "en").glob("*.ipynb")
    assert str(fresh) in done.stdout


def test_the_widgets_pages_are_in_it(installed: Path, tmp_path: Path) -> None:
    code = (
        "from importlib.resources import files; f = files('nslabkit') / 'show' / 'topology';"
        "print(*(len((f / name).read_text()) for name in ('topology.js', 'topology.css')))"
    )
    found = subprocess.check_output([installed / "python", "-c", code], cwd=tmp_path, text=True)
    ours = ROOT / "nslabkit" / "show" / "topology"
    sizes = [len((ours / name).read_text()) for name in ("topology.js", "topology.css")]
    assert [int(size) for size in found.split()] == sizes
