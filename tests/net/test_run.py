"""Does `Namespace.run` show what a command writes as it comes, and hand it an interrupt?"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from kernel_shell import sh, wait_for

import nslabkit as lab

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.base.commands import Result

pytestmark = pytest.mark.timeout(30)  # what hangs here waits for an interrupt that is lost
Pair = tuple[lab.Namespace, lab.Namespace]


class Screen:
    """Remembers what is written, and when."""

    def __init__(self) -> None:
        self.parts: list[tuple[float, str]] = []

    def write(self, text: str) -> int:
        self.parts.append((time.monotonic(), text))
        return len(text)

    def flush(self) -> None:
        pass

    def show(self, run: Callable[[], Result]) -> Result:
        """Run something with this screen as the standard output."""
        with contextlib.redirect_stdout(self):
            return run()

    @property
    def text(self) -> str:
        return "".join(text for _when, text in self.parts)


@pytest.fixture
def screen() -> Screen:
    return Screen()


def interrupt_when(condition: Callable[[], object]) -> threading.Thread:
    """Send this process the interrupt that a notebook's stop button sends, once it is time."""

    def work() -> None:
        wait_for(condition)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_output_comes_as_it_is_written(pair: Pair, screen: Screen) -> None:
    one, _two = pair
    result = screen.show(lambda: one.run("echo first; sleep 0.4; echo second"))
    assert screen.text == result.stdout == "first\nsecond\n"
    assert screen.parts[-1][0] - screen.parts[0][0] > 0.3


def test_both_streams_are_kept_apart(capsys: pytest.CaptureFixture[str]) -> None:
    result = lab.HOST.run("echo out; echo err >&2; exit 3")
    assert (result.returncode, result.stdout, result.stderr) == (3, "out\n", "err\n")
    assert capsys.readouterr() == ("out\n", "err\n")
    assert "\n" not in repr(result)
    assert "3" in repr(result)


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert lab.HOST.run(["echo", "a  b"], quiet=True).stdout == "a  b\n"
    assert capsys.readouterr() == ("", "")


def test_much_output_and_bytes_that_are_no_text(screen: Screen) -> None:
    command = "head -c 300000 /dev/zero | tr '\\0' x; printf '\\377\\344\\275\\240'"
    result = screen.show(lambda: lab.HOST.run(command))
    assert result.stdout == "x" * 300_000 + "\ufffd你"
    assert screen.text == result.stdout


def test_it_runs_in_the_namespace(pair: Pair) -> None:
    one, two = pair
    assert one.run("ip netns identify", quiet=True).stdout.strip() == "netns1"
    assert "veth1-peer" in two.run(["ip", "link"], quiet=True).stdout


def test_an_endless_ping_prints_its_statistics_when_interrupted(pair: Pair, screen: Screen) -> None:
    one, _two = pair
    thread = interrupt_when(lambda: screen.text.count("bytes from") >= 2)
    result = screen.show(lambda: one.run("ping -i 0.1 172.16.0.2"))
    thread.join()
    assert result.interrupted
    assert result.returncode == 0
    assert "packets transmitted" in screen.text
    assert "interrupted" in repr(result)


def test_a_second_interrupt_ends_what_does_not_mind_the_first(screen: Screen) -> None:
    command = "trap 'echo no' INT; echo ready; while :; do sleep 0.05; done"
    thread = interrupt_when(lambda: "ready" in screen.text)
    second = interrupt_when(lambda: "no" in screen.text)
    result = screen.show(lambda: lab.HOST.run(command))
    thread.join()
    second.join()
    assert result.interrupted
    assert result.returncode == -signal.SIGTERM


def test_a_timeout_interrupts(pair: Pair) -> None:
    one, _two = pair
    start = time.monotonic()
    result = one.run("ping -i 0.1 172.16.0.2", timeout=0.3, quiet=True)
    assert time.monotonic() - start >= 0.3
    assert result.interrupted
    assert "packets transmitted" in result.stdout


def test_a_command_that_minds_no_signal_is_ended(pair: Pair) -> None:
    del pair
    command = "trap '' INT TERM; while :; do sleep 0.05; done"
    result = lab.HOST.run(command, timeout=0.1, quiet=True)
    assert result.returncode == -signal.SIGKILL


def test_what_runs_in_the_background_is_not_waited_for(pair: Pair) -> None:
    one, _two = pair
    start = time.monotonic()
    result = one.run("sleep 60 & echo $!")
    assert time.monotonic() - start < 30  # not the minute
    os.kill(int(result.stdout), signal.SIGTERM)
    wait_for(lambda: not lab.namespaces.pids(one))


def test_check_raises_with_what_the_command_said() -> None:
    with pytest.raises(lab.CommandError) as caught:
        lab.HOST.run("echo why >&2; exit 2", check=True, quiet=True)
    assert caught.value.said == "why"
    assert "status 2" in caught.value.reason


@pytest.mark.parametrize("command", ["pnig -c 1 x", ["pnig", "x"]])
def test_an_unknown_command_is_a_kind_error(pair: Pair, command: str | list[str]) -> None:
    one, _two = pair
    with pytest.raises(lab.NotFoundError, match="no command called pnig"):
        one.run(command, quiet=True)


@pytest.mark.parametrize("command", ["", "   ", []])
def test_nothing_to_run(command: str | list[str]) -> None:
    with pytest.raises(lab.InvalidValueError):
        lab.HOST.run(command)


def test_a_short_path_still_finds_the_administrators_programs(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _two = pair
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert one.run("nft list ruleset", quiet=True).returncode == 0


# In a process of its own: a Jupyter client keeps event loops and sockets for its life.
CLIENT = """
from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="python3")
said, interrupted = [], []

def hear(message):
    if message["msg_type"] == "stream":
        said.append(message["content"]["text"])
        if "icmp_seq=2" in "".join(said) and not interrupted:
            interrupted.append(True)  # once: a second one would hit what comes after ping
            manager.interrupt_kernel()
    elif message["msg_type"] in {"error", "execute_result"}:
        said.append(str(message["content"]))

code = '''
import nslabkit as lab
result = lab.HOST.run("ping -i 0.1 127.0.0.1")
print(result.returncode, result.interrupted, [link.name for link in lab.links.links()])
'''
try:
    client.execute_interactive(code, output_hook=hear, timeout=120)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
print("".join(said))
"""


def test_in_a_notebooks_cell() -> None:
    """The output goes to the cell, and an interrupt of the kernel reaches the command."""
    sh("ip link set lo up")
    done = subprocess.run(
        [sys.executable, "-c", CLIENT], capture_output=True, text=True, check=True
    )
    sh("ip link set lo down")
    assert "packets transmitted" in done.stdout
    assert done.stdout.rstrip().endswith("0 True ['lo']")


@pytest.mark.usefixtures("pair")
def test_in_a_script_and_in_asyncio() -> None:
    code = (
        "import asyncio, nslabkit as lab\n"
        "lab.namespaces.namespace('netns1').run('ping -c 1 172.16.0.2')\n"
        "async def main(): lab.namespaces.namespace('netns1').run('echo inside')\n"
        "asyncio.run(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "1 received" in done.stdout
    assert done.stdout.endswith("inside\n")
