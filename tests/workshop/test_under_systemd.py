"""A workshop on a machine that systemd runs: its service, a restart of the machine, settings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from systemd_machine import PROGRAM, Booted, booted

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

SERVICE = "nslabkit-workshop.service"
PATIENCE = 300.0  # seconds, on a busy machine
PING = "ip netns add a && ip -n a link set lo up && ip netns exec a ping -c 1 127.0.0.1"
WORKS = [
    ("auto", "PrivateTmp=yes"),
    ("self", "PrivateTmp=yes"),
    ("self", "NoNewPrivileges=yes"),
    ("self", "PrivateDevices=yes"),
]
REFUSED = [
    ("auto", "NoNewPrivileges=yes", "newuidmap"),
    ("auto", "PrivateDevices=yes", "newuidmap"),
    ("self", "RestrictNamespaces=yes", "seccomp"),
]
OPTIONS = ("--learners", "3", "--ip", "127.0.0.1", "--host", "127.0.0.1", "--port", "8443")


def until(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


def test_a_machine_that_systemd_runs() -> None:
    # One test: what runs in the machine comes and goes by itself, and no test may leave a process.
    with booted() as machine:
        machine.run("useradd", "--create-home", "ann")
        _settings(machine)
        assert "The workshop is open" in machine.run("nslabkit", "workshop", "start", *OPTIONS)
        assert machine.run("systemctl", "is-active", SERVICE).strip() == "active"
        assert machine.run("systemctl", "is-enabled", SERVICE).strip() == "enabled"
        _killed_keeper(machine)
        _restart(machine)
        _stop_and_remove(machine)


def _open(machine: Booted) -> bool:
    return "open:" in machine.run("nslabkit", "workshop", "status")


def _killed_keeper(machine: Booted) -> None:
    servers = machine.run("pgrep", "-f", "nslab-server")
    machine.run("systemctl", "kill", "--kill-who=main", "--signal=SIGKILL", SERVICE)
    until("the hub is back", lambda: _open(machine))
    assert machine.run("pgrep", "-f", "nslab-server") == servers


def _restart(machine: Booted) -> None:
    machine.run("touch", "/home/learner01/nslabkit-lessons/mine")
    machine.restart()
    until("the hub is back", lambda: _open(machine))
    machine.run("test", "-e", "/home/learner01/nslabkit-lessons/mine")


def _settings(machine: Booted) -> None:
    for kind, setting in WORKS:
        assert "1 received" in _tried(machine, kind, setting, status=0), setting
    for kind, setting, named in REFUSED:
        said = _tried(machine, kind, setting, status=1)
        assert named in said, said
        assert "Fix:" in said


def _tried(machine: Booted, kind: str, setting: str, *, status: int) -> str:
    """Ping in a sandbox, in a service with that setting."""
    return machine.run(
        *("systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--uid=ann"),
        f"--property={setting}",
        *(f"--setenv=NSLAB_UIDMAP={kind}", "--setenv=NSLAB_LANG=en", "--setenv=HOME=/home/ann"),
        *(f"{PROGRAM}/python", "-m", "nslabkit.machine.sandbox", "--", "sh", "-c", PING),
        status=status,
    )


def _stop_and_remove(machine: Booted) -> None:
    machine.run("nslabkit", "workshop", "stop", "--yes")
    assert machine.run("systemctl", "is-active", SERVICE, status=3).strip() == "inactive"
    assert not _open(machine)
    machine.run("nslabkit", "workshop", "remove", "--yes")
    assert "nslab" not in machine.run("ls", "/etc/systemd/system", "/home", "/var/lib")
    assert "nslab" not in machine.run("ps", "-e", "-o", "args")
