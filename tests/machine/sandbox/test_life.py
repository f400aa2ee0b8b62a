"""Does a sandbox kernel start, restart, stop at an interrupt and shut down like any other?"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kernel_shell import wait_for

from nslabkit.machine import choice
from nslabkit.machine.launching import launch_words

if TYPE_CHECKING:
    from conftest import Host, Kernel, Start

ENDLESS = {
    "python": "import time\nprint('go', flush=True)\nwhile True: time.sleep(0.01)",
    "shell escape": "!ping 127.0.0.1",
    "bash": "%%bash\necho go\nwhile true; do sleep 0.1; done",
}


def test_it_is_a_machine_of_its_own(start: Start, uid_map: str) -> None:
    kernel = start(uid_map)
    assert kernel.run("!echo $NSLAB_SANDBOX").strip() == uid_map
    assert kernel.run("!hostname").strip() == "lab"
    assert kernel.run("!ip -j link | grep -o ifname | wc -l").strip() == "1"
    assert kernel.run("!ip netns add a; ip netns exec a ip -o link").count("state DOWN") == 1
    assert "LOOPBACK,UP" in kernel.run("!ip link show lo")
    assert kernel.run("!ip route get 192.0.2.1").strip().endswith("Network is unreachable")
    inside = kernel.run("import os; print(os.readlink('/proc/self/ns/user'))").strip()
    assert inside != str(Path("/proc/self/ns/user").readlink())


def test_its_process_1_reaps_orphans(start: Start, uid_map: str) -> None:
    kernel = start(uid_map)
    orphan = "!(sh -c 'sleep 0.1 & echo $!')"
    pid = kernel.run(orphan).strip()
    waiting = f"import os, time\nend = time.time() + 5\nwhile os.path.exists('/proc/{pid}'):\n"
    waiting += "    assert time.time() < end; time.sleep(0.01)\nprint('reaped')"
    assert kernel.run(waiting).strip() == "reaped"


def test_restart_empties_it(start: Start, host: Host, uid_map: str) -> None:
    kernel = start(uid_map)
    assert "all running" in kernel.run(host.leave_running)
    before = host.namespaces()
    processes = set(host.processes())
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=120)
    assert kernel.run("!ip netns").strip() == ""
    wait_for(lambda: not (processes & set(host.processes()) or before & host.namespaces()))


@pytest.mark.parametrize("what", ENDLESS)
def test_an_interrupt_ends_what_has_no_end(start: Start, uid_map: str, what: str) -> None:
    kernel = start(uid_map)
    request = kernel.client.execute(ENDLESS[what])
    _wait_for(kernel, "stream")
    kernel.manager.interrupt_kernel()
    _wait_for(kernel, "status", idle_of=request)
    assert kernel.run("6 * 7") == "42"


def test_interrupt_when_idle_harms_nothing(start: Start) -> None:
    kernel = start()
    kernel.manager.interrupt_kernel()
    # The signal is on its way and may still meet the first cells, as in an ordinary kernel.
    assert any(_answers(kernel) for _attempt in range(5))
    assert kernel.run("6 * 7") == "42"


def _answers(kernel: Kernel) -> bool:
    try:
        return kernel.run("6 * 7", 10) == "42"
    except TimeoutError:
        return False


def test_two_at_once_do_not_notice_each_other(start: Start, uid_map: str) -> None:
    one, two = start(uid_map), start(uid_map)
    build = "!ip netns add n; ip link add v type veth peer name w; ip addr add 10.0.0.1/24 dev v"
    build += "; ip link set v up; ip -br addr show v"
    for kernel in (one, two):
        assert "10.0.0.1/24" in kernel.run(build)
    one.run("!ip netns del n; ip link del v")
    assert two.run("!ip netns; ip -br addr show v").count("10.0.0.1/24") == 1


def test_files_belong_to_the_learner(start: Start, uid_map: str) -> None:
    kernel = start(uid_map)
    kernel.run("open('saved', 'w').close()\n!touch by-shell\n!sudo mkdir by-sudo")
    for name in ("saved", "by-shell", "by-sudo"):
        assert Path(name).stat().st_uid == os.getuid()


def test_home_folder_and_environment_are_the_usual_ones(start: Start, uid_map: str) -> None:
    kernel = start(uid_map)
    assert kernel.run("import os; print(os.getcwd())").strip() == str(Path.cwd())
    assert kernel.run("import os; print(os.path.expanduser('~'))").strip() == str(Path.home())
    assert kernel.run("import nslabkit; print(nslabkit.__file__)").strip().endswith("__init__.py")
    resolver = Path("/etc/resolv.conf").read_text()
    assert kernel.run("print(open('/etc/resolv.conf').read(), end='')") == resolver


def test_input_works(start: Start) -> None:
    kernel = start()
    kernel.client.allow_stdin = True

    def answer(_message: dict[str, Any]) -> None:
        kernel.client.input("netns1")

    said: list[str] = []
    kernel.client.execute_interactive(
        "print(input('name? '))",
        allow_stdin=True,
        stdin_hook=answer,
        output_hook=lambda message: said.append(message["content"].get("text", "")),
        timeout=120,
    )
    assert "netns1" in "".join(said)


def test_the_banner_says_what_is_special(start: Start) -> None:
    english = start(name="nslab").client.kernel_info(reply=True)["content"]["banner"]
    chinese = start(name="nslab-zh").client.kernel_info(reply=True)["content"]["banner"]
    assert "machine of its own" in english
    assert "独立的机器" in chinese


def _wait_for(kernel: Kernel, kind: str, idle_of: str = "") -> None:
    """Read what the kernel publishes until a message of this kind comes."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        message = kernel.client.get_iopub_msg(timeout=120)
        of = message["parent_header"].get("msg_id")
        if message["msg_type"] == kind and (
            not idle_of or (of == idle_of and message["content"]["execution_state"] == "idle")
        ):
            return
    pytest.fail(f"no {kind} message")


def test_a_launcher_whose_server_has_gone_ends_at_once() -> None:
    read, write = os.pipe()
    command = launch_words(choice.SANDBOX, ["true"], owner=1, report=write)
    ended = subprocess.run(command, pass_fds=[write], check=False)
    os.close(write)
    with os.fdopen(read) as report:
        assert report.read().startswith("failed\towner")
    assert ended.returncode == 70


def test_what_is_the_machines_is_refused(start: Start, uid_map: str) -> None:
    """Root inside is root of the sandbox only, even if real root started it."""
    kernel = start(uid_map)
    assert "not permitted" in kernel.run("!dmesg")
    assert "not permitted" in kernel.run("!mknod device c 1 3")
    assert "not permitted" in kernel.run("!date -s @$(date +%s)")
