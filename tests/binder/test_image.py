"""Does the image run the lessons where Binder would run it?

Where root finds Podman, runc and an image built by ``binder/build.sh`` (``localhost/nslabkit``, or
what NSLAB_IMAGE names).
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from image_container import ROOT, available, running

if TYPE_CHECKING:
    from pathlib import Path

HUB = "localhost/nslabkit-hub"
NOTEBOOK = """
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="nslab-zh")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)
for cell in ("!uname -r", "!ping -c 1 127.0.0.1", "import nslabkit as lab; print(lab.backend())",
             "!nginx -v", "!touch /tmp/inside ~/mine"):
    client.execute_interactive(cell, timeout=120)
client.stop_channels()
manager.shutdown_kernel()
"""


def emulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(ROOT / "binder/emulate.sh"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_an_image_that_is_not_there_is_named_with_the_remedy() -> None:
    done = emulate("--image", "localhost/nslabkit-no-such", "true")
    assert done.returncode == 1
    assert "binder/build.sh" in done.stderr or "apt install podman runc" in done.stderr


@pytest.mark.parametrize("option", ["--image", "--memory", "--name"])
def test_an_option_without_its_value_is_a_wrong_call(option: str) -> None:
    done = emulate(option)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_only_root_runs_an_image_and_podman_builds_it(tmp_path: Path) -> None:
    for program in ("bash", "dirname", "cat", "id", "sed", "rm", "mktemp", "python3"):
        found = subprocess.run(["which", program], capture_output=True, text=True, check=True)
        (tmp_path / program).symlink_to(found.stdout.strip())
    for script in ("build.sh", "base.sh"):
        done = subprocess.run(
            [str(tmp_path / "bash"), str(ROOT / "binder" / script)],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 1
        assert "The administrator: apt install" in done.stderr


if available():

    @pytest.mark.long
    @pytest.mark.parametrize("memory", ["1g", "2g"])
    def test_a_notebook_runs_on_a_linux_of_its_own(memory: str) -> None:
        with running("sleep", "600", memory=memory) as container:
            said = container.run("python3", "-", text=NOTEBOOK)
            assert said.split()[0].endswith("-nslab")
            assert "1 received" in said
            assert "User-mode Linux" in said
            assert "处理器" in said
            assert container.run("ls", "/home/learner").split() == ["mine", "nslabkit-lessons"]
            # What the notebook's kernel has left is nothing: no process, no file in /tmp.
            left = container.run("ps", "-eo", "comm=").split()
            assert sorted(set(left)) == ["ps", "sleep", "tini"]

    @pytest.mark.long
    def test_the_visitor_may_do_as_little_as_on_binder() -> None:
        with running("sleep", "600") as container:
            status = dict(
                line.split(":\t", 1)
                for line in container.run("cat", "/proc/self/status").splitlines()
                if ":\t" in line
            )
            assert status["Uid"].split() == ["1000"] * 4
            assert int(status["CapBnd"], 16) == 0
            assert status["NoNewPrivs"].strip() == "1"
            assert status["Seccomp"].strip() == "2"
            shm = container.run("grep", " /dev/shm ", "/proc/mounts").split()
            assert "noexec" in shm[3]
            assert "size=65536k" in shm[3] or "size=64000k" in shm[3]
            refused = container.run("sh", "-c", "unshare --user true 2>&1 || echo refused")
            assert refused.endswith("refused\n")
            assert container.run("sh", "-c", "type gcc make cc || echo none").endswith("none\n")

    @pytest.mark.long
    def test_the_source_of_the_kernel_is_offered() -> None:
        with running("sleep", "600") as container:
            folder = "/usr/local/share/doc/nslabkit-kernel"
            words = container.run("cat", f"{folder}/copyright")
            assert "GNU General Public License, version 2" in words
            assert "snapshot.debian.org" in words
            digest = container.run("sha256sum", "/usr/local/share/nslabkit/linux.uml").split()[0]
            assert f"SHA-256: {digest}" in words
            assert container.run("ls", folder).split() == ["build.sh", "config", "copyright"]
            assert container.run("cat", f"{folder}/config") == (
                ROOT / "binder/uml/config"
            ).read_text(encoding="utf-8")

    @pytest.mark.long
    @pytest.mark.timeout(900)
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_a_visitor_runs_the_first_lesson_in_a_browser(language: str) -> None:
        picture = ROOT / f"build/screenshots/binder-{language}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        with running() as container:
            program = str(ROOT / "tests/support/image_visitor.py")
            said = container.beside(
                sys.executable, program, str(container.pid), language, str(picture), timeout=800
            )
            assert set(json.loads(said)) == {"start page shown", "lesson 1 ready", "lesson 1 run"}


if available(HUB):

    @pytest.mark.long
    def test_the_image_for_jupyterhub_has_the_locked_one_and_runs_a_claim() -> None:
        with running("sleep", "600", image=HUB) as container:
            version = container.run("jupyterhub-singleuser", "--version").strip()
            locked = (ROOT / "binder/requirements-hub.txt").read_text(encoding="utf-8")
            assert f"jupyterhub=={version} " in locked
            assert container.run("ls", "/home/learner/nslabkit-lessons").split() == ["en", "zh"]
            (claim,) = json.loads(container.run("nslabkit", "claims", "C13", "--json"))
            assert claim["outcome"] == "holds"
