"""The claims of lesson 15, with their premises broken."""

from __future__ import annotations

import pytest
from judged import fails, says_nothing

from nslabkit.course import claims
from nslabkit.course.claims.chapter import ip, one_ping
from nslabkit.course.claims.further import two_hosts
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces
from nslabkit.net.lab import Lab
from nslabkit.net.namespaces import HOST
from nslabkit.show.lab_recording import capture


def bridge(words: str) -> None:
    HOST.run(["bridge", *words.split()], check=True, quiet=True)


def test_b26_fails_without_the_tunnel() -> None:
    two_hosts.bridged()
    assert claims.B26.check()
    ip("-n host1 link set vx down")
    ip("-n c1 neigh flush all")
    fails(claims.B26.check())


def test_b26_fails_where_a_wire_takes_the_tunnels_place() -> None:
    two_hosts.bridged()
    for host in two_hosts.HOSTS:
        ip(f"-n {host} link del vx")
        ip(f"-n {host} link set eth0 master br0")
    ip("-n c1 neigh flush all")
    fails(claims.B26.check(), "No tunnel")


def test_b26_fails_where_a_wire_lies_beside_the_tunnel() -> None:
    two_hosts.bridged()
    ip("-n host1 link add wire type veth peer name wire netns host2")
    for host, other in (("host1", "192.168.0.2"), ("host2", "192.168.0.1")):
        bridge(f"-n {host} fdb del 00:00:00:00:00:00 dev vx dst {other}")
        ip(f"-n {host} link set wire master br0 up")
    ip("-n c1 neigh flush all")
    fails(claims.B26.check(), "out of a tunnel")


def test_b27_fails_by_another_size() -> None:
    """IPv6 addresses of the hosts take twenty bytes more."""
    two_hosts.hosts("br0")
    for number in (1, 2):
        host = f"host{number}"
        namespaces.namespace(host).run("sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0", quiet=True)
        ip(f"-n {host} addr add fd00::{number}/64 dev eth0 nodad")
        ip(
            f"-n {host} link add vx type vxlan id 42 local fd00::{number} "
            f"remote fd00::{3 - number} dev eth0 dstport 4789"
        )
        ip(f"-n {host} link set vx master br0 up")
        ip(f"-n c{number} addr add 10.42.0.{number}/24 dev eth0")
    recording = two_hosts.connected("10.42.0.2", "arp or icmp or udp port 4789 or ip6")
    fails(claims.B27.check(recording=recording), "70")


def test_b27_fails_where_the_inside_was_never_sent() -> None:
    recording = two_hosts.bridged()
    ends = [one for one in recording.interfaces if one.name == "eth0"]
    hosts = {one.number for one in ends if one.namespace.startswith("host")}
    frames = recording.frames
    alone = frames[[number in hosts for number in frames["interface"]]]
    cut = type(recording)(recording.interfaces, alone, recording.data)
    holds = claims.B27.check(recording=recording)
    assert holds
    inner = [packet.inner for packet in recording.packets if packet.inner is not None]
    pinged = {one.data for one in inner if one.kind.protocol in ("ARP", "ICMP")}
    assert f" {len(pinged)} frames " in holds.sentence  # each is recorded at two ends
    fails(claims.B27.check(recording=cut))


def test_b27_is_about_the_ping_whatever_else_is_in_the_tunnel() -> None:
    """Such as the reports of the hosts' bridges (IGMP), which the recording's filter leaves out."""
    two_hosts.bridged()
    c1 = namespaces.namespace("c1")
    kept = "arp or icmp or udp port 4789"
    with capture("c1", "host1/eth0", "host2/eth0", "c2", filter=kept) as recording:
        one_ping(c1, "10.42.0.2", 1)
        with c1.socket() as sender:
            sender.sendto(b"by the way", ("10.42.0.2", 5000))
    assert claims.B27.check(recording=recording)


def test_b27_says_nothing_without_the_wire_between_the_hosts() -> None:
    two_hosts.tunnel()
    recording = two_hosts.connected("10.42.0.2", "arp or icmp")
    says_nothing(claims.B27.check(recording=recording))


def test_b28_fails_where_nothing_is_learnt() -> None:
    two_hosts.tunnel()
    for host in two_hosts.HOSTS:
        ip(f"-n {host} link set vx type vxlan nolearning")
    two_hosts.connected("10.42.0.2", "icmp")
    fails(claims.B28.check(), "no line")


def test_b28_fails_where_somebody_has_set_it() -> None:
    two_hosts.bridged()
    assert claims.B28.check()
    mac = namespaces.namespace("c2").run("cat /sys/class/net/eth0/address", quiet=True).stdout
    bridge(f"-n host1 fdb replace {mac.strip()} dev vx dst 192.168.0.2 static")
    fails(claims.B28.check())


def test_b28_fails_where_it_learnt_something_false() -> None:
    two_hosts.bridged()
    mac = namespaces.namespace("c2").run("cat /sys/class/net/eth0/address", quiet=True).stdout
    bridge(f"-n host1 fdb replace {mac.strip()} dev vx dst 192.168.0.77 dynamic")
    fails(claims.B28.check())


@pytest.mark.parametrize(
    ("breaking", "words"),
    [
        ("ip -n host1 route del 10.244.2.0/24", "has no way"),
        ("bridge -n host1 fdb append 00:00:00:00:00:00 dev flannel.1 dst 192.168.0.2", "floods"),
        ("ip -n host1 neigh del 10.244.2.0 dev flannel.1", "no answer"),
        ("bridge -n host1 fdb del 02:00:00:00:00:02 dev flannel.1 dst 192.168.0.2", "no answer"),
        ("ip -n host1 route replace 10.244.2.0/24 via 192.168.0.2", "does not lead into"),
        ("ip -n host2 route replace 10.244.1.0/24 via 192.168.0.1", "does not lead into"),
        ("bridge -n host2 fdb append 00:00:00:00:00:00 dev flannel.1 dst 192.168.0.1", "floods"),
    ],
)
def test_b30_needs_each_of_the_three(breaking: str, words: str) -> None:
    recording = two_hosts.routed()
    assert claims.B30.check(recording=recording)
    says_nothing(claims.B30.check())
    HOST.run(breaking.split(), check=True, quiet=True)
    verdict = claims.B30.check(recording=recording)
    assert not verdict
    assert words in verdict.sentence or verdict.outcome is Outcome.UNKNOWN


def test_b30_fails_where_a_frame_went_to_everybody() -> None:
    """The recording of a tunnel that floods, and the entries of one that does not."""
    with Lab():
        flooded = two_hosts.bridged()
    two_hosts.routed()
    fails(claims.B30.check(recording=flooded), "everybody")


def test_a_first_ping_that_is_never_answered_says_so() -> None:
    two_hosts.tunnel()
    ip("-n host2 link set vx down")
    two_hosts._PATIENCE, before = 0.5, two_hosts._PATIENCE
    try:
        with pytest.raises(Exception, match="do not reach each other"):
            two_hosts.connected("10.42.0.2", "icmp")
    finally:
        two_hosts._PATIENCE = before
    assert one_ping(namespaces.namespace("host1"), "192.168.0.2").returncode == 0
