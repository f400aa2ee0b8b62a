"""The claims about IPv6, with their premises broken one by one."""

from __future__ import annotations

import pytest
from judged import fails, says_nothing
from wires import recording_of

import nslabkit as lab
from nslabkit.course import claims
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.further import ipv6_network, router_word, without_arp
from nslabkit.net.namespaces import namespace


def switch(name: str, words: str) -> None:
    """Set a kernel parameter of a namespace, as ``sysctl -w``."""
    namespace(name).run(["sysctl", "-qw", words], check=True, quiet=True)


def test_b21_fails_where_the_kernel_makes_no_address() -> None:
    ipv6_network.wired()
    switch("netns1", "net.ipv6.conf.veth1.addr_gen_mode=1")
    ip("-n netns1 addr flush dev veth1")
    fails(claims.B21.check())


def test_b21_fails_with_an_address_that_comes_from_elsewhere() -> None:
    ipv6_network.wired()
    ip("-n netns2 addr flush dev veth1-peer")
    ip("-n netns2 addr add fe80::77/64 dev veth1-peer nodad")
    fails(claims.B21.check(), "veth1-peer")


def test_b21_fails_where_somebody_gave_what_the_kernel_would_have_made() -> None:
    ipv6_network.wired()
    switch("netns1", "net.ipv6.conf.veth1.addr_gen_mode=1")
    ip("-n netns1 addr flush dev veth1")
    ip("-n netns1 addr add fe80::ff:fe00:1/64 dev veth1 nodad")
    fails(claims.B21.check(), "it was given")


def test_b21_says_nothing_of_a_wire_that_is_down() -> None:
    ipv6_network.wired()
    ip("-n netns2 link set veth1-peer down")
    assert eventually(lambda: not lab.links.link("veth1", "netns1").carrier)
    says_nothing(claims.B21.check())


def asked(six: dict[str, str], four: str = "ff:ff:ff:ff:ff:ff") -> lab.Recording:
    """Return a recording of an ARP request and a neighbour solicitation that go there."""
    from scapy.layers import inet6
    from scapy.layers.l2 import ARP, Ether

    solicitation = inet6.IPv6(src="fd00::1", dst=six["ip"]) / inet6.ICMPv6ND_NS(tgt="fd00::2")
    return recording_of(
        [
            bytes(Ether(dst=four) / ARP(psrc="172.16.0.1", pdst="172.16.0.2")),
            bytes(Ether(dst=six["mac"]) / solicitation),
        ]
    )


GROUP = {"ip": "ff02::1:ff00:2", "mac": "33:33:ff:00:00:02"}


def test_b22_looks_at_both_questions() -> None:
    assert claims.B22.check(recording=asked(GROUP))
    for one in (
        asked(GROUP | {"mac": "ff:ff:ff:ff:ff:ff"}),
        asked({"ip": "ff02::1", "mac": "33:33:00:00:00:01"}),
        asked({"ip": "fd00::2", "mac": "02:00:00:00:00:02"}),
        asked(GROUP, four="02:00:00:00:00:02"),
    ):
        fails(claims.B22.check(recording=one))


def test_b22_says_nothing_without_both_questions() -> None:
    only_arp = recording_of([asked(GROUP).packets[0].data])
    says_nothing(claims.B22.check(recording=only_arp))


def twice(addition: str = "", before: str = "") -> lab.Recording:
    """Give netns2 the addresses of netns1, in one's own way, and record it."""
    ipv6_network.wired()
    ip("-n netns1 addr add 172.16.0.1/24 dev veth1")
    ip("-n netns1 addr add fd00::1/64 dev veth1")
    ipv6_network.settled("netns1", "fd00::1")
    if before:
        switch("netns2", before)
    with lab.capture("netns1", "netns2", progress=False) as recording:
        ip("-n netns2 addr add 172.16.0.1/24 dev veth1-peer")
        ip(f"-n netns2 addr add fd00::1/64 dev veth1-peer {addition}")
        state = without_arp._state
        eventually(lambda: state("fd00::1") in {"dadfailed", "in use"}, 20)
    return recording


def test_b23_fails_where_nobody_is_asked() -> None:
    fails(claims.B23.check(recording=twice("nodad")), "Nobody was asked")


