"""Does a notebook run where Binder would run it: in a container that allows next to nothing?

In a real container engine where one runs, else behind the same refusals (`binder/emulate.sh`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scripts import loaded
from uml_machines import run

ROOT = Path(__file__).parents[3]
EMULATE = str(ROOT / "binder/emulate.sh")
NOTEBOOK = """
KIND = "import nslabkit as lab; print(); print(lab.backend().kind)"
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="nslab")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)
for cell in ("!uname -r", "!ip -o link | wc -l", "!ping -c 1 127.0.0.1",
             "!ip netns add netns1; ip netns", KIND):
    client.execute_interactive(cell, timeout=120)
client.stop_channels()
manager.shutdown_kernel()
"""


def _dockers(profile: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = loaded("binder/seccomp.py").dockers(profile)
    return made


def test_the_filter_refuses_what_dockers_refuses() -> None:
    allow = "SCMP_ACT_ALLOW"
    admin = {
        "names": ["mount", "unshare"],
        "action": allow,
        "includes": {"caps": ["CAP_SYS_ADMIN"]},
    }
    profile = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read", "unshare", "clone", "ptrace"], "action": allow}, admin],
    }
    made = _dockers(profile)
    assert made["defaultErrnoRet"] == 1
    assert made["syscalls"][0]["names"] == ["read", "ptrace"]
    assert made["syscalls"][1] == admin
    (clone,) = (rule for rule in made["syscalls"] if rule["names"] == ["clone"])
    flags = clone["args"][0]["value"]
    for flag in (os.CLONE_NEWNET, os.CLONE_NEWUSER) if hasattr(os, "CLONE_NEWNET") else ():
        assert flags & flag
    assert not flags & 0x00000100  # CLONE_VM: threads are not refused


def test_it_wants_a_command() -> None:
    ended = run("bash", EMULATE)
    assert ended.returncode == 2
    assert "usage: binder/emulate.sh" in ended.stderr


@pytest.mark.long
@pytest.mark.parametrize("memory", ["1g", "2g"])
def test_a_notebook_in_the_emulated_binder(built: Path, memory: str) -> None:
    ended = subprocess.run(
        ["bash", EMULATE, "--memory", memory, sys.executable, "-c", NOTEBOOK],
        cwd=ROOT,
        env={**os.environ, "NSLAB_UML_KERNEL": str(built), "NSLAB_TMP": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.startswith("emulate: ")
    said = ended.stdout.split()
    assert said[0].endswith("-nslab"), ended.stderr
    assert said[1] == "1"
    assert "1 received" in ended.stdout
    assert "netns1" in said
    assert said[-1] == "uml"
