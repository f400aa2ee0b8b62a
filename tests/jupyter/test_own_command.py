"""Is a kernel in its machine although its client ignores the provisioner, and is nothing left?

Such a client, VS Code for one, runs the command in ``kernel.json`` and connects over TCP.  Here it
is ``jupyter_client`` with a kernelspec whose metadata was removed, and Jupyter's own programs.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from kernel_shell import wait_for
from nbclient import NotebookClient
from running_kernels import Kernel

from nslabkit.jupyter.kernel_command import split
from nslabkit.machine.running import RunningSandbox, sandboxes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Host

    Alone = Callable[..., Kernel]

KERNELS = Path(__file__).parents[2] / "kernels"
EDITED = ("python", "-m", "ipykernel_launcher", "-f", "{connection_file}")
EXTENSION = "--ext=nslabkit.jupyter.kernel_extension"
PATIENCE = 120.0  # seconds; nothing of these tests needs a quiet machine
ENDLESS = "import time\nprint('go', flush=True)\nwhile True: time.sleep(0.01)"


def _links() -> list[str]:
    listed = subprocess.run(["ip", "-j", "link"], capture_output=True, text=True, check=True)
    return [link["ifname"] for link in json.loads(listed.stdout)]


@pytest.fixture(autouse=True)
def specs(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put kernelspecs without metadata first; afterwards the machine has the links it had."""
    folder = Path("kernelspecs").absolute()
    for name in ("nslab", "nslab-zh"):
        spec = json.loads((KERNELS / name / "kernel.json").read_text())
        del spec["metadata"]
        (folder / "kernels" / name).mkdir(parents=True)
        (folder / "kernels" / name / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    before = _links()
    yield folder / "kernels"
    assert _links() == before
    host.expect_no_trace(set())


@pytest.fixture
def alone(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[Alone]:
    """Start kernels without our provisioner; those that still run are ended."""
    started: list[Kernel] = []

    def start_one(uid_map: str = "", name: str = "nslab", transport: str = "tcp") -> Kernel:
        if uid_map:
            monkeypatch.setenv("NSLAB_UIDMAP", uid_map)
        file = str(host.runtime / f"kernel-{len(started)}.json")
        manager = KernelManager(kernel_name=name, connection_file=file, transport=transport)
        manager.start_kernel()
        assert type(manager.provisioner).__name__ == "LocalProvisioner"
        client = manager.client()
        started.append(Kernel(manager, client))
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        return started[-1]

    yield start_one
    for kernel in started:
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel(now=True)
        kernel.manager.context.destroy()


def _pid(kernel: Kernel) -> int:
    return int(kernel.manager.provisioner.pid)


def _machine_of(host: Host) -> RunningSandbox:
    (found,) = (machine for machine in sandboxes() if machine.pid in host.processes())
    return found


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _banner(kernel: Kernel) -> str:
    return str(kernel.client.kernel_info(reply=True)["content"]["banner"])


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_it_is_a_machine_of_its_own(alone: Alone, uid_map: str, transport: str) -> None:
    kernel = alone(uid_map, transport=transport)
    assert kernel.run("!hostname; echo $NSLAB_SANDBOX").split() == ["lab", uid_map]
    assert kernel.run("!ip -j link | grep -o ifname | wc -l").strip() == "1"
    assert kernel.run("import nslabkit as lab; lab.backend().kind") == "'sandbox'"
    assert "machine of its own: nobody else shares its network" in _banner(kernel)
    assert len(kernel.run("print('x' * 20_000_000)", 60)) == 20_000_001
    assert kernel.run("!ip link add v type veth peer name w; ip -br link | wc -l").strip() == "3"


def test_in_chinese(alone: Alone) -> None:
    assert "独立的机器" in _banner(alone(name="nslab-zh"))


def test_ps_and_enter_know_it(alone: Alone, host: Host) -> None:
    alone()
    machine = _machine_of(host)
    nslabkit = Path(sys.executable).with_name("nslabkit")
    command = [nslabkit, "enter", str(machine.pid), "--", "hostname"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == "lab"


def test_input_and_a_second_client(alone: Alone) -> None:
    kernel = alone()
    said: list[str] = []
    kernel.client.allow_stdin = True
    kernel.client.execute_interactive(
        "print(input('name? '))",
        allow_stdin=True,
        stdin_hook=lambda _message: kernel.client.input("netns1"),
        output_hook=lambda message: said.append(message["content"].get("text", "")),
        timeout=20,
    )
    assert "netns1" in "".join(said)
    other = kernel.manager.client()
    other.start_channels()
    assert other.kernel_info(reply=True, timeout=20)["content"]["status"] == "ok"
    other.stop_channels()


def _as_jupyter(kernel: Kernel) -> None:
    kernel.manager.interrupt_kernel()


def _by_message(kernel: Kernel) -> None:
    kernel.client.control_channel.send(kernel.client.session.msg("interrupt_request", {}))


def _by_signal(kernel: Kernel) -> None:
    os.kill(_pid(kernel), signal.SIGINT)


@pytest.mark.parametrize("interrupt", [_as_jupyter, _by_message, _by_signal])
def test_an_interrupt_ends_a_cell_and_nothing_else(
    alone: Alone, interrupt: Callable[[Kernel], None]
) -> None:
    kernel = alone()
    for _time in range(3):
        # A kernel that has just been interrupted aborts what comes in the same moment.
        request = kernel.client.execute(ENDLESS, stop_on_error=False)
        while kernel.client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
            pass
        interrupt(kernel)
        while (reply := kernel.client.get_shell_msg(timeout=PATIENCE))["parent_header"].get(
            "msg_id"
        ) != request:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.run("6 * 7") == "42"


def test_restart_empties_it(alone: Alone, host: Host) -> None:
    kernel = alone()
    assert "all running" in kernel.run(host.leave_running)
    processes = set(host.processes())
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=PATIENCE)
    assert kernel.run("!ip netns").strip() == ""
    assert not processes & set(host.processes())


def _shutdown(kernel: Kernel, _host: Host) -> None:
    kernel.manager.shutdown_kernel()


def _shutdown_now(kernel: Kernel, _host: Host) -> None:
    kernel.manager.shutdown_kernel(now=True)


def _kill_stand_in(kernel: Kernel, _host: Host) -> None:
    os.kill(_pid(kernel), signal.SIGKILL)


def _terminate_stand_in(kernel: Kernel, _host: Host) -> None:
    os.kill(_pid(kernel), signal.SIGTERM)


def _kill_launcher(kernel: Kernel, _host: Host) -> None:
    (launcher,) = _children(_pid(kernel))
    os.kill(launcher, signal.SIGKILL)


def _kill_init(_kernel: Kernel, host: Host) -> None:
    os.kill(_machine_of(host).pid, signal.SIGKILL)


def _kill_kernel(_kernel: Kernel, host: Host) -> None:
    os.kill(_children(_machine_of(host).pid)[0], signal.SIGKILL)


ENDS = (
    _shutdown,
    _shutdown_now,
    _kill_stand_in,
    _terminate_stand_in,
    _kill_launcher,
    _kill_init,
    _kill_kernel,
)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__[1:])
def test_no_trace_after(
    alone: Alone, host: Host, end: Callable[[Kernel, Host], None], uid_map: str
) -> None:
    kernel = alone(uid_map)
    assert "all running" in kernel.run(host.leave_running)
    namespaces = host.namespaces()
    assert len(namespaces) >= 8  # seven of the sandbox and netns1's
    end(kernel, host)
    wait_for(lambda: not kernel.manager.is_alive(), PATIENCE)
    kernel.manager.cleanup_connection_file()  # as clients do that notice the death
    host.expect_no_trace(namespaces)


CLIENT = """
import sys, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="nslab", connection_file=sys.argv[2])
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)
client.execute_interactive(sys.argv[1], timeout=120)
time.sleep(1000)
"""


def test_no_trace_after_kill_9_of_the_client(host: Host) -> None:
    file = host.runtime / "kernel-client.json"
    command = [sys.executable, "-u", "-c", CLIENT, host.leave_running, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        assert any("all running" in line for line in client.stdout)
        namespaces = host.namespaces()
        assert file.exists()
        client.kill()
    host.expect_no_trace(namespaces)


# What a client does that is killed in the moment in which it has started the command.
GONE_AT_ONCE = """
import os, subprocess, sys
environment = {**os.environ, "JPY_PARENT_PID": str(os.getpid())}
wait = "import time; time.sleep(1); from nslabkit.machine import stand_in; stand_in._ALONE = 2; "
call = "from nslabkit.jupyter.kernel_command import main; main(['-f', 'connection.json'])"
subprocess.Popen([sys.executable, "-P", "-c", wait + call], env=environment)
os.kill(os.getpid(), 9)
"""


def test_no_trace_after_kill_9_of_the_client_before_the_command_has_looked(host: Host) -> None:
    """Somebody else is its parent then, and will never end; but nobody connects to the kernel."""
    file = Path(_connection_file([0] * 5))
    subprocess.run([sys.executable, "-c", GONE_AT_ONCE], check=False)
    deadline = time.monotonic() + 120
    while file.exists():  # the command removes it in the end
        assert time.monotonic() < deadline
        time.sleep(0.05)
    host.expect_no_trace(set())


def _read(file: Path) -> dict[str, object]:
    """What a connection file says, nothing while it is being written."""
    try:
        found: dict[str, object] = json.loads(file.read_text())
    except ValueError:
        return {}
    return found


SHORT_PATIENCE = """
from nslabkit.machine import stand_in
from nslabkit.jupyter.kernel_command import main
stand_in._ALONE = 2
main(["-f", "connection.json"])
"""


def test_who_connects_is_served_whoever_started_the_command(host: Host) -> None:
    """As in a PID namespace of its own, where the client's number names nobody."""
    file = Path(_connection_file([0] * 5))
    command = [sys.executable, "-P", "-c", SHORT_PATIENCE]
    deadline = time.monotonic() + 120
    environment = {**os.environ, "JPY_PARENT_PID": "999999999"}
    with subprocess.Popen(command, env=environment) as process:
        try:
            while not (connection := _read(file)).get("shell_port"):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            client = BlockingKernelClient()
            client.load_connection_info(connection)
            client.start_channels(hb=False)  # a heart that beats slowly would count as dead
            client.wait_for_ready(timeout=PATIENCE)
            client.execute_interactive("import time; time.sleep(3)", timeout=120)
            assert process.poll() is None
            client.stop_channels()
        finally:
            process.terminate()
    host.expect_no_trace(set())


def _notebook() -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell("!ip netns add netns1; ip netns; hostname")
    spec = {"kernelspec": {"name": "nslab", "display_name": "Network lab", "language": "python"}}
    return nbformat.v4.new_notebook(cells=[cell], metadata=spec)


def test_nbclient_as_papermill_uses_it() -> None:
    notebook = _notebook()
    NotebookClient(notebook, timeout=60).execute()
    assert _said(notebook) == ["netns1", "lab"]


def _said(notebook: nbformat.NotebookNode) -> list[str]:
    """The words of the first cell's output, which comes in any number of pieces."""
    pieces = (output.get("text", "") for output in notebook.cells[0].outputs)
    return "".join(pieces).split()


def _jupyter(*words: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        [sys.executable, "-m", "jupyter", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PATH": path},
    )


def test_jupyter_run() -> None:
    Path("script.py").write_text("import os\nprint(os.uname().nodename, os.listdir('/run/netns'))")
    ended = _jupyter("run", "--kernel=nslab", "script.py")
    assert ended.stdout.strip() == "lab []", ended.stderr


def test_jupyter_execute() -> None:
    nbformat.write(_notebook(), "lesson.ipynb")
    ended = _jupyter("execute", "--inplace", "lesson.ipynb")
    assert ended.returncode == 0, ended.stderr
    notebook = nbformat.read("lesson.ipynb", as_version=4)
    assert _said(notebook) == ["netns1", "lab"]


def _run_command(file: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "nslabkit.jupyter.kernel_command", "-f", file]
    return subprocess.run(
        [*options, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "NSLAB_KERNEL": "1", **variables},
    )


def _connection_file(ports: list[int]) -> str:
    names = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
    connection: dict[str, object] = {
        "transport": "tcp",
        "ip": "127.0.0.1",
        "key": "k",
        "kernel_name": "nslab",
    }
    Path("connection.json").write_text(
        json.dumps(connection | dict(zip(names, ports, strict=True)))
    )
    return "connection.json"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_without_a_sandbox_it_says_why_and_ends(language: str) -> None:
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    ended = _run_command(
        _connection_file([0] * 5),
        *("unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh"),
        NSLAB_LANG=language,
    )
    assert ended.returncode == 70
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 4, ended.stderr
    assert "user.max_user_namespaces" in ended.stderr
    assert lines[0].startswith("Tried:") is (language == "en")


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = _run_command(_connection_file([port, 0, 0, 0, 0]))
    assert ended.returncode == 70
    assert f"127.0.0.1:{port}" in ended.stderr
    assert "EADDRINUSE" in ended.stderr


def test_the_connection_file_is_found_however_it_is_written() -> None:
    for words in (["-f", "a b"], ["--f=a b"], ['--f="a b"'], ["--connection-file=a b"]):
        assert split([*words, "--debug"]) == ("a b", ["--debug"])


def _edit(specs: Path, argv: tuple[str, ...]) -> None:
    """Start the kernel with another command, as a client does that has its own."""
    file = specs / "nslab" / "kernel.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"argv": argv}))


def test_on_the_real_machine_it_runs_no_cell_and_says_so(alone: Alone, specs: Path) -> None:
    _edit(specs, (*EDITED, EXTENSION))
    kernel = alone()
    assert "no machine of its own" in _banner(kernel)
    assert "machine of its own: nobody else shares its network" not in _banner(kernel)
    said = kernel.run("open('touched', 'w')\n!touch touched-too")
    assert "runs on the real machine" in said
    assert "Traceback" not in said
    assert not list(Path().glob("touched*"))


REFUSED = (
    "lab.namespaces.add('netns1')",
    "lab.namespaces.remove('netns1')",
    "lab.links.add_veth('a', 'b')",
    "lab.HOST.run('touch touched')",
    "lab.forms.namespace()",
    "lab.topology()",
)


def test_on_the_real_machine_the_package_changes_nothing(alone: Alone, specs: Path) -> None:
    _edit(specs, EDITED)
    kernel = alone()
    kernel.run("import nslabkit as lab", 60)
    for code in REFUSED:
        assert "runs on the real machine" in kernel.run(code, 60), code
    check = kernel.run("print(lab.check.empty())", 60)
    assert "runs on the real machine" in check
    assert "ip link del" not in check
    assert kernel.run("lab.backend().kind") == "'none'"
    assert not Path("touched").exists()


@pytest.mark.parametrize("claims", [False, True], ids=["plain", "network-lab"])
def test_only_who_claims_to_be_a_lab_is_refused(
    monkeypatch: pytest.MonkeyPatch, *, claims: bool
) -> None:
    # Inherited by mistake: what the Linux kernel shows counts.
    monkeypatch.setenv("NSLAB_SANDBOX", "auto")
    monkeypatch.setenv("NSLAB_OUTSIDE", str(Path("/proc/self/ns/net").readlink()))
    if claims:
        monkeypatch.setenv("NSLAB_KERNEL", "1")
    code = "import nslabkit as lab; print('lo' in [link.name for link in lab.links.links()])"
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("runs on the real machine" in ended.stderr) is claims
    assert (ended.stdout == "True\n") is not claims
