"""What is tried for the tasks of lesson 14."""

import sys

from task_cases import Case

_ASKED = """
for n in netns1 netns2; do
  checked="ip -n $n -6 addr show -tentative"
  timeout 20 sh -c "until $checked | grep -q 'scope link'; do sleep 0.05; done"
done
"""
_NETWORK = f"""
ip netns add netns1; ip netns add netns2
ip -n netns1 link add veth1 address 02:00:00:00:00:01 \
    type veth peer name veth1-peer address 02:00:00:00:00:02 netns netns2
ip -n netns1 link set veth1 up; ip -n netns2 link set veth1-peer up
ip -n netns1 addr add 172.16.0.1/24 dev veth1
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
ip -n netns2 addr add fd00:1::1/64 dev veth1-peer nodad
ip netns exec netns2 sysctl -qw net.ipv6.conf.all.forwarding=1
{_ASKED}
"""
# A router's advertisement, sent from netns2; ready when netns1 has taken it in.
_ADVERTISE = """
ip netns exec netns2 {python} -c "
from scapy.all import Ether, IPv6, ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, sendp
frame = Ether(dst='33:33:00:00:00:01') / IPv6(src='fe80::ff:fe00:2', dst='ff02::1', hlim={limit})
frame /= ICMPv6ND_RA(routerlifetime={lifetime}, prf=0)
frame /= ICMPv6NDOptPrefixInfo(prefix='{prefix}', prefixlen=64,
    validlifetime={valid}, preferredlifetime={valid})
sendp(frame, iface='veth1-peer', verbose=False)"
"""
_MADE = """
checked="ip -n netns1 -6 addr show -tentative"
timeout 20 sh -c "until $checked | grep -q {prefix}; do sleep 0.05; done"
"""


def _advertise(prefix: str, lifetime: int, valid: int, limit: int = 255) -> str:
    sent = _ADVERTISE.format(
        python=sys.executable, prefix=prefix, lifetime=lifetime, valid=valid, limit=limit
    )
    return sent + (_MADE.format(prefix=prefix) if limit == 255 else "")


# Laptops add an address that nobody can follow.
_DAY_BY_DAY = "ip netns exec netns1 sysctl -qw net.ipv6.conf.veth1.use_tempaddr=2\n"
_DELETED = "ip -n netns1 addr del fd00:7::ff:fe00:1/64 dev veth1\n"
_ROUTED = _NETWORK + _advertise("fd00:1::", 1800, 7200)
_FIREWALL = """
nft="ip netns exec netns2 nft"
$nft add table inet guard
$nft add chain inet guard in '{ type filter hook input priority filter; }'
$nft add rule inet guard in meta l4proto '{ icmp, ipv6-icmp }' drop
"""
_NFT = "ip netns exec netns2 nft"
_DISCOVERED = (
    f"{_NFT} insert rule inet guard in icmpv6 type"
    " '{ nd-neighbor-solicit, nd-neighbor-advert }' accept"
)
_ONLY_LINK_LOCAL = f"""
{_NFT} flush chain inet guard in
{_NFT} add rule inet guard in icmp type echo-request drop
{_NFT} add rule inet guard in ip6 daddr fe80::/10 icmpv6 type echo-request"""
_BY_NEIGHBOUR = """
ip -n netns1 neigh replace fe80::ff:fe00:2 lladdr 02:00:00:00:00:02 dev veth1 nud permanent
"""


def _link_local(before: str, after: str) -> str:
    """Give veth1 the wanted MAC address, between two commands."""
    return f"""
ip -n netns1 {before}
ip -n netns1 link set veth1 address 52:54:00:12:34:56
ip -n netns1 {after}
{_ASKED}
"""


