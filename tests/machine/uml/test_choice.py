"""Which way is taken, by what was tried, and what is said where none leads to a machine?

The restrictions are real.  Without the built kernel, other programs stand where it should: they
are started as it would be, and end without having booted anything.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from uml_machines import forbidding_user_namespaces, refusing, run, showing

from nslabkit.base.errors import SandboxError
from nslabkit.machine import choice
from nslabkit.machine.sandbox.id_maps import KINDS
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.uml import building, kernel_file, uml_diagnosis

if TYPE_CHECKING:
    from conftest import Host, Uml

MACHINE = (sys.executable, "-m", "nslabkit.machine.sandbox", "--")
WHICH = (*MACHINE, "sh", "-c", "echo $NSLAB_SANDBOX; uname -r")


@pytest.fixture(autouse=True)
def _choose_freely(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    assert host
    monkeypatch.delenv("NSLAB_BACKEND", raising=False)
    monkeypatch.setenv("NSLAB_UML_KERNEL", "/nowhere/linux.uml")


def test_the_order_and_who_may_change_it() -> None:
    assert choice.ways({}) == ("sandbox", "uml")
    assert choice.ways({}, "uml") == ("uml",)
    assert choice.ways({"NSLAB_BACKEND": "sandbox"}, "uml") == ("sandbox",)
    with pytest.raises(StageError):
        choice.ways({"NSLAB_BACKEND": "docker"})


def test_a_sandbox_where_it_is_possible() -> None:
    ended = run(*WHICH)
    assert ended.stdout.split()[1] == os.uname().release
    assert ended.stdout.split()[0] in KINDS


def test_without_a_kernel_the_way_to_one_is_named() -> None:
    ended = run(*forbidding_user_namespaces(), *WHICH)
    assert ended.returncode == 1
    assert "user.max_user_namespaces is 0" in ended.stderr
    assert "Or: run the lessons on a Linux kernel of their own." in ended.stderr
    assert "nslabkit kernel build-uml" in ended.stderr


def test_a_kernel_that_was_asked_for_and_is_not_there() -> None:
    ended = run(*WHICH, NSLAB_BACKEND="uml")
    assert ended.returncode == 1
    assert "looked for: /nowhere/linux.uml" in ended.stderr


def test_a_way_that_does_not_exist() -> None:
    ended = run(*WHICH, NSLAB_BACKEND="docker")
    assert ended.returncode == 1
    assert "Tried: NSLAB_BACKEND=docker" in ended.stderr
    assert "there are auto, sandbox and uml" in ended.stderr


def test_a_program_that_is_not_a_kernel() -> None:
    ended = run(*WHICH, NSLAB_BACKEND="uml", NSLAB_UML_KERNEL="/bin/false")
    assert ended.returncode == 1
    assert "ended before it was ready" in ended.stderr


def test_a_wrong_command_is_not_tried_twice() -> None:
    ended = run(*MACHINE, "no-such-program", NSLAB_UML_KERNEL="/bin/false")
    assert "command -v no-such-program" in ended.stderr
    assert "User-mode" not in ended.stderr


def test_too_little_memory_says_how_much() -> None:
    little = showing("MemAvailable: 102400 kB", "/proc/meminfo")
    ended = run(*little, *WHICH, NSLAB_BACKEND="uml", NSLAB_UML_KERNEL="/bin/false")
    assert "needs 192 MiB of memory" in ended.stderr
    found = re.search(r"leaves only (\d+) MiB for it", ended.stderr)
    assert found, ended.stderr
    assert int(found[1]) <= 36  # less, while somebody else's guest is yet to take its memory
    assert "1 GiB is comfortable" in ended.stderr


def test_a_kernel_is_found_in_this_environment_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NSLAB_UML_KERNEL")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert building.destination() == Path(kernel_file.places()[0])
    building.destination().parent.mkdir(parents=True)
    building.destination().write_text("#!/bin/true\n")
    assert kernel_file.find() != kernel_file.places()[0], "it may not be executed"
    building.destination().chmod(0o755)
    assert kernel_file.find() == kernel_file.places()[0]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("check_ptrace : expected SIGSTOP, got status = 9", "through ptrace"),
        ("Kernel panic - not syncing: something else", "not yet known"),
        ("create_mem_file: Cannot allocate memory", "did not get the memory"),
    ],
)
def test_the_kernels_last_words_are_explained_and_shown(said: str, expected: str) -> None:
    error = uml_diagnosis.explain(StageError("uml-ended", 0, f"Core dump limits :\n{said}\n"))
    assert expected in error.reason
    assert error.said == said


@pytest.mark.parametrize("stage", ["uml-folder", "uml-timeout", "uml-machine"])
def test_every_other_step_is_explained(stage: str) -> None:
    error = uml_diagnosis.explain(StageError(stage, errno.EPERM, "12"))
    assert error.fix.startswith("You: ")
    assert "12" in f"{error.tried} {error.reason}"


def test_the_browser_is_told_both_and_where_the_lessons_run() -> None:
    """What a failed start raises in the server, which JupyterLab shows in a dialog."""
    code = "from jupyter_client.manager import KernelManager\n"
    code += "KernelManager(kernel_name='nslab').start_kernel()"
    ended = run(
        *forbidding_user_namespaces(), sys.executable, "-c", code, NSLAB_UML_KERNEL="/bin/false"
    )
    assert ended.returncode == 1
    said = " ".join(ended.stderr.split())
    assert "user.max_user_namespaces is 0" in said
    assert "Then a Linux kernel of its own was tried (User-mode Linux):" in said
    assert "ended before it was ready" in said
    assert "The lessons do run on any Linux computer with user namespaces" in said


def test_the_setting_of_the_kernelspec(host: Host) -> None:
    found = KernelSpecManager(ensure_native_kernel=False).get_kernel_spec("nslab")
    spec = json.loads(Path(found.resource_dir, "kernel.json").read_text())
    spec["metadata"]["kernel_provisioner"]["config"] = {"backend": "uml"}
    folder = host.sockets.parent / "d/kernels/mine"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    manager = KernelManager(kernel_name="mine", connection_file=str(host.runtime / "kernel-0.json"))
    with pytest.raises(SandboxError) as caught:
        manager.start_kernel()
    assert "looked for: /nowhere/linux.uml" in caught.value.reason
    manager.context.destroy()


@pytest.mark.long
def test_forbidden_user_namespaces_lead_to_a_linux_of_its_own(uml: Uml) -> None:
    ended = run(*forbidding_user_namespaces(), *WHICH, NSLAB_BACKEND="auto")
    kind, release = ended.stdout.split()
    assert kind == "uml"
    assert release.endswith("-nslab")
    assert not uml.processes()


@pytest.mark.long
def test_a_containers_filter_leads_to_a_linux_of_its_own(uml: Uml) -> None:
    ended = run(*refusing("unshare", "mount", "sethostname"), *WHICH, NSLAB_BACKEND="auto")
    assert ended.stdout.split()[0] == "uml", ended.stderr
    assert not uml.processes()


@pytest.mark.long
def test_ptrace_refused_too_is_explained(uml: Uml) -> None:
    ended = run(*refusing("unshare", "ptrace"), *WHICH, NSLAB_BACKEND="auto")
    assert ended.returncode == 1
    assert "A seccomp filter refuses" in ended.stderr
    assert "Then a Linux kernel of its own was tried" in ended.stderr
    assert "controls its own programs through ptrace" in ended.stderr
    assert "allow ptrace" in ended.stderr
    assert "The lessons do run" in ended.stderr
    assert not uml.processes()


@pytest.mark.long
def test_a_notebook_where_user_namespaces_are_forbidden(uml: Uml) -> None:
    code = "import sys\nfrom jupyter_client.manager import KernelManager\n"
    code += "manager = KernelManager(kernel_name='nslab', connection_file=sys.argv[1])\n"
    code += "manager.start_kernel(); client = manager.client(); client.start_channels()\n"
    code += "client.wait_for_ready(timeout=120)\n"
    code += "client.execute_interactive('!uname -r')\nmanager.shutdown_kernel()"
    file = str(uml.host.runtime / "kernel-0.json")
    ended = run(
        *forbidding_user_namespaces(), sys.executable, "-c", code, file, NSLAB_BACKEND="auto"
    )
    assert ended.stdout.strip().endswith("-nslab"), ended.stderr
    uml.expect_no_trace()
