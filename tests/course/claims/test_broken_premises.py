"""Claims over a network that lacks one thing they rest on: is it noticed, and named?"""

from __future__ import annotations

import re

import judged
import pytest
from kernel_shell import sh

from nslabkit.course import claims
from nslabkit.course.claims import chapter
from nslabkit.course.claims.further import two_hosts

NETWORKS = {
    "nothing": lambda: None,
    "wired": chapter.wired,
    "addressed": chapter.addressed,
    "bridged": two_hosts.bridged,
}
# What several cases say: a rule about pings in a namespace; a setting of its own.
WORDS = """
guard() {
  ip netns exec $1 nft "add table inet guard; add chain inet guard input $3;
    add rule inet guard input icmp type echo-request $2"
}
hook='{ type filter hook input priority 0; }'
ports() { ip netns exec $1 sysctl -qw net.ipv4.ip_local_port_range='40000 40009'; }
"""
# Claim, network, what its check does, where; after a colon words of its sentence; then what breaks
# the network.
CASES = """
C05 addressed fails without a rule: netns2 has no rule
C05 addressed fails where the rule lets pings in: netns2 has no rule
    guard netns2 accept "$hook"
C05 addressed fails where the rule is in both: in netns1, too
    guard netns1 drop "$hook"; guard netns2 drop "$hook"
C05 addressed fails over a wire that is down: the rule is not to blame
    guard netns2 drop "$hook"; ip -n netns1 link set veth1 down
C05 addressed fails where the ping never meets the rule: despite the rule
    guard netns2 drop
C07 addressed says_nothing without a route: 203.0.113.7
C08 addressed fails before anybody asked: has not learnt
C08 addressed fails where nobody answered: has not learnt
    ip -n netns2 addr flush dev veth1-peer
    ip netns exec netns1 ping -c1 -W0.2 172.16.0.2 || true
C08 addressed fails where the entry was set by hand: has not learnt
    ip -n netns1 neigh add 172.16.0.2 lladdr 02:00:00:00:00:02 dev veth1 nud permanent
C09 addressed fails with the same setting everywhere: is the same in netns1 and on the host
C09 addressed fails with a setting changed in both: has changed in netns2, too
    ports netns1; ports netns2
C11 nothing says_nothing on an untouched machine
C11 nothing says_nothing before a server runs: start
    ip netns add netns1; ip netns add netns2
C15 nothing fails once lo is up: lo is up
    ip netns add netns1; ip -n netns1 link set lo up
C15 nothing fails with another interface: more than lo: meeting
    ip netns add netns1; ip -n netns1 link add meeting type bridge
C16 addressed fails where a wire joins them
C16 addressed fails without a carrier: carrier
    ip -n netns2 link set veth1-peer down
C16 addressed fails about an address that nobody has: does not exist
    ip -n netns2 addr flush dev veth1-peer
C16 addressed fails where a firewall keeps quiet about the wire: veth1 leads out
    guard netns2 drop "$hook"
C16 nothing fails where a port of its bridge leads out: meeting leads out
    ip link add outside up type bridge
    for n in 1 2; do
      ip netns add netns$n; ip -n netns$n link add meeting up type bridge
      ip link add port$n up master outside type veth peer name eth0 netns netns$n
      ip -n netns$n link set eth0 up master meeting
      ip -n netns$n addr add 172.16.0.$n/24 dev meeting
    done
    guard netns2 drop "$hook"
C17 addressed says_nothing about a wire that leads to the host: does not join
    ip -n netns2 link set veth1-peer netns 1
    ip addr add 172.16.0.2/24 dev veth1-peer; ip link set veth1-peer up
C17 wired says_nothing about a pair that joins nothing
C19 nothing says_nothing of links that are no pair: not part of a veth pair
    ip netns add netns1; ip -n netns1 link add veth1 type bridge
    ip netns add netns2; ip -n netns2 link add veth1-peer type bridge
C19 wired fails once an end is up
    ip -n netns1 link set veth1 up
C21 nothing fails for a pair in one namespace
    ip netns add netns1; ip -n netns1 link add veth1 type veth peer name veth1-peer
C22 addressed fails without an answer
    ip -n netns2 link set veth1-peer down
C22 addressed fails with another ttl
    ip netns exec netns2 sysctl -w net.ipv4.ip_default_ttl=42
C22 addressed fails where netns1 answers itself: has 172.16.0.2 itself
    ip -n netns1 addr add 172.16.0.2/24 dev veth1; ip -n netns1 link set lo up
C25 addressed fails where another route is better
    ip -n netns1 link add other up type veth peer name other-peer
    ip -n netns1 link set other-peer up; ip -n netns1 route add 172.16.0.2/32 dev other
C25 addressed fails with another source: 172.16.0.7
    ip -n netns1 addr add 172.16.0.7/24 dev veth1
    ip -n netns1 route replace 172.16.0.0/24 dev veth1 src 172.16.0.7
C29 wired says_nothing while an address is missing
C29 addressed fails with an address on the host alone: no wire
    ip link add alone up type bridge; ip addr add 172.16.0.254/24 dev alone
C29 addressed fails where the host answers itself: no wire
    ip link set lo up; ip addr add 172.16.0.1/32 dev lo; ip addr add 172.16.0.2/32 dev lo
C31 wired says_nothing before the deletion
C32 addressed fails once lo is up
    ip -n netns1 link set lo up
B01 addressed says_nothing while nothing gets through
    ip -n netns2 link set veth1-peer down
B02 addressed says_nothing of ends alike
B02 addressed says_nothing of a dead end
    ip -n netns2 link set veth1-peer mtu 1000 down
B02 addressed fails where both ends know the smaller MTU: answered
    ip -n netns2 link set veth1-peer mtu 1000
    ip -n netns1 route change 172.16.0.0/24 dev veth1 mtu 1000
    ip -n netns2 route change 172.16.0.0/24 dev veth1-peer mtu 1000
B26 bridged fails on one host: same host
    ip -n c2 link del eth0
    ip -n host1 link add second type veth peer name eth0 netns c2
    ip -n host1 link set second master br0 up
    ip -n c2 addr add 10.42.0.2/24 dev eth0; ip -n c2 link set eth0 up
B26 bridged fails where a router answers for the other
    ip -n c1 neigh replace 10.42.0.2 lladdr 02:00:00:00:00:77 dev eth0 nud permanent
B29 bridged fails where the containers know
    ip -n c1 link set eth0 mtu 1450; ip -n c2 link set eth0 mtu 1450
B29 bridged fails where the way is wide enough
    for link in lan lan1 lan2; do ip link set $link mtu 1600; done
    for host in host1 host2; do ip -n $host link set eth0 mtu 1600; done
    for host in host1 host2; do ip -n $host link set vx mtu 1500; done
B29 bridged fails where its own route, and so its kernel, tells of the tunnel: mtu=1450
    ip -n c1 route change 10.42.0.0/24 dev eth0 src 10.42.0.1 mtu 1450
B29 bridged says_nothing of a tunnel that is down
    ip -n host1 link set vx down
"""
_CASE = re.compile(r"^(\w+) (\w+) (\w+) ([^:\n]+)(?:: (.*))?\n((?:    .*\n)*)", re.MULTILINE)


@pytest.mark.parametrize(
    ("claim", "network", "outcome", "words", "breaking"),
    [pytest.param(*c[:3], c[4], c[5], id=f"{c[0]} {c[3]}") for c in _CASE.findall(CASES)],
)
def test_it_is_noticed(claim: str, network: str, outcome: str, words: str, breaking: str) -> None:
    NETWORKS[network]()
    sh(f"set -e\n{WORDS}{breaking}")
    getattr(judged, outcome)(getattr(claims, claim).check(), words)
