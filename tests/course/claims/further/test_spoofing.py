"""The claims about spoofing, with their premises broken one by one."""

from __future__ import annotations

from judged import fails, says_nothing

import nslabkit as lab
from nslabkit.course import claims
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.further import spoofing, three_hosts
from nslabkit.net.namespaces import HOST


def by_hand(mac: str = "02:00:00:00:00:02", state: str = "permanent") -> None:
    ip(f"-n victim neigh replace 172.16.0.2 lladdr {mac} dev eth0 nud {state}")


def spoofed() -> lab.Recording:
    """Record that the attacker claims the server's address towards the victim."""
    return spoofing._recorded(lambda: three_hosts.claim_address("server", "victim"))


def pinged() -> lab.Recording:
    victim = lab.namespaces.namespace("victim")
    return spoofing._recorded(lambda: victim.run("ping -c 1 -W 2 172.16.0.2", quiet=True))


def test_b31_fails_before_anybody_claims_and_with_a_static_entry() -> None:
    three_hosts.joined()
    fails(claims.B31.check())
    by_hand()
    three_hosts.claim_address("server", "victim")
    fails(claims.B31.check())


def test_b31_names_a_third_mac_address_and_says_nothing_without_an_entry() -> None:
    three_hosts.joined()
    by_hand("02:00:00:00:00:99", "reachable")
    assert "third one's" in claims.B31.check().sentence
    ip("-n victim neigh flush all")
    says_nothing(claims.B31.check())


def test_b31_fails_with_a_false_entry_that_was_set_by_hand() -> None:
    three_hosts.joined()
    by_hand("02:00:00:00:00:03")
    fails(claims.B31.check())


def test_b32_fails_where_the_bridge_floods() -> None:
    """Then the attacker hears all of it, and passes on nothing."""
    three_hosts.joined()
    for name in three_hosts.ADDRESSES:
        HOST.run(f"bridge link set dev port-{name} learning off", check=True, quiet=True)
        HOST.run(f"bridge fdb del {three_hosts.MACS[name]} dev port-{name} master", quiet=True)
    fails(claims.B32.check(recording=pinged()), "request did not pass")


def test_b32_fails_where_the_ping_goes_straight() -> None:
    three_hosts.joined()
    fails(claims.B32.check(recording=pinged()), "request did not pass")


def test_b32_fails_where_only_half_of_it_passes() -> None:
    three_hosts.joined()
    three_hosts.as_router()
    three_hosts.claim_address("server", "victim")
    assert "reply did not pass" in claims.B32.check(recording=pinged()).sentence


def test_b32_fails_where_the_stranger_passes_nothing_on() -> None:
    three_hosts.joined()
    three_hosts.claim_address("server", "victim")
    assert "not answered" in claims.B32.check(recording=pinged()).sentence


def test_b32_says_nothing_of_another_recording() -> None:
    three_hosts.joined()
    says_nothing(claims.B32.check(recording=spoofed()))


def test_b33_says_nothing_of_an_entry_that_was_learnt() -> None:
    three_hosts.joined()
    says_nothing(claims.B33.check(recording=spoofed()))


def test_b33_says_nothing_where_no_claim_has_arrived() -> None:
    three_hosts.joined()
    by_hand()
    says_nothing(claims.B33.check(recording=pinged()))


def test_b33_says_nothing_of_an_entry_that_was_set_after_the_claims() -> None:
    three_hosts.joined()
    recording = spoofed()
    by_hand()
    says_nothing(claims.B33.check(recording=recording))


def test_b33_fails_with_a_static_entry_that_is_false() -> None:
    three_hosts.joined()
    by_hand("02:00:00:00:00:03")
    fails(claims.B33.check(recording=spoofed()))


def test_b34_fails_without_the_rule() -> None:
    three_hosts.joined()
    fails(claims.B34.check(recording=spoofed()), "reached victim")


def test_b34_fails_where_the_rule_drops_all_arp() -> None:
    three_hosts.joined()
    for rule in spoofing._RULES:
        HOST.run(["nft", rule.replace("arp saddr ip != 172.16.0.3", "ether type arp")], check=True)
    fails(claims.B34.check(recording=spoofed()), "honest")


def test_b34_fails_where_the_rule_drops_honest_answers() -> None:
    three_hosts.joined()
    for rule in spoofing._RULES:
        told = rule.replace("arp saddr ip != 172.16.0.3", "arp operation reply")
        HOST.run(["nft", told], check=True)
    fails(claims.B34.check(recording=spoofed()), "honest")


def test_b34_says_nothing_where_nobody_claimed() -> None:
    three_hosts.joined()
    says_nothing(claims.B34.check(recording=pinged()))
