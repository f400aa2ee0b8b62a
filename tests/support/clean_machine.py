"""A clean machine for each test, and the chapter's topology: fixtures for suites in a sandbox."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kernel_shell import link_names, sh, wait_for

import nslabkit as lab

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 120.0  # seconds; nothing of these tests needs a quiet machine


@pytest.fixture(scope="session", autouse=True)
def run_netns() -> None:
    Path("/run/netns").mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def clean_machine(leak_guard: None, run_netns: None) -> Iterator[None]:  # noqa: ARG001 - in this order
    """Begin with lo alone, and leave it so."""
    assert os.environ.get("NSLAB_SANDBOX"), (
        "this test changes the network: run it as `nslabkit sandbox -- python -m pytest TEST`"
    )
    yield
    for entry in Path("/run/netns").iterdir():
        subprocess.run(["ip", "netns", "del", entry.name], check=True)
    for name in link_names():
        if name != "lo":
            # A veth's peer may have gone with it, or with its namespace.
            subprocess.run(["ip", "link", "del", name], check=False, capture_output=True)
    wait_for(lambda: link_names() == ["lo"], PATIENCE)
    # As a machine's own loopback is; some tests set it down, or give it addresses.
    subprocess.run(["ip", "addr", "flush", "dev", "lo", "scope", "global"], check=True)
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


@pytest.fixture(name="pair")
def quiet_pair() -> tuple[lab.Namespace, lab.Namespace]:
    """The chapter's topology without IPv6, which sends by itself when a link comes up."""
    one, two = lab.namespaces.add("netns1"), lab.namespaces.add("netns2")
    for name in ("netns1", "netns2"):
        sh(
            f"ip netns exec {name} sysctl -qw "
            "net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
        )
    lab.links.add_veth("veth1", "veth1-peer", namespace=one, peer_namespace=two)
    for space, link, address in ((one, "veth1", "1"), (two, "veth1-peer", "2")):
        lab.addresses.add(f"172.16.0.{address}/24", link, namespace=space)
        lab.links.up(link, namespace=space)
        lab.links.up("lo", namespace=space)
    for space, link in ((one, "veth1"), (two, "veth1-peer")):
        wait_for(lambda: lab.links.link(link, space).json["operstate"] == "UP", PATIENCE)  # noqa: B023 - waited for here
    return one, two
