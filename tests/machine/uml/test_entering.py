"""Do `nslabkit ps` and `nslabkit enter` know a notebook on a Linux kernel of its own?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

if TYPE_CHECKING:
    from conftest import Host, Kernel, Start, Uml

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("uml")]

NSLABKIT = str(Path(sys.executable).with_name("nslabkit"))
PATIENCE = 120.0  # seconds


@pytest.fixture
def lesson(host: Host) -> str:
    """The path of a notebook whose name nobody else has."""
    return f"/somewhere/{host.link}.ipynb"


def _start(start: Start, lesson: str) -> Kernel:
    return start(env={**os.environ, "JPY_SESSION_NAME": lesson})


def _run(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [NSLABKIT, *words], input=given, capture_output=True, check=False, timeout=2 * PATIENCE
    )


def _entries(lesson: str) -> list[dict[str, Any]]:
    listed = json.loads(_run("ps", "--json").stdout)
    return [entry for entry in listed if entry["notebook"] == lesson]


def _terminal(*words: str) -> pexpect.spawn:
    return pexpect.spawn(
        NSLABKIT, list(words), timeout=PATIENCE, encoding="utf-8", dimensions=(33, 77)
    )


def test_ps_lists_it_with_its_backend_until_its_end(start: Start, lesson: str, uml: Uml) -> None:
    kernel = _start(start, lesson)
    (entry,) = _entries(lesson)
    assert entry["pid"] == kernel.manager.provisioner.pid
    assert (entry["backend"], entry["map"]) == ("uml", "")
    assert entry["folder"] == str(Path.cwd())
    assert 0 <= entry["age"] < PATIENCE
    row = [line for line in _run("ps").stdout.decode().splitlines() if Path(lesson).name in line]
    assert row[0].split()[1:4] == [str(entry["pid"]), "uml", "-"]
    kernel.manager.shutdown_kernel()
    assert _entries(lesson) == []
    uml.expect_no_trace()


def test_a_command_runs_in_the_notebooks_machine(start: Start, lesson: str) -> None:
    kernel = _start(start, lesson)
    kernel.run("!ip netns add netns1")
    (entry,) = _entries(lesson)
    script = "ip netns; uname -r; id -u; pwd; echo $NSLAB_SANDBOX; ip link add v type veth; exit 5"
    for name in (str(entry["pid"]), Path(lesson).stem, Path(lesson).name, lesson):
        ended = _run("enter", name, "--", "sh", "-c", f"ip link del veth0 2>/dev/null; {script}")
        assert ended.returncode == 5, ended.stderr
        space, release, user, folder, kind = ended.stdout.decode().split()
        assert (space, user, folder, kind) == ("netns1", "0", str(Path.cwd()), "uml")
        assert release == kernel.run("!uname -r").strip()
    assert "v@veth0" in kernel.run("!ip -br link")
    missing = _run("enter", lesson, "--", "no-such-program")
    assert missing.returncode == 127
    assert b"no-such-program could not be started in the machine" in missing.stderr


def test_much_goes_through_and_the_notebook_answers_beside_it(start: Start, lesson: str) -> None:
    kernel = _start(start, lesson)
    text = os.urandom(1_000_000)
    ended = _run("enter", lesson, "--", "cat", given=text)
    assert ended.stdout == text
    # Nobody reads what this one writes: it must not stand in the notebook's way.
    words = [NSLABKIT, "enter", lesson, "--", "cat", "/dev/zero"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as unread:
        assert unread.stdout is not None
        assert unread.stdout.read(1) == b"\0"
        assert kernel.run("print('x' * 3_000_000)", PATIENCE).count("x") == 3_000_000
        unread.stdout.close()
        assert unread.wait(PATIENCE) == 128 + signal.SIGPIPE


def test_a_terminal_has_job_control(start: Start, lesson: str) -> None:
    _start(start, lesson)
    terminal = _terminal("enter", lesson, "--", "bash", "--norc")
    terminal.sendline("PS1='ready> '; stty size; echo begin-$((1+1))")
    terminal.expect("33 77\r\nbegin-2\r\n")
    terminal.sendline("sh -c 'echo sleep-$((1+1)); exec sleep 1000'")
    terminal.expect("sleep-2\r\n")
    terminal.sendcontrol("z")
    terminal.expect("Stopped")
    terminal.sendline("kill -9 %1; sh -c 'echo cat-$((1+1)); exec cat'")
    terminal.expect("cat-2\r\n")
    terminal.sendcontrol("c")
    terminal.expect("ready> ")
    terminal.setwinsize(44, 88)
    terminal.sendline("until stty size | grep '44 88'; do sleep 0.1; done; exit 6")
    terminal.expect("44 88\r\n")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 6


def test_a_signal_and_a_closed_terminal_reach_it(start: Start, lesson: str) -> None:
    kernel = _start(start, lesson)
    script = "trap 'echo caught; exit 9' TERM; echo up; while :; do sleep 0.05; done"
    words = [NSLABKIT, "enter", lesson, "--", "sh", "-c", script]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.terminate()
        assert process.stdout.readline() == "caught\n"
        assert process.wait(PATIENCE) == 9
    with subprocess.Popen(
        [NSLABKIT, "enter", lesson, "--", "sh", "-c", "echo up; exec sleep 4321"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.kill()
    deadline = time.monotonic() + PATIENCE
    while "4321" in kernel.run("!pgrep -fx 'sleep 432[1]' -a"):
        assert time.monotonic() < deadline


def test_the_terminal_of_jupyterlab_notices_the_end(
    start: Start, lesson: str, uml: Uml, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LESSONS", str(Path.cwd()))
    monkeypatch.setenv("SHELL", "/bin/sh")
    monkeypatch.setenv("PS1", "ready> ")
    kernel = _start(start, lesson)
    terminal = _terminal("enter", "--terminal")
    terminal.expect(f"You are in the machine of {Path(lesson).name}; `exit` leaves it.")
    terminal.sendline("echo in-$NSLAB_SANDBOX")
    terminal.expect("in-uml")
    kernel.manager.shutdown_kernel(now=True)
    terminal.expect("The machine has ended")
    terminal.expect("Press Enter to look again: ")
    terminal.sendline("")
    terminal.expect("No lesson is open.*q for an ordinary shell: ")
    terminal.sendline("q")
    terminal.expect("ready> ")
    terminal.sendline("echo in-${NSLAB_SANDBOX:-none}; exit 4")
    terminal.expect("in-none")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 4
    uml.expect_no_trace()


def test_who_is_inside_when_it_ends_by_any_death(start: Start, lesson: str, uml: Uml) -> None:
    kernel = _start(start, lesson)
    words = [NSLABKIT, "enter", lesson, "--", "sh", "-c", "echo up; exec sleep 1000"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)
        assert process.wait(PATIENCE) == 128 + signal.SIGKILL
    deadline = time.monotonic() + PATIENCE
    while kernel.manager.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    kernel.manager.cleanup_resources()
    uml.expect_no_trace()


def test_a_machine_that_has_just_ended_is_named(start: Start, lesson: str) -> None:
    """The door is there, but nobody behind it answers."""
    kernel = _start(start, lesson)
    (entry,) = _entries(lesson)
    os.kill(kernel.manager.provisioner.pid, signal.SIGSTOP)
    process = subprocess.Popen(
        [NSLABKIT, "enter", lesson, "--", "true"], stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not _waits_at(entry["door"]):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)
    with process:
        _nothing, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert f"Tried: nslabkit enter {kernel.manager.provisioner.pid}" in said
    assert "has ended, or it has no memory for another program" in said
    assert "nslabkit ps" in said


def _waits_at(door: str) -> bool:
    """Whether somebody has connected: the listener's name is then there twice (``unix(7)``)."""
    return Path("/proc/net/unix").read_text().count(f" {door}\n") == 2
