"""Does a notebook on a Linux kernel of its own behave as any other does?"""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from chapter import ANSWERED, CHAPTER, PING

if TYPE_CHECKING:
    from conftest import Kernel, Start, Uml

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("uml")]

ENDLESS = {
    "python": "import time\nprint('go', flush=True)\nwhile True: time.sleep(0.01)",
    "shell escape": "!ping 127.0.0.1",
    "bash": "%%bash\necho go\nwhile true; do sleep 0.1; done",
}
TEN_MEGABYTES = 10 * 1024 * 1024


def test_it_is_a_linux_of_its_own(start: Start) -> None:
    kernel = start()
    assert kernel.run("1 + 1") == "2"
    assert kernel.run("!uname -r").strip().endswith("-nslab")
    assert kernel.run("!hostname").strip() == "lab"
    assert kernel.run("!id -u").strip() == "0"
    assert "LOOPBACK,UP" in kernel.run("!ip link show lo")
    assert kernel.run("!ip -o link | wc -l").strip() == "1"
    assert kernel.run("!ip netns add a; ip netns exec a ip -o link | wc -l").strip() == "1"
    assert kernel.run("!ip route get 192.0.2.1").strip().endswith("Network is unreachable")
    assert "vendor_id\t: User Mode Linux" in kernel.run("!cat /proc/cpuinfo")


def test_it_says_which_one_it_is(start: Start) -> None:
    english = start(name="nslab")
    said = english.run("import nslabkit as lab\nlab.backend()", 60)
    assert "Linux kernel of its own" in said
    assert english.run("!uname -r").strip() in said
    assert english.run("lab.backend().kind") == "'uml'"
    assert "User-mode Linux" in english.client.kernel_info(reply=True)["content"]["banner"]


@pytest.mark.parametrize("way", ["!", "%%bash"])
def test_the_chapter_verbatim(start: Start, way: str) -> None:
    kernel = start()
    for command, expected in CHAPTER:
        cell = f"!{command}" if way == "!" else f"%%bash\n{command} 2>&1\ntrue"
        printed = kernel.run(cell, 60).replace("\r", "").strip()
        assert re.search(expected, printed), (command, printed)
    request = kernel.client.execute(f"!{PING}" if way == "!" else f"%%bash\n{PING}")
    seen = _read_until(kernel, request, ANSWERED)
    kernel.manager.interrupt_kernel()
    seen += _read_until(kernel, request)
    assert "56(84) bytes of data" in seen
    if way == "!":
        assert "0% packet loss" in seen  # ping's statistics, as in a terminal


@pytest.mark.parametrize("what", ENDLESS)
def test_interrupt(start: Start, what: str) -> None:
    kernel = start()
    request = kernel.client.execute(ENDLESS[what])
    _read_until(kernel, request, "go|PING")
    kernel.manager.interrupt_kernel()
    _read_until(kernel, request)
    assert kernel.run("6 * 7") == "42"


def test_interrupt_when_idle_harms_nothing(start: Start) -> None:
    kernel = start()
    kernel.manager.interrupt_kernel()
    assert kernel.run("6 * 7") == "42"


@pytest.mark.parametrize("now", [False, True], ids=["politely", "by force"])
def test_restart_empties_it(start: Start, uml: Uml, now: bool) -> None:  # noqa: FBT001 - a parameter of the test
    kernel = start()
    kernel.run("here = 1\n!ip netns add a")
    before = uml.processes()
    kernel.manager.restart_kernel(now=now)
    kernel.client.wait_for_ready(timeout=120)
    assert kernel.run("!ip netns").strip() == ""
    assert "name 'here' is not defined" in kernel.run("here")
    deadline = time.monotonic() + 120
    while set(before) & set(uml.processes()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    kernel.manager.shutdown_kernel()
    uml.expect_no_trace()


def test_two_at_once_do_not_notice_each_other(start: Start) -> None:
    one, two = start(), start()
    build = "!ip netns add n; ip link add v type veth peer name w; ip addr add 10.0.0.1/24 dev v"
    build += "; ip link set v up; ip -br addr show v"
    for kernel in (one, two):
        assert "10.0.0.1/24" in kernel.run(build, 60)
    one.run("!ip netns del n; ip link del v")
    assert two.run("!ip netns; ip -br addr show v").count("10.0.0.1/24") == 1


def test_nothing_done_to_the_network_cuts_the_notebook_off(start: Start) -> None:
    kernel = start()
    kernel.run("!ip link set lo down")
    assert kernel.run("6 * 7") == "42"
    everything = "chain in { type filter hook input priority 0; policy drop; }\n"
    everything += "chain out { type filter hook output priority 0; policy drop; }\n"
    kernel.run(f"%%bash\nnft 'table inet t {{\n{everything}}}'")
    assert kernel.run("!nft list ruleset").count("policy drop") == 2
    assert kernel.run("6 * 7") == "42"
    kernel.run("!ip link del lo; rm -rf /run/netns")
    assert kernel.run("6 * 7") == "42"


def test_ten_megabytes_in_and_out(start: Start) -> None:
    kernel = start()
    sent = (hashlib.sha256(b"here").hexdigest() * (TEN_MEGABYTES // 64))[:TEN_MEGABYTES]
    kernel.run(f"text = {sent!r}", 120)
    digest = hashlib.sha256(sent.encode()).hexdigest()
    cell = "import hashlib; hashlib.sha256(text.encode()).hexdigest()"
    assert kernel.run(cell, 60) == repr(digest)
    came = kernel.run("print(text)", 120).strip()
    assert hashlib.sha256(came.encode()).hexdigest() == digest


def test_a_flood_of_output_arrives_and_can_be_interrupted(start: Start) -> None:
    kernel = start()
    lines = 20_000
    numbers = kernel.run(f"for n in range({lines}): print(n)", 120).split()
    assert numbers == [str(n) for n in range(lines)]
    request = kernel.client.execute("while True: print('x' * 1000)")
    _read_until(kernel, request, "x{1000}")
    kernel.manager.interrupt_kernel()
    _read_until(kernel, request)
    assert kernel.run("6 * 7") == "42"


def test_files_belong_to_the_learner(start: Start) -> None:
    kernel = start()
    kernel.run("open('saved', 'w').write('by python')\n!touch by-shell\n!sudo mkdir by-sudo")
    for name in ("saved", "by-shell", "by-sudo"):
        assert Path(name).stat().st_uid == os.getuid()
    assert Path("saved").read_text() == "by python"


def test_what_is_saved_outside_is_seen_inside(start: Start) -> None:
    """A learner edits a module in JupyterLab, outside, and imports it again."""
    kernel = start()
    file = Path("mine.txt")
    file.write_text("first")
    assert kernel.run("print(open('mine.txt').read())").strip() == "first"
    file.write_text("second, and longer")
    assert kernel.run("print(open('mine.txt').read())").strip() == "second, and longer"


def test_folder_and_environment_are_the_usual_ones(start: Start) -> None:
    kernel = start()
    assert kernel.run("import os; print(os.getcwd())").strip() == str(Path.cwd())
    assert kernel.run("import os; print(os.path.expanduser('~'))").strip() == str(Path.home())
    assert kernel.run("!echo $NSLAB_SANDBOX").strip() == "uml"


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


def _read_until(kernel: Kernel, request: str, pattern: str = "") -> str:
    """Return what a cell prints until it matches, or until the cell has ended."""
    seen = ""
    while not (pattern and re.search(pattern, seen)):
        message = kernel.client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") != request:
            continue
        seen += message["content"].get("text", "")
        if message["content"].get("execution_state") == "idle":
            assert not pattern, seen
            return seen
    return seen