def test_b23_fails_where_the_objection_is_dropped() -> None:
    ipv6_network.wired()
    ip("-n netns1 addr add 172.16.0.1/24 dev veth1")
    ip("-n netns1 addr add fd00::1/64 dev veth1")
    ipv6_network.settled("netns1", "fd00::1")
    rules = (
        "add table inet deaf; add chain inet deaf in { type filter hook input priority filter; };"
        "add rule inet deaf in icmpv6 type nd-neighbor-advert drop"
    )
    namespace("netns2").run(["nft", rules], check=True, quiet=True)
    with lab.capture("netns1", "netns2", progress=False) as recording:
        ip("-n netns2 addr add 172.16.0.1/24 dev veth1-peer")
        ip("-n netns2 addr add fd00::1/64 dev veth1-peer")
        assert eventually(lambda: without_arp._state("fd00::1") == "in use", 20)
    fails(claims.B23.check(recording=recording), "Both namespaces use")


def test_b23_fails_where_ipv4_asks_too() -> None:
    recording = twice()
    holds = claims.B23.check(recording=recording)
    assert holds
    ways = [row.value for row in holds.evidence[-2:]]
    assert ways == [":: → ff02::1:ff00:1", "fd00::1 → ff02::1"]
    frames = [packet.data for packet in recording.packets]
    with_arp = recording_of([*frames, asked(GROUP).packets[0].data])
    fails(claims.B23.check(recording=with_arp))


def test_b23_says_nothing_once_the_addresses_are_gone() -> None:
    recording = twice()
    ip("-n netns2 addr del fd00::1/64 dev veth1-peer")
    says_nothing(claims.B23.check(recording=recording))


def test_b24_fails_before_a_router_speaks_and_by_hand() -> None:
    ipv6_network.wired()
    fails(claims.B24.check())
    ip("-n netns1 addr add fd00:1::ff:fe00:1/64 dev veth1 nodad")
    ip("-n netns1 -6 route add default via fe80::ff:fe00:2 dev veth1")
    assert "by hand" in claims.B24.check().sentence


@pytest.mark.parametrize("flag", ["", "mngtmpaddr "])
def test_b24_fails_with_an_address_by_hand_that_expires(flag: str) -> None:
    ipv6_network.wired()
    lives = f"{flag}valid_lft 3600 preferred_lft 3600"
    ip(f"-n netns1 addr add fd00:1::ff:fe00:1/64 dev veth1 nodad {lives}")
    ip("-n netns1 -6 route add default via fe80::ff:fe00:2 dev veth1 proto ra")
    assert "by hand" in claims.B24.check().sentence


def test_b24_fails_where_the_router_is_not_accepted() -> None:
    ipv6_network.wired()
    switch("netns1", "net.ipv6.conf.veth1.accept_ra_defrtr=0")
    ipv6_network.advertise("fd00:1::")
    assert ipv6_network.settled("netns1", "fd00:1::")
    fails(claims.B24.check(), "no default route")


def test_b24_fails_where_another_is_the_router() -> None:
    ipv6_network.wired()
    ipv6_network.advertise("fd00:1::")
    assert ipv6_network.settled("netns1", "fd00:1::")
    assert claims.B24.check()
    ip("-n netns1 -6 route del default")
    ip("-n netns1 -6 route add default via fe80::9 dev veth1 proto ra")
    assert "does not lead" in claims.B24.check().sentence


def heard(hop_limit: int) -> lab.Recording:
    """Record an advertisement of the foreign prefix, then let netns1 believe the honest one."""
    ipv6_network.wired()
    with lab.capture("netns1", "netns2", progress=False) as recording:
        ipv6_network.advertise(router_word._FOREIGN, hop_limit=hop_limit)
    ipv6_network.advertise("fd00:1::")
    assert ipv6_network.settled("netns1", "fd00:1::")
    return recording


def test_b25_says_nothing_of_a_frame_that_is_rightly_believed() -> None:
    says_nothing(claims.B25.check(recording=heard(255)))


def test_b25_fails_where_the_frame_was_believed() -> None:
    recording = heard(254)
    assert claims.B25.check(recording=recording)
    ip("-n netns1 addr add fd00:bad::ff:fe00:1/64 dev veth1 nodad")
    fails(claims.B25.check(recording=recording))


def test_b25_says_nothing_of_a_machine_that_believes_nobody() -> None:
    recording = heard(254)
    ip("-n netns1 addr flush dev veth1 scope global")
    says_nothing(claims.B25.check(recording=recording))
    ip("-n netns1 addr add fd00:1::9/64 dev veth1 nodad")
    says_nothing(claims.B25.check(recording=recording))


def test_an_advertisement_that_cannot_be_sent_is_told() -> None:
    ipv6_network.wired()
    ip("-n netns1 link del veth1")
    with pytest.raises(lab.CommandError):
        ipv6_network.advertise("fd00:1::")
