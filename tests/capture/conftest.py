"""Two namespaces and a wire: these tests run inside a sandbox and say so otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab

# Test folders are not packages; the shell and the oracle are those of the kernel's tests.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "kernel")]
from kernel_shell import link_names, sh, wait_for  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20.0


@pytest.fixture(scope="session", autouse=True)
def _run_netns() -> None:
    Path("/run/netns").mkdir(parents=True, exist_ok=True)
    assert lab.capture  # numpy is loaded, so that no test opens its files


@pytest.fixture(autouse=True)
def _clean_machine(leak_guard: None) -> Iterator[None]:  # noqa: ARG001 - it looks after us
    assert os.environ.get("NSLAB_SANDBOX"), (
        "these tests change the network: run them as `nslabkit sandbox -- python -m pytest "
        "tests/capture`"
    )
    yield
    for entry in Path("/run/netns").iterdir():
        subprocess.run(["ip", "netns", "del", entry.name], check=True)
    for name in link_names():
        if name != "lo":
            subprocess.run(["ip", "link", "del", name], check=False, capture_output=True)
    wait_for(lambda: link_names() == ["lo"], PATIENCE)


@pytest.fixture
def pair() -> tuple[lab.Namespace, lab.Namespace]:
    """The chapter's topology; without IPv6, which sends by itself when a link comes up."""
    one, two = lab.namespaces.add("netns1"), lab.namespaces.add("netns2")
    for name in ("netns1", "netns2"):
        sh(
            f"ip netns exec {name} sysctl -qw "
            "net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
        )
    lab.links.add_veth("veth1", "veth1-peer", namespace=one, peer_namespace=two)
    lab.addresses.add("172.16.0.1/24", "veth1", namespace=one)
    lab.addresses.add("172.16.0.2/24", "veth1-peer", namespace=two)
    lab.links.up("veth1", namespace=one)
    lab.links.up("veth1-peer", namespace=two)
    wait_for(
        lambda: lab.links.link("veth1", one).carrier and lab.links.link("veth1-peer", two).carrier,
        PATIENCE,
    )
    return one, two
