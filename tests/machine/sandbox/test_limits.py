"""Limits of a notebook: what is refused, what is said, and that one option takes them away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.machine.sandbox.limits import Limits
from nslabkit.machine.trial import Trial, try_sandbox

if TYPE_CHECKING:
    from conftest import Start

LIMITS = Limits(0)
# All of them end with the sandbox; each is bounded by itself too, should a limit not hold.
FORKS = """
import os, time
children = 0
try:
    while children < 700:
        pid = os.fork()
        if pid == 0:
            time.sleep(60)
            os._exit(0)
        children += 1
except BlockingIOError as error:
    print("refused", error.errno)
print("children", children)
"""
HOG = """
import os, resource
allowed = resource.getrlimit(resource.RLIMIT_DATA)[0]
try:
    bytearray(allowed + 1)
except MemoryError:
    print("refused")
"""
NAMESPACES = """
for n in $(seq 600); do echo netns add n$n; done | ip -force -batch - 2>&1 | tail -2
ls /run/netns | wc -l
"""


def _run(*command: str, **variables: str) -> Trial:
    trial = try_sandbox(command, timeout=120, environment={**os.environ, **variables})
    assert trial.error is None, trial.error
    return trial


@pytest.mark.usefixtures("host")
def test_a_fork_bomb_ends_at_the_limit(uid_map: str) -> None:
    pids = _run("sysctl", "-n", "kernel.pid_max", NSLAB_UIDMAP=uid_map).stdout.strip()
    assert pids == str(LIMITS.pids)
    if uid_map == "full":  # real root is exempt from RLIMIT_NPROC: that number alone counts
        return
    said = _run("/usr/bin/python3", "-c", FORKS, NSLAB_UIDMAP=uid_map).stdout
    assert "refused 11" in said
    assert int(said.split()[-1]) < LIMITS.processes


@pytest.mark.usefixtures("host")
def test_a_memory_hog_is_refused(uid_map: str) -> None:
    assert _run("/usr/bin/python3", "-c", HOG, NSLAB_UIDMAP=uid_map).stdout == "refused\n"


@pytest.mark.usefixtures("host")
def test_namespaces_without_end_are_refused(uid_map: str) -> None:
    said = _run("sh", "-c", NAMESPACES, NSLAB_UIDMAP=uid_map).stdout
    assert int(said.split()[-1]) == LIMITS.namespaces - 1  # one is the notebook's own
    assert "No space left" in said


@pytest.mark.usefixtures("host")
def test_every_file_system_in_memory_has_a_size(uid_map: str) -> None:
    listed = _run("findmnt", "--json", "--bytes", "--output", "TARGET,SIZE", "-t", "tmpfs")
    sizes = {}
    for entry in json.loads(listed.stdout)["filesystems"]:
        sizes[entry["target"]] = int(entry["size"])  # the last one on a folder is on top
    assert sizes["/run"] == LIMITS.run
    assert sizes["/dev/shm"] == LIMITS.shared  # noqa: S108 - the sandbox's own
    assert sizes["/var/log"] == LIMITS.logs
    full = _run("sh", "-c", "head -c 200M /dev/zero > /run/full", NSLAB_UIDMAP=uid_map)
    assert "No space left" in full.stderr


@pytest.mark.usefixtures("host")
def test_a_sandbox_is_the_first_to_go_when_memory_is_short() -> None:
    assert int(_run("cat", "/proc/self/oom_score_adj").stdout) >= LIMITS.blame


WHICH = "ulimit -u; sysctl -n user.max_net_namespaces; cat /proc/self/oom_score_adj"
RUN_SIZE = "findmnt --noheadings --bytes --output SIZE --mountpoint /run | tail -n 1"


def _with_option(*options: str) -> list[str]:
    command = [sys.executable, "-c", "from nslabkit.cli import main; main()", "sandbox", *options]
    words = ["--", "bash", "-c", f"{WHICH}; {RUN_SIZE}"]
    return subprocess.check_output([*command, *words], text=True, timeout=120).split()


@pytest.mark.usefixtures("host")
def test_the_command_has_the_option() -> None:
    outside = Path("/proc/self/oom_score_adj").read_text().strip()
    on, off = _with_option(), _with_option("--no-limits")
    assert on[1] == str(LIMITS.namespaces)
    assert on[3] == str(LIMITS.run)
    assert off[1] != on[1]
    assert off[2] == outside
    assert int(off[3]) > LIMITS.run


@pytest.mark.usefixtures("host")
def test_one_variable_takes_them_away() -> None:
    outside = Path("/proc/self/oom_score_adj").read_text().strip()
    said = _run("bash", "-c", WHICH, NSLAB_LIMITS="off").stdout.split()
    assert said[0] != str(LIMITS.processes)
    assert said[1] != str(LIMITS.namespaces)
    assert said[2] == outside


def test_the_learner_reads_which_limit_it_is(start: Start, uid_map: str) -> None:
    kernel = start(uid_map)
    assert "128 MiB in /run" in kernel.run("import nslabkit as lab; print(lab.backend())")
    hog = kernel.run("import resource; bytearray(resource.getrlimit(resource.RLIMIT_DATA)[0] + 1)")
    assert "MiB of memory" in hog
    assert "NSLAB_LIMITS=off" in hog
    assert "/run is full" in kernel.run("!head -c 200M /dev/zero > /run/full")
    said = kernel.run("import pathlib; pathlib.Path('/run/more').write_text('x' * 5000)")
    assert "No space left on device" in said
    assert said.count("may keep 128 MiB there") >= 1
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=60)
    assert kernel.run("!ls /run/full 2>&1 | wc -l; df --output=pcent /run").split()[-1] == "1%"


# Not `:`, a special built-in: where its redirection fails, POSIX has the shell end.
FULL_OF_FILES = "i=0; while true >/run/f$i; do i=$((i+1)); done 2>/dev/null; echo $i"


def test_names_of_namespaces_find_no_place_in_a_full_run(start: Start) -> None:
    """`/run` is full when it has no file left, too; the command's own error says which limit."""
    kernel = start()
    assert int(kernel.run(f"!{FULL_OF_FILES}").split()[0]) > 60000
    said = kernel.run("import nslabkit as lab; lab.namespaces.add('netns1')")
    assert "ENOSPC" in said
    assert "/run is full, which holds their names" in said
    assert "NSLAB_LIMITS=off" in said
    assert "/run is full: this notebook" in kernel.run("!ip netns add netns1")


def test_without_limits_no_hint_is_given(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LIMITS", "off")
    kernel = start()
    assert "No limits are set" in kernel.run("import nslabkit as lab; print(lab.backend())")
    assert kernel.run("raise MemoryError").count("NSLAB_LIMITS") == 0
