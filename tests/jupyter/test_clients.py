"""Do the usual programs start a sandbox kernel, and show a failure that can be read?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pexpect
import pytest
from nbclient import NotebookClient

from nslabkit.base.errors import SandboxError

if TYPE_CHECKING:
    from conftest import Host

FORBID = ("unshare", "--user", "--map-root-user", "sh", "-c")
FORBIDDEN = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'


def _notebook() -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell("!ip netns add netns1; ip netns; hostname")
    spec = {"kernelspec": {"name": "nslab", "display_name": "Network lab", "language": "python"}}
    return nbformat.v4.new_notebook(cells=[cell], metadata=spec)


def _said(notebook: nbformat.NotebookNode) -> list[str]:
    """The words of the first cell's output, which comes in any number of pieces."""
    pieces = (output.get("text", "") for output in notebook.cells[0].outputs)
    return "".join(pieces).split()


def _jupyter(*words: str, forbidden: bool = False) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jupyter", *words]
    if forbidden:
        command = [*FORBID, FORBIDDEN, "sh", *command]
    # `jupyter execute` is the program jupyter-execute on PATH
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=environment
    )


def test_nbclient(host: Host, uid_map: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_UIDMAP", uid_map)
    notebook = _notebook()
    NotebookClient(notebook, timeout=120).execute()
    assert _said(notebook) == ["netns1", "lab"]
    host.expect_no_trace(set())


def test_nbclient_raises_our_explanation(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_UIDMAP", "nonsense")
    with pytest.raises(SandboxError, match="NSLAB_UIDMAP is auto, self, shifted or full"):
        NotebookClient(_notebook(), timeout=120).execute()
    host.expect_no_trace(set())


def test_the_explanation_is_in_the_kernels_language(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_UIDMAP", "nonsense")
    notebook = _notebook()
    notebook.metadata.kernelspec.name = "nslab-zh"
    with pytest.raises(SandboxError) as caught:
        NotebookClient(notebook, timeout=120).execute()
    assert "只能是 auto、self、shifted 或 full" in str(caught.value)
    assert "Tried:" not in str(caught.value)
    assert os.environ["NSLAB_LANG"] == "en"
    host.expect_no_trace(set())


def test_jupyter_execute(host: Host) -> None:
    nbformat.write(_notebook(), "lesson.ipynb")
    ended = _jupyter("execute", "--inplace", "lesson.ipynb")
    assert ended.returncode == 0, ended.stderr
    notebook = nbformat.read("lesson.ipynb", as_version=4)
    assert _said(notebook) == ["netns1", "lab"]
    host.expect_no_trace(set())


def test_jupyter_execute_shows_our_explanation(host: Host) -> None:
    nbformat.write(_notebook(), "lesson.ipynb")
    ended = _jupyter("execute", "lesson.ipynb", forbidden=True)
    assert ended.returncode != 0
    assert "Fix: The administrator: `sudo sysctl -w user.max_user_namespaces" in ended.stderr
    host.expect_no_trace(set())


def test_jupyter_console(host: Host) -> None:
    words = ["-m", "jupyter_console", "--kernel=nslab", "--simple-prompt"]
    words.append("--ZMQTerminalInteractiveShell.include_other_output=False")
    with Path("console.log").open("wb") as log:
        console = pexpect.spawn(
            sys.executable, words, timeout=120, logfile=log, dimensions=(50, 200)
        )
        console.expect("machine of its own")
        console.expect(r"In \[1\]: ")
        console.sendline("!ip netns add netns1; ip netns exec netns1 hostname")
        console.expect(r"\nlab\r")
        console.expect(r"In \[2\]: ")
        console.sendline("exit")
        console.expect(pexpect.EOF)
        console.close()
    host.expect_no_trace(set())


# As `jupyter console` ends on a busy machine: its kernel first, itself later, without tidying up.
ENDS_AFTER_ITS_KERNEL = """
import time
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="nslab")
client.shutdown()
while manager.is_alive():
    time.sleep(0.02)
client.stop_channels()
"""


def test_who_ends_after_the_kernel_leaves_nothing(host: Host) -> None:
    subprocess.run([sys.executable, "-c", ENDS_AFTER_ITS_KERNEL], check=True, timeout=120)
    host.expect_no_trace(set())


def test_jupyter_console_shows_our_explanation(host: Host) -> None:
    ended = _jupyter("console", "--kernel=nslab", "--simple-prompt", forbidden=True)
    assert ended.returncode != 0
    assert "Fix: The administrator: `sudo sysctl -w user.max_user_namespaces" in ended.stderr
    host.expect_no_trace(set())
