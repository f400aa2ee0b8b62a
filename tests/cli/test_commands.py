"""What do the commands do: sandbox, ps, enter, kernel?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from nslabkit.course import lessons

if TYPE_CHECKING:
    from conftest import Host, Kernel, Start

NSLABKIT = str(Path(sys.executable).with_name("nslabkit"))
NOTEBOOK = "/somewhere/第一课.ipynb"


def _run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        [NSLABKIT, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def _start(start: Start, uid_map: str = "", notebook: str = NOTEBOOK) -> Kernel:
    forced = {"NSLAB_UIDMAP": uid_map} if uid_map else {}
    return start(env={**os.environ, **forced, "JPY_SESSION_NAME": notebook})


def _own(host: Host) -> list[dict[str, Any]]:
    """Other sandboxes of this user may run beside the tests; ours carry the mark."""
    listed = json.loads(_run("ps", "--json").stdout)
    return [entry for entry in listed if entry["pid"] in host.processes()]


def test_a_grammar_that_nobody_needs_is_not_built() -> None:
    code = (
        "import sys; from nslabkit.cli import main; main(['ps'], standalone_mode=False)\n"
        "import jsonschema; print('rfc3987_syntax.syntax_helpers' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize(
    "program", [[NSLABKIT, "sandbox"], [sys.executable, "-m", "nslabkit.machine.sandbox"]]
)
def test_sandbox_passes_status_input_and_output(program: list[str], uid_map: str) -> None:
    command = [*program, "--", "sh", "-c", "read x; echo $x $NSLAB_SANDBOX; echo told >&2; exit 7"]
    environment = {**os.environ, "NSLAB_UIDMAP": uid_map}
    ended = subprocess.run(
        command, input="given\n", capture_output=True, text=True, check=False, env=environment
    )
    assert (ended.returncode, ended.stdout) == (7, f"given {uid_map}\n")
    assert ended.stderr == "told\n"


@pytest.mark.usefixtures("host")
def test_sandbox_of_nothing_and_of_no_program() -> None:
    assert _run("sandbox").returncode == 2
    ended = _run("sandbox", "--", "no-such-program", PATH="/usr/bin:/bin")
    assert ended.returncode == 1
    assert "No such file or directory (ENOENT" in ended.stderr
    assert "command -v no-such-program" in ended.stderr


def test_sandbox_ends_with_who_started_it(host: Host) -> None:
    command = [
        sys.executable,
        "-m",
        "nslabkit.machine.sandbox",
        "--",
        "sh",
        "-c",
        "echo up; sleep 1000",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == "up\n"
    namespaces = host.namespaces()
    process.kill()
    process.wait()
    host.expect_no_trace(namespaces)


def test_sandbox_passes_signals_on(host: Host) -> None:
    script = "trap 'echo caught; exit 9' TERM; echo up; while :; do sleep 0.05; done"
    command = [sys.executable, "-m", "nslabkit.machine.sandbox", "--", "sh", "-c", script]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == "up\n"
        process.terminate()
        assert output.readline() == "caught\n"
    assert process.wait(timeout=120) == 9
    host.expect_no_trace(set())


def test_a_shell_in_a_terminal_has_job_control(host: Host) -> None:
    terminal = pexpect.spawn(NSLABKIT, ["sandbox", "--", "bash", "--norc"], timeout=120)
    terminal.sendline("PS1='ready> '; echo begin-$((1+1))")
    terminal.expect("begin-2\r\n")
    terminal.sendline("sh -c 'echo sleep-$((1+1)); exec sleep 1000'")
    terminal.expect("sleep-2\r\n")
    terminal.sendcontrol("z")
    terminal.expect("Stopped")
    terminal.sendline("kill %1; sh -c 'echo cat-$((1+1)); exec cat'")
    terminal.expect("cat-2\r\n")
    terminal.sendcontrol("c")
    terminal.sendline("hostname; exit 6")
    terminal.expect("lab\r\n")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 6
    host.expect_no_trace(set())


def test_ps_lists_what_runs(start: Start, host: Host, uid_map: str) -> None:
    assert _own(host) == []
    kernel = _start(start, uid_map)
    (entry,) = _own(host)
    assert entry["notebook"] == NOTEBOOK
    assert entry["map"] == uid_map
    assert entry["folder"] == str(Path.cwd())
    assert 0 <= entry["age"] < 60
    row = [line for line in _run("ps").stdout.splitlines() if f" {entry['pid']} " in line]
    assert row[0].startswith("第一课.ipynb")
    kernel.manager.shutdown_kernel()
    assert _own(host) == []


def test_enter_joins_with_every_capability(start: Start, host: Host, uid_map: str) -> None:
    kernel = _start(start, uid_map)
    kernel.run("!ip netns add netns1")
    (entry,) = _own(host)
    script = "ip netns; ip link add v type veth peer name w; echo $NSLAB_SANDBOX; pwd; exit 5"
    for name in (str(entry["pid"]), "第一课", "第一课.ipynb", NOTEBOOK):
        ended = _run("enter", name, "--", "sh", "-c", f"ip link del v 2>/dev/null; {script}")
        assert ended.returncode == 5, ended.stderr
        assert ended.stdout.split() == ["netns1", uid_map, str(Path.cwd())]
    assert "v@w" in kernel.run("!ip -br link")
    missing = _run("enter", str(entry["pid"]), "--", "no-such-program", PATH="/usr/bin:/bin")
    assert missing.returncode == 127
    kernel.manager.shutdown_kernel()
    host.expect_no_trace(set())


def test_enter_says_what_runs_when_the_name_is_wrong(start: Start) -> None:
    _start(start)
    ended = _run("enter", "no-such-lesson")
    assert ended.returncode == 1
    assert "第一课.ipynb" in ended.stderr


def test_enter_completes_names(start: Start) -> None:
    _start(start)
    variables = {
        "_NSLABKIT_COMPLETE": "bash_complete",
        "COMP_WORDS": "nslabkit enter 第",
        "COMP_CWORD": "2",
    }
    assert _run(**variables).stdout == "plain,第一课.ipynb\n"


@pytest.mark.usefixtures("host")
def test_nothing_runs() -> None:
    """Seen from inside a fresh sandbox, where nobody else's can be."""
    ended = _run("sandbox", "--", NSLABKIT, "ps")
    assert "Open a lesson" in ended.stdout
    ended = _run("sandbox", "--", NSLABKIT, "enter")
    assert ended.returncode == 1
    assert "Open a lesson" in ended.stderr


