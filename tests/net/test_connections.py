"""Does the kit list the connections that the kernel tracks?"""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab
from nslabkit.course.claims import outward
from nslabkit.course.claims.chapter import ip
from nslabkit.net import connections
from nslabkit.net.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator


# A rule that asks about connections makes the kernel keep track of them.
TRACKING = """
table ip memory {
    chain incoming {
        type filter hook input priority 0
        ct state new accept
    }
}
"""


@pytest.fixture(autouse=True)
def clean_machine() -> Iterator[None]:
    with Lab():
        yield


def test_a_translated_ping_has_two_faces() -> None:
    outward.to_everybody()
    # Where the module br_netfilter is loaded, what only crosses the bridge is tracked, too.
    found = connections.connections("switch")
    [row] = [row for row in found if row.destination == outward.OUTSIDE]
    assert (row.protocol, row.source, row.destination) == ("icmp", "172.16.5.1", "203.0.113.9")
    assert (row.answer_source, row.answer_destination) == ("203.0.113.9", "203.0.113.1")
    assert row.translated
    assert row.json["original"]["id"] == row.json["reply"]["id"]
    # The oracle: the kernel's own list, where this user may read it.  Of pings alone: a link that
    # has just come up may send an IGMP report between the two readings.
    said = lab.namespaces.namespace("switch").run(["cat", "/proc/net/nf_conntrack"], quiet=True)
    if said.returncode == 0:
        pings = [line for line in said.stdout.splitlines() if " icmp " in line]
        fields = [re.findall(r"(?:src|dst)=(\S+)", line) for line in pings]
        ours = [
            [row.source, row.destination, row.answer_source, row.answer_destination]
            for row in found
            if row.protocol == "icmp"
        ]
        assert sorted(ours) == sorted(fields)


def test_what_only_passes_a_memory_is_not_translated() -> None:
    ip("netns add alone")
    ip("-n alone link set lo up")
    alone = lab.namespaces.namespace("alone")
    alone.run(["nft", TRACKING], check=True, quiet=True)
    alone.run("ping -c 1 127.0.0.1", check=True, quiet=True)
    [row] = connections.connections("alone")
    assert row.protocol == "icmp"
    assert not row.translated


def test_ports_are_told() -> None:
    ip("netns add alone")
    ip("-n alone link set lo up")
    alone = lab.namespaces.namespace("alone")
    alone.run(["nft", TRACKING], check=True, quiet=True)
    alone.run(["bash", "-c", "echo x >/dev/udp/127.0.0.1/9"], check=True, quiet=True)
    udp = [row for row in connections.connections("alone") if row.protocol == "udp"]
    assert udp[0].json["original"]["dport"] == 9
    assert udp[0].json["reply"]["sport"] == 9
    port = udp[0].json["original"]["sport"]
    assert f"127.0.0.1:{port} → 127.0.0.1:9" in repr(connections.connections("alone"))


def test_nothing_is_tracked_where_no_rule_asks() -> None:
    ip("netns add quiet")
    assert list(connections.connections("quiet")) == []
    assert "quiet" in repr(connections.connections("quiet"))


def test_a_missing_namespace_is_named() -> None:
    with pytest.raises(lab.NotFoundError, match="nowhere"):
        connections.connections("nowhere")


def test_a_kernel_without_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    # A netlink family that does not exist: what a kernel without netfilter answers.
    monkeypatch.setattr("nslabkit.netlink.sockets.NetfilterConversation.protocol", 31)
    with pytest.raises(OSError, match="not supported"):
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 31)
    with pytest.raises(lab.NotSupportedError, match="nf_conntrack_netlink"):
        connections.connections()
