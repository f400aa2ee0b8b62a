"""The claims about a published port and a name, with a premise broken."""

from __future__ import annotations

import pytest
from judged import fails, says_nothing

from nslabkit.course import claims
from nslabkit.course.claims.further import publishing
from nslabkit.course.claims.further.street import SHOP, VISITOR
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces

RULE = "ip daddr 203.0.113.1 tcp dport 8080 dnat to 172.16.0.2:80"


# Commands for nft: whatever the first rule has changed gets the gate's address as its source.
MASQUERADE = (
    "add chain ip publish leaving { type nat hook postrouting priority srcnat; }",
    "add rule ip publish leaving ct status dnat masquerade",
)


def test_b06_fails_where_the_source_is_translated_too() -> None:
    fails(claims.B06.check(**publishing._published(*MASQUERADE)), "172.16.0.254")


def test_b07_fails_where_the_hosts_own_packets_meet_a_rule() -> None:
    seen = publishing._published(
        "add chain ip publish own { type nat hook output priority -100; }",
        f"add rule ip publish own {RULE}",
    )
    verdict = claims.B07.check(**seen)
    assert verdict.outcome is Outcome.FAILS
    assert verdict.evidence[1].value == SHOP


def test_b08_fails_where_the_source_is_translated_too() -> None:
    verdict = claims.B08.check(**publishing._published(*MASQUERADE))
    assert verdict.outcome is Outcome.FAILS
    assert verdict.evidence[1].value == SHOP


def test_b07_and_b08_say_nothing_of_those_who_do_not_reach_the_shop() -> None:
    """Neither does the gate send to it, nor does the bridge pass on what the neighbour sends."""
    walls = [
        f"add table {family} wall; "
        f"add chain {family} wall c {{ type filter hook {hook} priority 0; }}; "
        f"add rule {family} wall c ip {match} ip daddr 172.16.0.2 drop"
        for family, hook, match in (
            ("ip", "output", "saddr 172.16.0.254"),
            ("bridge", "forward", "saddr 172.16.0.3"),
        )
    ]
    seen = publishing._published(*walls)
    for claim in claims.claims(["B07", "B08"]):
        verdict = claim.check(**seen)
        assert verdict.outcome is Outcome.UNKNOWN, verdict
        assert "does not reach" in verdict.sentence


def test_b06_says_nothing_of_a_port_that_is_not_published() -> None:
    seen = publishing._published("flush ruleset")
    for claim in claims.claims(["B06", "B07", "B08"]):
        assert claim.check(**seen).outcome is Outcome.UNKNOWN


def test_b09_fails_where_both_read_one_file() -> None:
    same = "nameserver 203.0.113.1"
    fails(claims.B09.check(by_exec=[same], by_nsenter=[same]))


def test_b09_says_nothing_without_a_file_of_its_own() -> None:
    namespaces.add(VISITOR)
    read = {}
    for key, command in (("by_exec", "ip netns exec visitor"), ("by_nsenter", "env")):
        said = namespaces.HOST.run(f"{command} true", check=True, quiet=True)
        read[key] = said.stdout
    says_nothing(claims.B09.check(**read))


@pytest.mark.parametrize("options", ["timeout:1 attempts:1", "timeout:1 attempts:1 use-vc"])
def test_b10_fails_where_the_resolver_is_asked_first(options: str) -> None:
    """By UDP, and by TCP."""
    written = f"echo options {options} >>/etc/netns/visitor/resolv.conf"
    seen = publishing._asked_with_hosts_file("dns files", written)
    verdict = claims.B10.check(**seen)
    assert verdict.outcome is Outcome.FAILS
    assert int(verdict.evidence[1].value) > 0