def test_the_terminal_waits_chooses_and_notices_the_end(host: Host) -> None:
    """As JupyterLab opens it, inside an outer sandbox so that other people's do not show."""
    lesson = (
        f"JPY_SESSION_NAME={{0}}.ipynb {sys.executable} -m nslabkit.machine.sandbox -- "
        "sh -c 'echo $$; exec sleep 1000' >/dev/null 2>&1 & "
    )
    shell = [
        "sandbox",
        "--",
        "env",
        "SHELL=/bin/sh",
        "PS1=ready> ",
        NSLABKIT,
        "enter",
        "--terminal",
    ]
    terminal = pexpect.spawn(NSLABKIT, shell, timeout=120, encoding="utf-8")
    terminal.expect("No lesson is open.*q for an ordinary shell: ")
    terminal.sendline("q")
    terminal.expect("ready> ")
    terminal.sendline(lesson.format("one"))
    terminal.expect("ready> ")
    terminal.sendline(
        f"until {NSLABKIT} ps | grep -q one.ipynb; do sleep 0.1; done; {NSLABKIT} enter --terminal"
    )
    terminal.expect("You are in the machine of one.ipynb")
    terminal.expect("ready> ")
    terminal.sendline("readlink /proc/1/ns/net; echo in-$NSLAB_SANDBOX; kill -9 -1; sleep 60")
    terminal.expect("in-(auto|self|full)")
    terminal.expect("The machine has ended")
    terminal.expect("Press Enter to look again: ")
    terminal.sendcontrol("d")
    terminal.expect("ready> ")
    terminal.sendline("exit 4")
    terminal.expect("ready> ")
    terminal.sendline(lesson.format("two") + lesson.format("three"))
    terminal.expect("ready> ")
    terminal.sendline(
        f"until test $({NSLABKIT} ps | grep -c ipynb) = 2; do sleep 0.1; done; "
        f"{NSLABKIT} enter --terminal"
    )
    terminal.expect("Several machines are running")
    terminal.expect("Number of the one to enter")
    terminal.sendline("2")
    terminal.expect("You are in the machine of (two|three).ipynb")
    terminal.expect("ready> ")
    terminal.sendline("exit 3")
    terminal.expect("ready> ")
    terminal.sendline("echo status-$?; exit")
    terminal.expect("status-3")
    terminal.expect(pexpect.EOF)
    terminal.close()
    host.expect_no_trace(set())


