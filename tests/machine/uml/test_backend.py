"""Does a notebook tell truly what its machine is made of?"""

from __future__ import annotations

import html
import os
import sys
from typing import TYPE_CHECKING

from uml_machines import run, showing

import nslabkit as lab

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SAY = (sys.executable, "-c", "import nslabkit as lab; print(lab.backend().kind, lab.backend())")
MACHINE = (sys.executable, "-m", "nslabkit.machine.sandbox", "--")


def test_no_machine_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NSLAB_SANDBOX", raising=False)
    monkeypatch.setenv("NSLAB_LANG", "en")
    found = lab.backend()
    assert (found.kind, found.kernel) == ("none", os.uname().release)
    assert "not a separate machine" in repr(found)
    assert html.unescape(found._repr_html_()) == f"<p>{found.sentence}</p>"
    assert found.processors == len(os.sched_getaffinity(0))
    total = run("free", "-b").stdout.splitlines()[1].split()[1]
    assert abs(found.memory - int(total)) < 1024


def test_a_sandbox() -> None:
    ended = run(*MACHINE, *SAY, NSLAB_BACKEND="sandbox", NSLAB_LANG="en")
    kind, _space, sentence = ended.stdout.strip().partition(" ")
    assert kind == "sandbox"
    assert f"this computer's Linux kernel, {os.uname().release}." in sentence


def test_what_proc_says_counts_and_not_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run(*showing("vendor_id\t: User Mode Linux", "/proc/cpuinfo"), *SAY, NSLAB_LANG="en")
    assert ended.stdout.startswith("uml This notebook runs on a Linux kernel of its own"), ended
