"""The claims about host, bridge and world: each where it holds, and with its premise broken."""

from __future__ import annotations

import pytest
from judged import fails, says_nothing

from nslabkit.course import claims
from nslabkit.course.claims import chapter, outward
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import is_program, running
from nslabkit.course.verdict import Outcome
from nslabkit.net.namespaces import HOST


def wire(name: str, far: str, *commands: str) -> None:
    """Lay a wire from the host's `name` to a namespace's ``eth0``, then run the ip commands."""
    ip(f"link add {name} type veth peer name eth0 netns {far}")
    ip(f"link set {name} up")
    ip(f"-n {far} link set eth0 up")
    for command in commands:
        ip(command)


def test_c29_says_what_ping_said() -> None:
    chapter.addressed()
    verdict = claims.C29.check()
    assert verdict.outcome is Outcome.FAILS
    assert "Network is unreachable" in verdict.evidence[1].value


def test_c29_would_hold_if_the_host_reached_both() -> None:
    chapter.addressed()
    outward.to_the_host()
    ip("route add 172.16.0.0/24 via 10.0.0.2")
    ip("-n netns2 route add 10.0.0.0/24 via 172.16.0.1")
    forward = ["ip", "netns", "exec", "netns1", "sysctl", "-qw", "net.ipv4.ip_forward=1"]
    HOST.run(forward, check=True, quiet=True)
    verdict = claims.C29.check()
    assert verdict.outcome is Outcome.HOLDS
    assert not verdict


def test_c29_names_the_only_one_that_is_reached() -> None:
    chapter.addressed()
    outward.to_the_host()
    ip("route add 172.16.0.0/24 via 10.0.0.2")  # and no way back from netns2
    fails(claims.C29.check(), "172.16.0.1 only")


def test_c29_a_strangers_answer_by_the_default_route_does_not_count() -> None:
    chapter.addressed()
    ip("netns add office")
    wire(
        "uplink",
        "office",
        "addr add 192.0.2.2/24 dev uplink",
        "-n office addr add 192.0.2.1/24 dev eth0",
        "-n office link set lo up",
        "-n office addr add 172.16.0.1/32 dev lo",
        "-n office addr add 172.16.0.2/32 dev lo",
        "route add default via 192.0.2.1",
    )
    # Named namespaces are the learner's own: this one must be the world outside.
    with running(["ip", "netns", "exec", "office", "sleep", "60"], is_program("sleep")):
        ip("netns del office")
        HOST.run("ping -c 1 -W 3 172.16.0.1", check=True, quiet=True)
        fails(claims.C29.check())


def test_c29_a_dead_wire_of_its_own_shows_nothing() -> None:
    chapter.addressed()
    pings = outward.to_the_host()
    assert claims.C29.check(own_wire=pings)
    ip("-n netns1 link set to-host down")
    dead = HOST.run(["ping", "-c", "1", "-W", "1", "10.0.0.2"], quiet=True)
    says_nothing(claims.C29.check(own_wire=(dead, pings[1])))


@pytest.mark.parametrize(
    "breaking",
    ["-n netns2 link set veth1-peer down", "-n netns1 addr del 172.16.0.1/24 dev veth1"],
)
def test_c30_fails_without_an_answer(breaking: str) -> None:
    chapter.addressed()
    assert claims.C30.check()
    ip(breaking)
    fails(claims.C30.check())


def test_c30_is_not_point_to_point_through_a_bridge() -> None:
    ip("link add br0 type bridge")
    ip("link set br0 up")
    for number in (1, 2):
        ip(f"netns add netns{number}")
        wire(
            f"port{number}",
            f"netns{number}",
            f"link set port{number} master br0",
            f"-n netns{number} addr add 172.16.0.{number}/24 dev eth0",
        )
    fails(claims.C30.check(), "eth0")


def test_c30_fails_where_the_world_beyond_does_not_answer() -> None:
    chapter.addressed()
    pings = outward.to_everybody()
    assert claims.C30.check(beyond=pings)
    ip("-n switch link set wan down")
    dead = HOST.run("ip netns exec guest1 ping -c 1 -W 1 203.0.113.9", quiet=True)
    fails(claims.C30.check(beyond=(*pings[:2], dead)))
