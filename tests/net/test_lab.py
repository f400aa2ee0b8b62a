"""Does a `Lab` block leave the network as it was, whoever changed it?"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from kernel_shell import ip, link_names, sh, wait_for

import nslabkit as lab


def everything() -> list[object]:
    words = ("netns", "link", "addr", "route show table all", "-6 route show table all")
    return [ip(word) for word in words]


def test_what_we_and_a_shell_made_is_gone() -> None:
    sh("ip link set lo up; ip link add old type veth peer name old2; ip link set old up")
    sh("ip link set old2 up; ip addr add 10.0.0.1/24 dev old; ip netns add stays")
    wait_for(lambda: "tentative" not in sh("ip addr"))
    before = everything()
    inside = ip("-n stays link"), ip("-n stays addr")
    with lab.Lab():
        lab.namespaces.add("netns1")
        sh("ip netns add netns2; ip link add veth1 type veth peer name p netns netns2")
        lab.bridges.add("br0")
        lab.addresses.add("10.0.0.2/24", "old")
        sh("ip addr add fd00::2/64 dev old nodad; ip route add 10.9.0.0/16 via 10.0.0.9")
        sh("ip route add fd09::/64 via fd00::9")
        sh("ip -n stays link add br1 type bridge; ip -n stays addr add 10.3.0.1/24 dev lo")
    assert everything() == before
    assert (ip("-n stays link"), ip("-n stays addr")) == inside


def test_it_waits_for_what_the_kernel_removes_later() -> None:
    for _round in range(5):
        with lab.Lab():
            one = lab.namespaces.add("netns1")
            for number in range(10):
                lab.links.add_veth(f"here{number}", f"there{number}", peer_namespace=one)
        assert link_names() == ["lo"]


def test_processes_inside_are_ended_and_others_are_not() -> None:
    sh("ip netns add old")
    with (
        subprocess.Popen(["ip", "netns", "exec", "old", "sleep", "60"]) as before,
        subprocess.Popen(["sleep", "60"]) as outside,
    ):
        with lab.Lab():
            one = lab.namespaces.add("netns1")
            stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]
            inside = subprocess.Popen(["ip", "netns", "exec", "netns1", *stubborn])
            polite = subprocess.Popen(["ip", "netns", "exec", "netns1", "sleep", "60"])
            wait_for(lambda: {inside.pid, polite.pid} <= set(lab.namespaces.pids(one)))
            wait_for(lambda: _ignores_sigterm(inside.pid))
            later = subprocess.Popen(["ip", "netns", "exec", "old", "sleep", "60"])
        assert inside.wait(5) == -9
        assert polite.wait(5) == -15
        for process in (before, outside, later):
            assert process.poll() is None
            process.terminate()
        later.wait()
    assert lab.namespaces.names() == ["old"]


def _ignores_sigterm(pid: int) -> bool:
    """Whether the shell has come to its ``trap``: SigIgn of proc_pid_status(5)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigIgn:"):
            return bool(int(line.split()[1], 16) & 1 << signal.SIGTERM - 1)
    return False


def _clear_twice_and_fail(block: lab.Lab) -> None:
    with block:
        lab.namespaces.add("netns1")
        block.clear()
        block.clear()
        assert lab.namespaces.names() == []
        lab.namespaces.add("netns1")
        raise ZeroDivisionError


def test_twice_and_after_an_error_and_nested() -> None:
    block = lab.Lab()
    for _round in range(2):
        with pytest.raises(ZeroDivisionError):
            _clear_twice_and_fail(block)
        assert lab.namespaces.names() == []
    block.clear()
    with lab.Lab():
        lab.namespaces.add("outer")
        with lab.Lab():
            lab.namespaces.add("inner")
        assert lab.namespaces.names() == ["outer"]
    with block, block:
        lab.namespaces.add("netns1")
    assert lab.namespaces.names() == []


def test_what_goes_inside_the_block_does_no_harm() -> None:
    sh("ip netns add old; ip link add gone type veth peer name gone2")
    with lab.Lab():
        sh("ip netns del old; ip link del gone")
    assert lab.namespaces.names() == []


def test_a_name_that_was_used_again_is_the_new_ones() -> None:
    old = lab.namespaces.add("netns1")
    holder = os.open(old.path, os.O_RDONLY)  # or its number might be given to the new one
    with lab.Lab():
        sh("ip netns del netns1; ip netns add netns1")
    os.close(holder)
    assert lab.namespaces.names() == []


def test_what_comes_again_and_again_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nslabkit.net.lab._PATIENCE", 0.3)
    # On a busy machine the other may be too slow once or twice to be in the way.
    assert any(_is_told() for _attempt in range(20))


def _is_told() -> bool:
    """Leave a block while a process that was there before never stops making a link."""
    command = ["ip", "-force", "-batch", "-"]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stderr=nothing, bufsize=0) as process:
        # Not before the block begins: what is there then is none of its business.
        feeder = threading.Thread(target=_feed, args=(process,))
        try:
            with lab.Lab():
                feeder.start()
                wait_for(lambda: "again" in link_names())
        except lab.OutOfResourcesError as error:
            return "again" in str(error)
        finally:
            process.kill()
            feeder.join()
            sh("ip link del again 2>/dev/null || true")
    return False


def _feed(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        while True:
            process.stdin.write(b"link add again type bridge\n" * 1000)
