"""Where no sandbox can start: does the text name cause, remedy, and who must apply it?

The restrictions are real unless a test's name begins with ``test_simulated``.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.machine import socket_folder
from nslabkit.machine.kernel_settings import read
from nslabkit.machine.sandbox.sandbox_diagnosis import diagnose
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.tools import check_tools

if TYPE_CHECKING:
    from conftest import Host

REFUSE = (sys.executable, str(Path(__file__).with_name("refuse.py")))


def _as_outer_root(first: str) -> tuple[str, ...]:
    """Do `first` as root of an outer user namespace, then what follows."""
    return ("unshare", "--user", "--map-root-user", "sh", "-c", f'{first}; exec "$@"', "sh")


def _sandbox(*prefix: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Try a sandbox that prints its map."""
    command = [
        sys.executable,
        "-m",
        "nslabkit.machine.sandbox",
        "--",
        "sh",
        "-c",
        "echo $NSLAB_SANDBOX",
    ]
    environment = {**os.environ, **variables}
    return subprocess.run(
        [*prefix, *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _expect(ended: subprocess.CompletedProcess[str], tried: str, reason: str, fix: str) -> None:
    assert ended.returncode == 1
    lines = dict(line.split(" ", 1) for line in ended.stderr.strip().splitlines())
    assert set(lines) == {"Tried:", "Kernel:", "Reason:", "Fix:"}, ended.stderr
    assert tried in lines["Tried:"]
    assert reason in lines["Reason:"]
    assert fix in lines["Fix:"]
    assert "dministrator" in lines["Fix:"] or "You:" in lines["Fix:"]


@pytest.mark.usefixtures("host")
def test_user_namespaces_forbidden() -> None:
    ended = _sandbox(*_as_outer_root("echo 0 > /proc/sys/user/max_user_namespaces"))
    _expect(
        ended,
        "unshare --user",
        "user.max_user_namespaces is 0",
        "The administrator: `sudo sysctl -w user.max_user_namespaces=15000`",
    )
    assert "ENOSPC" in ended.stderr
    assert "exposes more of the Linux kernel" in ended.stderr


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize("kind", ["net", "mnt", "pid", "uts", "ipc", "cgroup"])
def test_a_limit_of_namespaces_reached(kind: str) -> None:
    ended = _sandbox(*_as_outer_root(f"echo 0 > /proc/sys/user/max_{kind}_namespaces"))
    setting = f"user.max_{kind}_namespaces"
    _expect(ended, f"unshare --{kind}", f"{setting} is 0", f"sudo sysctl -w {setting}=15000")


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize("call", ["unshare", "mount", "sethostname"])
def test_a_seccomp_filter_as_in_a_container(call: str) -> None:
    ended = _sandbox(*REFUSE, call)
    _expect(ended, "", "A seccomp filter refuses", "give it a seccomp profile that also allows")
    assert "no longer shields" in ended.stderr


@pytest.mark.usefixtures("host")
def test_covered_proc_as_in_a_container() -> None:
    """The kernel allows a new /proc only where the old one is visible in full."""
    cover = "mount -t tmpfs cover /proc/scsi 2>/dev/null || mount -t tmpfs cover /proc/fs"
    prefix = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    ended = _sandbox(*prefix, f'{cover}; exec "$@"', "sh")
    _expect(ended, "mount -t proc", "Parts of /proc are covered", "systempaths=unconfined")


if os.geteuid():  # root always has the map "full", which needs nothing of this

    @pytest.mark.usefixtures("host")
    def test_no_new_privileges_leads_to_the_map_self() -> None:
        ended = _sandbox("setpriv", "--no-new-privs")
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "self\n", "")

    @pytest.mark.usefixtures("host")
    def test_no_sub_uids_lead_to_the_map_self() -> None:
        outer = ("unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "sh", "-c")
        ended = _sandbox(*outer, 'mount --bind /dev/null /etc/subuid; exec "$@"', "sh")
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "self\n", "")

    @pytest.mark.usefixtures("host")
    def test_a_map_that_was_named_is_not_replaced() -> None:
        ended = _sandbox("setpriv", "--no-new-privs", NSLAB_UIDMAP="auto")
        _expect(ended, "newuidmap", "NSLAB_UIDMAP=auto needs", "unset NSLAB_UIDMAP")
        ended = _sandbox(NSLAB_UIDMAP="full")
        _expect(ended, "NSLAB_UIDMAP=full", "full are for root only", "unset NSLAB_UIDMAP")

    @pytest.mark.usefixtures("host")
    def test_too_many_processes() -> None:
        ended = _sandbox("prlimit", "--nproc=1")
        _expect(ended, "nslabkit sandbox", "A limit on processes", "nslabkit ps")

    def test_no_place_for_sockets(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket_folder, "ORDINARY_PLACES", ("/proc",))
        monkeypatch.setenv("TMPDIR", "/sys")
        monkeypatch.setenv("NSLAB_TMP", f"{host.runtime}/{'x' * 90}")
        with pytest.raises(StageError) as caught:
            socket_folder.make()
        error = diagnose(caught.value)
        assert "at most 80" in error.reason
        assert "/sys, /proc" in error.reason
        assert "export NSLAB_TMP=~/t" in error.fix
        assert "sudo chmod 1777 /tmp" in error.fix


def test_a_long_tmp_is_passed_over(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    long = host.runtime / ("x" * 90)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setenv("NSLAB_TMP", str(long))
    folder = socket_folder.make()
    try:
        assert len(f"{folder.address}-5") <= 107
    finally:
        folder.remove()
    assert not folder.path.exists()


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize("tool", ["ip", "mount", "unshare"])
def test_a_program_is_missing(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"ip", "mount", "unshare"} - {tool}
    for name in others:
        Path(name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(Path.cwd()))
    monkeypatch.setattr("nslabkit.machine.tools.ADMIN_FOLDERS", ())
    with pytest.raises(StageError) as caught:
        check_tools()
    error = diagnose(caught.value)
    assert f"The program {tool} is missing" in error.reason
    assert "The administrator: install it with `sudo apt install" in error.fix


def _faked_proc(folder: Path, **kernel: str) -> Path:
    (folder / "sys/kernel").mkdir(parents=True)
    (folder / "self").mkdir()
    (folder / "self/status").write_text("Name:\tpython\nNoNewPrivs:\t0\nSeccomp:\t0\n")
    for name, value in kernel.items():
        (folder / "sys/kernel" / name).write_text(f"{value}\n")
    return folder


@pytest.mark.parametrize("stage", ["map", "mnt-namespace", "capabilities"])
def test_simulated_apparmor_of_ubuntu(stage: str, tmp_path: Path) -> None:
    settings = read(_faked_proc(tmp_path, apparmor_restrict_unprivileged_userns="1"))
    error = diagnose(StageError(stage, errno.EPERM), settings)
    assert "kernel.apparmor_restrict_unprivileged_userns is 1" in error.reason
    assert "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in error.fix
    assert "exposes more of the Linux kernel" in error.fix
    assert "The administrator" in error.fix
    assert error.errno_name == "EPERM"


@pytest.mark.parametrize(
    ("label", "named"),
    [("guarded (enforce)", True), ("guarded (complain)", False), ("unconfined", False)],
)
def test_simulated_profile_of_apparmor(label: str, named: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a row of the table
    proc = _faked_proc(tmp_path)
    (proc / "self/attr/apparmor").mkdir(parents=True)
    (proc / "self/attr/apparmor/current").write_text(f"{label}\n")
    error = diagnose(StageError("map", errno.EPERM), read(proc))
    assert ("“guarded”" in error.reason) is named
    assert ("nslabkit doctor --apparmor" in error.fix) is named


def test_simulated_unprivileged_userns_clone_of_debian(tmp_path: Path) -> None:
    settings = read(_faked_proc(tmp_path, unprivileged_userns_clone="0"))
    error = diagnose(StageError("user-namespace", errno.EPERM), settings)
    assert "kernel.unprivileged_userns_clone is 0" in error.reason
    assert "sudo sysctl -w kernel.unprivileged_userns_clone=1" in error.fix


def test_simulated_kernel_without_user_namespaces(tmp_path: Path) -> None:
    error = diagnose(StageError("user-namespace", errno.EINVAL), read(_faked_proc(tmp_path)))
    assert "built without user namespaces" in error.reason


def test_simulated_refusal_without_a_known_cause(tmp_path: Path) -> None:
    error = diagnose(StageError("user-namespace", errno.EPERM), read(_faked_proc(tmp_path)))
    assert "SELinux" in error.reason
    assert "journalctl" in error.fix


def test_what_the_launcher_says_survives_the_pipe() -> None:
    sent = StageError("mount:/proc", errno.EPERM, "some\tdetail")
    got = StageError.decode(sent.encode())
    assert (got.stage, got.errno, got.detail) == ("mount:/proc", errno.EPERM, "some\tdetail")
    assert StageError.decode(b"garbage").detail == "garbage"
