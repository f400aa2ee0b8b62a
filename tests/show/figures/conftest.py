"""Real recordings, made once: figures are drawn of them, and the network is gone by then."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from kernel_shell import sh
from networks import chapter, three_guests, without

import nslabkit as lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.base.commands import Result
    from nslabkit.capture import Recording


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NSLAB_LANG", "en")
    yield
    lab.style("notebook")


@pytest.fixture(autouse=True)
def _clean_machine(leak_guard: None) -> Iterator[None]:  # noqa: ARG001 - it looks after us
    assert os.environ.get("NSLAB_SANDBOX"), (
        "these tests change the network: run them as `nslabkit sandbox -- python -m pytest "
        "tests/show/figures`"
    )
    yield
    without()


@pytest.fixture
def pair() -> tuple[lab.Namespace, lab.Namespace]:
    """The chapter's network, with nobody known."""
    return chapter()


@pytest.fixture(scope="session")
def first_ping(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, str]:
    """The chapter's first ping, and what tcpdump wrote of the same run at veth1."""
    one, two = chapter()
    file = tmp_path_factory.mktemp("oracle") / "veth1.pcap"
    command = [
        *("ip", "netns", "exec", "netns1", "tcpdump", "-i", "veth1", "-U", "--immediate-mode"),
        *("--time-stamp-precision=nano", "-w", str(file), "arp", "or", "icmp"),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as oracle:
        assert oracle.stderr is not None
        assert "listening" in oracle.stderr.readline()
        with lab.capture(one, two, filter="arp or icmp") as recording:
            one.run("ping -c 1 -W 5 172.16.0.2", check=True, quiet=True)
        # Four frames: it has written the last one when it has said that it was asked to end.
        oracle.terminate()
        oracle.communicate(timeout=120)
    without()
    text = sh(f"tcpdump --time-stamp-precision=nano -tt -n -r {file} 2>/dev/null")
    return recording, text


@pytest.fixture(scope="session")
def two_pings() -> tuple[Recording, Result]:
    """Two pings 0.2 s apart, the first with ARP, and what ping printed."""
    one, two = chapter()
    with lab.capture(one, two, filter="arp or icmp") as recording:
        said = one.run("ping -D -c 2 -i 0.2 -W 5 172.16.0.2", check=True, quiet=True)
    without()
    return recording, said


@pytest.fixture(scope="session")
def over_a_bridge() -> Recording:
    """One guest pings another over a bridge on the host; a third one overhears the question."""
    three_guests()
    with lab.capture(filter="arp or icmp") as recording:
        lab.namespaces.namespace("guest1").run("ping -c 1 -W 5 172.16.5.2", check=True, quiet=True)
    without()
    return recording
