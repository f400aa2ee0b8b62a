"""What of the host's /run is seen in a sandbox, and what do the probes tell?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nslabkit.machine.sandbox.probes import probes
from nslabkit.machine.trial import try_sandbox

OUTER = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
# A host on which things that a notebook needs lie in /run, as on systemd machines and NixOS.
PREPARE = """
mount -t tmpfs run /run
mkdir -p /run/user/7 /run/tools /run/here /run/netns
echo kept > /run/user/7/file
touch /run/secret /run/netns/of-the-host
printf '#!/bin/sh\\necho found\\n' > /run/tools/program
chmod +x /run/tools/program
cd /run/here
exec "$@"
"""
LOOK = "program; pwd; cat $XDG_RUNTIME_DIR/file 2>&1; ls -d /run/secret /run/netns/* 2>&1"


@pytest.mark.usefixtures("host")
def test_run_is_empty_but_for_what_is_needed() -> None:
    command = [sys.executable, "-m", "nslabkit.machine.sandbox", "--", "sh", "-c", LOOK]
    path = f"{os.environ['PATH']}:/run/tools"
    environment = {**os.environ, "XDG_RUNTIME_DIR": "/run/user/7", "PATH": path}
    ended = subprocess.run(
        [*OUTER, PREPARE, "sh", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.splitlines()[:2] == ["found", "/run/here"]
    assert ended.stdout.count("No such file") == 3, ended.stdout


@pytest.mark.usefixtures("host")
def test_logs_of_the_host_are_hidden_and_none_are_left() -> None:
    before = sorted(path.name for path in Path("/var/log").iterdir())
    trial = try_sandbox(["sh", "-c", "ls /var/log; touch /var/log/left-behind"])
    assert (trial.stdout, trial.returncode) == ("nginx\n", 0)
    assert sorted(path.name for path in Path("/var/log").iterdir()) == before


@pytest.mark.usefixtures("host")
def test_a_trial_says_what_came_of_it(uid_map: str) -> None:
    environment = {**os.environ, "NSLAB_UIDMAP": uid_map}
    trial = try_sandbox(["sh", "-c", "echo out; echo err >&2; exit 3"], environment=environment)
    assert (trial.map, trial.returncode) == (uid_map, 3)
    assert (trial.stdout, trial.stderr) == ("out\n", "err\n")
    assert trial.error is None


@pytest.mark.usefixtures("host")
def test_a_trial_has_a_time_limit() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        try_sandbox(["sleep", "1000"], timeout=0.5)


@pytest.mark.usefixtures("host")
def test_probes_pass_here() -> None:
    found = {probe.name: probe for probe in probes()}
    assert list(found) == ["tools", "folder", "sandbox", "veth"]
    assert all(probe.passed for probe in found.values()), found
    assert found["sandbox"].seen in ("auto", "self", "shifted", "full")


@pytest.mark.usefixtures("host")
def test_probes_say_which_step_fails() -> None:
    forbid = 'echo 0 > /proc/sys/user/max_net_namespaces; exec "$@"'
    program = "from nslabkit.machine.sandbox.probes import probes\n"
    program += "for p in probes(): print(p.name, p.passed, p.error.reason if p.error else '')"
    ended = subprocess.run(
        [*OUTER, forbid, "sh", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = ended.stdout.splitlines()
    assert lines[2].startswith("sandbox False The limit on namespaces is reached")
    assert lines[3] == "veth None "


@pytest.mark.usefixtures("host")
def test_a_command_gets_no_descriptor_of_ours() -> None:
    trial = try_sandbox(["sh", "-c", "ls /proc/$$/fd"])
    assert trial.stdout.split() == ["0", "1", "2"]
