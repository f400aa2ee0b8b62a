"""A clean machine for each test: these tests run inside a sandbox and say so otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab

sys.path.insert(0, str(Path(__file__).parent))  # test folders are not packages
from kernel_shell import link_names, sh, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _clean_machine(leak_guard: None) -> Iterator[None]:  # noqa: ARG001 - it looks after us
    assert os.environ.get("NSLAB_SANDBOX"), (
        "these tests change the network: run them as `nslabkit sandbox -- python -m pytest "
        "tests/kernel`"
    )
    yield
    for entry in Path("/run/netns").iterdir():
        subprocess.run(["ip", "netns", "del", entry.name], check=True)
    for name in link_names():
        if name != "lo":
            # A veth's peer may have gone with it, or with its namespace.
            subprocess.run(["ip", "link", "del", name], check=False, capture_output=True)
    wait_for(lambda: link_names() == ["lo"])
    # As a machine's own loopback is; some tests set it down.
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


@pytest.fixture
def pair() -> tuple[lab.Namespace, lab.Namespace]:
    """The chapter's topology, made through the public calls."""
    one, two = lab.namespaces.add("netns1"), lab.namespaces.add("netns2")
    for name in ("netns1", "netns2"):  # duplicate address detection would cost seconds
        sh(
            f"ip netns exec {name} sysctl -qw "
            "net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0"
        )
    lab.links.add_veth("veth1", "veth1-peer", namespace=one, peer_namespace=two)
    lab.addresses.add("172.16.0.1/24", "veth1", namespace=one)
    lab.addresses.add("172.16.0.2/24", "veth1-peer", namespace=two)
    lab.links.up("veth1", namespace=one)
    lab.links.up("veth1-peer", namespace=two)
    return one, two


@pytest.fixture(scope="session", autouse=True)
def _run_netns() -> None:
    os.makedirs("/run/netns", exist_ok=True)  # noqa: PTH103 - as a shell's mkdir -p
