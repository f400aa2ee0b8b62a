"""What a launcher's command line says, its launcher reads: for each way to make a machine."""

from __future__ import annotations

import os
import sys

import pytest

from nslabkit.machine import boot, choice
from nslabkit.machine.launching import launch_words
from nslabkit.machine.sandbox.launcher import taken_apart
from nslabkit.machine.system_calls import StageError


@pytest.mark.parametrize(("way", "verb"), [(choice.SANDBOX, "launch"), (choice.UML, "uml-launch")])
def test_a_launcher_reads_what_was_written(
    way: str, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_UML_KERNEL", sys.executable)  # any program: it is not started
    here, there = os.pipe()
    os.set_inheritable(there, True)  # noqa: FBT003 - takes no keyword
    command = ["printf", "%s", "a=b", "--", "--owner=1"]
    words = launch_words(
        way, command, owner=7, report=there, folder="/run/a=b", connection_file="c d.json"
    )
    assert words[:5] == [sys.executable, "-I", "-S", boot.PATH, verb]
    options, read, report = taken_apart(words[5:])
    assert (read, report) == (command, there)
    assert not os.get_inheritable(there)  # the command must not get it
    expected = {"owner": "7", "folder": "/run/a=b", "connection-file": "c d.json"}
    if way == choice.UML:
        expected["kernel"] = sys.executable
    assert options == expected | {"report": str(there)}
    os.close(here)
    os.close(there)


def test_a_missing_kernel_is_a_stage_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_UML_KERNEL", "/nowhere/linux.uml")
    with pytest.raises(StageError) as refused:
        launch_words(choice.UML, ["true"], owner=0, report=1)
    assert refused.value.stage == "uml-missing"