_TAKEN = """
ip -n netns2 addr add fe80::5054:ff:fe12:3456/64 dev veth1-peer nodad
ip -n netns1 link set veth1 down
ip -n netns1 link set veth1 address 52:54:00:12:34:56
ip -n netns1 link set veth1 up
refused="ip -n netns1 -6 addr show dadfailed"
timeout 20 sh -c "until $refused | grep -q fe80; do sleep 0.1; done"
"""
# The far end is new, too, and checks its address when it is pinged from there.
_NEW_WIRE = """
ip -n netns1 link del veth1
ip -n netns1 link add veth1 address 52:54:00:12:34:56 \
    type veth peer name veth1-peer netns netns2
ip -n netns1 link set veth1 up; ip -n netns2 link set veth1-peer up
"""
_BY_HAND = "ip -n netns1 addr add fe80::5054:ff:fe12:3456/64 dev veth1 nodad"
_ANOTHER_WIRE = f"""
ip -n netns1 link add veth2 address 52:54:00:12:34:56 type veth peer name veth2-peer netns netns2
ip -n netns1 link set veth2 up; ip -n netns2 link set veth2-peer up
checked="ip -n netns1 -6 addr show -tentative"
timeout 20 sh -c "until $checked | grep -q fe80::5054:ff:fe12:3456; do sleep 0.1; done"
{_ASKED}
"""

CASES = (
    Case(
        "14.1",
        before=_ROUTED,
        right=(
            _advertise("fd00:7::", 0, 3600),
            _DAY_BY_DAY + _advertise("fd00:7::", 0, 3600),
            _advertise("fd00:7::", 1800, 600) + _advertise("fd00:1::", 0, 7200),
            _advertise("fd00:7::", 0, 7200) + _DELETED + _advertise("fd00:7::", 0, 3600),
            _advertise("fd00:7::", 1800, 3600) + "ip -n netns1 -6 route del default",
        ),
        wrong=(
            _advertise("fd00:7::", 1800, 3600),
            _advertise("fd00:7::", 0, 7200) + _advertise("fd00:7::", 0, 3600),  # is not shortened
            _advertise("fd00:1::", 0, 3600),
            _advertise("fd00:7::", 0, 3600, limit=254),
            "ip -n netns1 addr add fd00:7::1/64 dev veth1\nip -n netns1 -6 route del default",
            (
                "ip -n netns1 addr add fd00:7::ff:fe00:1/64 dev veth1 mngtmpaddr"
                " valid_lft 3600 preferred_lft 3600\nip -n netns1 -6 route del default"
            ),
        ),
    ),
    Case(
        "14.2",
        before=_ROUTED,
        right=(
            _link_local("link set veth1 down", "link set veth1 up"),
            _ANOTHER_WIRE,
            _NEW_WIRE,
        ),
        wrong=(
            _link_local("link show", "link show"),
            _BY_HAND,
            (
                "ip -n netns1 link set veth1 down\n"
                "ip -n netns1 link set veth1 address 52:54:00:12:34:56"
            ),
            _BY_HAND.replace("netns1", "netns2").replace("veth1 ", "veth1-peer "),
            _link_local("link set veth1 down", "link set veth1 up")
            + "ip -n netns2 link set veth1-peer down",
            _TAKEN,
        ),
    ),
    Case(
        "14.3",
        before=_ROUTED + _FIREWALL,
        right=(
            _DISCOVERED,
            (
                f"{_NFT} flush chain inet guard in\n"
                f"{_NFT} add rule inet guard in icmp type echo-request drop\n"
                f"{_NFT} add rule inet guard in icmpv6 type echo-request drop"
            ),
        ),
        wrong=(
            f"{_NFT} flush ruleset",
            # It hears the question, and learns from it; its own question is answered in vain.
            f"{_NFT} insert rule inet guard in icmpv6 type nd-neighbor-solicit accept",
            f"{_ONLY_LINK_LOCAL} drop",
            f"{_DISCOVERED}\n{_NFT} insert rule inet guard in tcp dport != 80 drop",
            f"{_NFT} insert rule inet guard in meta l4proto ipv6-icmp accept",
            f"{_NFT} add rule inet guard in icmpv6 type nd-neighbor-solicit accept",
            f"{_NFT} insert rule inet guard in icmpv6 type echo-request accept",
            _BY_NEIGHBOUR,
            _BY_NEIGHBOUR.replace("permanent", "noarp"),
            f"{_DISCOVERED}\n{_NFT} insert rule inet guard in tcp dport 80 drop",
        ),
    ),
)