@pytest.mark.usefixtures("host")
def test_kernel_install_list_remove(tmp_path: Path) -> None:
    installed = _run("kernel", "install", "--prefix", str(tmp_path))
    assert installed.returncode == 0, installed.stderr
    folder = tmp_path / "share/jupyter/kernels"
    assert sorted(path.name for path in folder.iterdir()) == ["nslab", "nslab-zh"]
    spec = json.loads((folder / "nslab-zh/kernel.json").read_text())
    assert Path(spec["argv"][0]).samefile(sys.executable)
    assert spec["display_name"] == "网络实验"
    assert spec["env"]["NSLAB_LANG"] == "zh_CN"
    files = {"kernel.json", "logo-svg.svg", "logo-32x32.png", "logo-64x64.png"}
    assert {path.name for path in (folder / "nslab").iterdir()} == files
    listed = _run("kernel", "list", JUPYTER_PATH=str(tmp_path / "share/jupyter"))
    assert str(folder / "nslab-zh") in listed.stdout
    assert sys.executable in listed.stdout
    removed = _run("kernel", "remove", "--prefix", str(tmp_path))
    assert removed.returncode == 0
    assert list(folder.iterdir()) == []
    assert "There was none" in _run("kernel", "remove", "--prefix", str(tmp_path)).stdout


@pytest.mark.usefixtures("host")
def test_kernel_install_for_a_user() -> None:
    assert _run("kernel", "install", "--user").returncode == 0
    folder = Path(os.environ["JUPYTER_DATA_DIR"]) / "kernels"
    assert sorted(path.name for path in folder.iterdir()) == ["nslab", "nslab-zh"]


@pytest.mark.usefixtures("host")
def test_kernel_install_where_nothing_can_be_written() -> None:
    ended = _run("kernel", "install", "--prefix", "/proc")
    assert ended.returncode == 1
    assert "cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["sandbox", "ps", "enter", "kernel", "start-over"])
def test_help_has_an_example_with_lessons_that_are_there(command: str) -> None:
    ended = _run(command, "--help")
    assert ended.returncode == 0
    assert f"Example:\n    nslabkit {command}" in ended.stdout
    named = re.findall(r"\b\d\d[_-][a-z_-]+", ended.stdout)
    assert set(named) <= {path.stem for path in lessons.available("en")}


def test_the_options_of_a_workshop_stand_as_an_instructor_needs_them() -> None:
    shown = _run("workshop", "start", "--help").stdout
    options = [line.split()[0] for line in shown.splitlines() if line.startswith("  --")]
    assert (options[0], options[-1]) == ("--learners", "--folder")
    assert options.index("--certificate") < options.index("--key")
