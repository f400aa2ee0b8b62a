"""What a release publishes: the same bytes each time, and it runs without any installation."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import urllib.parse
import zipfile
from pathlib import Path

import pytest
import rattler_build
from lab_server import ADDRESS, ask, until_its_end, until_ready

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
pytestmark = pytest.mark.journey  # packages are built, and environments installed

# How a stranger starts the kit who has only a wheel.
WITHOUT_INSTALLATION = {
    "uvx": (str(BIN / "uvx"), "--quiet", "--constraints", str(ROOT / "constraints.txt"), "--from"),
    "pipx": (str(BIN / "pipx"), "run", "--quiet", "--spec"),
}


def clone(folder: Path) -> Path:
    """What a stranger gets of the present state: the files that git knows, with other times."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(command, cwd=ROOT, text=True).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
            shutil.copymode(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def built(folder: Path, umask: int) -> dict[str, str]:
    """Build in a clone of its own; return the hash of each file."""
    done = subprocess.run(
        ["tools/release.sh", "build"],
        cwd=clone(folder),
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "TZ": f"UTC{umask % 7}"},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "dist").iterdir())
    }


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    built(folder, 0o022)
    return folder / "dist"


def test_the_same_source_gives_the_same_bytes(release: Path, tmp_path: Path) -> None:
    first = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in release.iterdir()}
    assert built(tmp_path, 0o027) == first
    assert {Path(name).suffix for name in first} == {".gz", ".whl", ".yaml"}


def test_every_file_has_the_commits_time(release: Path) -> None:
    [archive], [wheel] = release.glob("*.tar.gz"), release.glob("*.whl")
    with tarfile.open(archive) as files:
        assert {one.mtime for one in files} == {1700000000}
    with zipfile.ZipFile(wheel) as parts:
        assert {one.date_time for one in parts.infolist()} == {(2023, 11, 14, 22, 13, 20)}


def test_what_the_index_shows_leads_to_whole_addresses(release: Path) -> None:
    [wheel] = release.glob("*.whl")
    with zipfile.ZipFile(wheel) as parts:
        [name] = [name for name in parts.namelist() if name.endswith(".dist-info/METADATA")]
        said = parts.read(name).decode()
    assert said.count("\nProject-URL: ") == 5
    targets = re.findall(r"\]\(([^)]+)\)", said)
    assert len(targets) > 10
    assert [one for one in targets if not one.startswith("https://")] == []
    for address in targets:
        if "/nslabkit/" in address and "/main/" in address:
            assert (ROOT / address.partition("/main/")[2]).exists(), address


def test_it_passes_what_the_index_asks(release: Path) -> None:
    files = sorted(release.glob("nslabkit-*"))
    wheels = [path for path in files if path.suffix == ".whl"]
    for command in (
        [sys.executable, "-m", "twine", "check", "--strict", *files],
        [BIN / "check-wheel-contents", *wheels],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_recipe_for_conda_forge_is_of_this_source(release: Path) -> None:
    parsed = rattler_build.Stage0Recipe.from_file(release / "recipe.yaml").to_dict()
    [archive] = release.glob("*.tar.gz")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in str(parsed["source"])
    needs = [str(one) for one in parsed["requirements"]["run"]]
    assert any(one.startswith("jupyter_client ") for one in needs)
    assert "__linux" in needs
    assert (parsed["build"]["noarch"]) == "python"


@pytest.mark.parametrize("program", ["uvx", pytest.param("pipx", marks=pytest.mark.long)])
def test_a_stranger_starts_it_without_installing(
    program: str, release: Path, tmp_path: Path
) -> None:
    """`uvx nslabkit lab` and `pipx run nslabkit lab`, from the wheel instead of the index."""
    [wheel] = release.glob("*.whl")
    command = [*WITHOUT_INSTALLATION[program], str(wheel), "nslabkit"]
    environment = os.environ | {"PIP_CONSTRAINT": str(ROOT / "constraints.txt"), "NSLAB_LANG": "en"}
    environment.pop("PYTHONPATH", None)
    environment["PIPX_HOME"] = str(tmp_path / "pipx")
    done = subprocess.run(
        [*command, "run", "1", "--json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"passed": true' in done.stdout

    with subprocess.Popen(
        [*command, "lab", "--no-browser", "--lang", "en", "lessons"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        bufsize=0,
    ) as process:
        try:
            [address] = ADDRESS.findall(until_ready(process))
            page = ask(address, urllib.parse.urlsplit(address).path)
            assert b"jupyter-config-data" in page
            assert list((tmp_path / "lessons" / "en").glob("01_*.ipynb"))
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C in a terminal
            until_its_end(process)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
