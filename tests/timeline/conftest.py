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
sys.path.insert(0, str(Path(__file__).parents[1] / "kernel"))
from kernel_shell import link_names, sh, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20  # seconds; nothing of these tests needs a quiet machine


@pytest.fixture(autouse=True)
def _clean_machine(leak_guard: None) -> Iterator[None]:  # noqa: ARG001 - it looks after us
    assert os.environ.get("NSLAB_SANDBOX"), (
        "these tests change the network: run them as `nslabkit sandbox -- python -m pytest "
        "tests/timeline`"
    )
    os.makedirs("/run/netns", exist_ok=True)  # noqa: PTH103 - as a shell's mkdir -p
    yield
    for entry in Path("/run/netns").iterdir():
        subprocess.run(["ip", "netns", "del", entry.name], check=True)
    for name in link_names():
        if name != "lo":
            # A veth's peer may have gone with it, or with its namespace.
            subprocess.run(["ip", "link", "del", name], check=False, capture_output=True)
    wait_for(lambda: link_names() == ["lo"], PATIENCE)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")


@pytest.fixture
def pair() -> tuple[lab.Namespace, lab.Namespace]:
    """The chapter's topology, without IPv6: it would speak in between."""
    one, two = lab.namespaces.add("netns1"), lab.namespaces.add("netns2")
    for name in ("netns1", "netns2"):
        sh(f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
        sh(f"ip netns exec {name} sysctl -qw net.ipv6.conf.default.disable_ipv6=1")
    lab.links.add_veth("veth1", "veth1-peer", namespace=one, peer_namespace=two)
    for space, link, address in ((one, "veth1", "1"), (two, "veth1-peer", "2")):
        lab.addresses.add(f"172.16.0.{address}/24", link, namespace=space)
        lab.links.up(link, namespace=space)
        lab.links.up("lo", namespace=space)
    wait_for(lambda: lab.links.link("veth1", one).json["operstate"] == "UP", PATIENCE)
    wait_for(lambda: lab.links.link("veth1-peer", two).json["operstate"] == "UP", PATIENCE)
    return one, two
