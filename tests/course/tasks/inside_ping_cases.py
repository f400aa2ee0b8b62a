"""What is tried for the tasks of “Inside ping”."""

from task_cases import Case

_WIRE = """
ip netns add netns1; ip netns add netns2
ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
ip -n netns1 link set veth1 up; ip -n netns2 link set veth1-peer up
ip -n netns1 link set lo up; ip -n netns2 link set lo up
"""
_RULES = """
ip netns exec {where} nft add table ip quiet
ip netns exec {where} nft add chain ip quiet {chain} "{{ type filter hook {chain} priority 0; }}"
ip netns exec {where} nft add rule ip quiet {chain} {rule}
"""


def _rule(where: str, chain: str, rule: str) -> str:
    return _RULES.format(where=where, chain=chain, rule=rule)


def _setting(where: str, setting: str) -> str:
    return f"ip netns exec {where} sysctl -qw net.ipv4.{setting}\n"


_BY_FILE = """
g=$(id -g)
ip netns exec netns1 sh -c "echo $g $g >/proc/sys/net/ipv4/ping_group_range"
"""

CASES = (
    Case(
        "ping.1",
        before=_WIRE,
        right=(
            _setting("netns1", "ip_default_ttl=7"),
            "ip -n netns1 route change 172.16.0.0/24 dev veth1 src 172.16.0.1 hoplimit 7",
            _rule("netns1", "output", "ip ttl set 7"),
        ),
        wrong=(
            _setting("netns2", "ip_default_ttl=7"),
            "ip netns exec netns1 ping -c 1 -t 7 172.16.0.2",
            _setting("netns1", "ip_default_ttl=8"),
            _setting("netns1", "ip_default_ttl=7") + "ip -n netns2 link set veth1-peer down",
            _rule("netns2", "prerouting", "ip ttl set 7"),
        ),
    ),
    Case(
        "ping.2",
        before=_WIRE,
        right=(
            _setting("netns2", "icmp_echo_ignore_all=1"),
            _rule("netns2", "input", "icmp type echo-request drop"),
            _rule("netns2", "output", "icmp type echo-reply drop"),
        ),
        wrong=(
            "ip -n netns2 link set veth1-peer down",
            "ip -n netns2 addr flush dev veth1-peer",
            "ip -n netns2 link set veth1-peer arp off",
            _rule("netns2", "input", "ip saddr 172.16.0.1 drop"),
            _setting("netns2", "icmp_echo_ignore_broadcasts=1"),
            _setting("netns1", "icmp_echo_ignore_all=1"),
            _rule("netns1", "output", "icmp type echo-request drop"),
            _rule("netns1", "input", "icmp type echo-reply drop"),
            _rule("netns2", "input", "icmp type echo-request numgen inc mod 2 == 0 drop"),
        ),
    ),
    Case(
        "ping.3",
        before=_WIRE,
        right=(
            _setting("netns1", 'ping_group_range="$(id -g) $(id -g)"'),
            _BY_FILE,
        ),
        wrong=(
            _setting("netns2", 'ping_group_range="$(id -g) $(id -g)"'),
            'sysctl -qw net.ipv4.ping_group_range="$(id -g) $(id -g)"',
            _setting("netns1", 'ping_group_range="$(id -g) $(id -g)"')
            + _setting("netns2", 'ping_group_range="$(id -g) $(id -g)"'),
            _setting("netns1", 'ping_group_range="1 0"'),
        ),
    ),
)
