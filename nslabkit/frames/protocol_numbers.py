"""Protocol numbers: EtherTypes, IP protocols, ICMP types, ports and TCP's flags, with their names.

Sources: IANA's registries; RFC 826 (ARP), 792 (ICMP), 4443 and 4861 (ICMPv6), 9293 (TCP), 7348
(VXLAN); IEEE 802.1Q (VLAN tags).
"""

from __future__ import annotations

# EtherTypes; below the smallest the two bytes are the content's length (IEEE 802.3).
IPV4, ARP, IPV6 = 0x0800, 0x0806, 0x86DD
TAGS = (0x8100, 0x88A8)
SMALLEST_TYPE = 0x0600
ETHERTYPES = {IPV4: "IPv4", ARP: "ARP", IPV6: "IPv6", 0x88CC: "LLDP"} | dict.fromkeys(TAGS, "VLAN")

# What IP carries; IPv6 may put extension headers before it.
ICMP, TCP, UDP, ICMPV6, FRAGMENT = 1, 6, 17, 58, 44
IP_PROTOCOLS = {ICMP: "ICMP", 2: "IGMP", TCP: "TCP", UDP: "UDP", ICMPV6: "ICMPv6"}
EXTENSIONS = {0: "hop-by-hop options", 43: "routing", 60: "destination options"}

ECHO_REPLY, ECHO_REQUEST = 0, 8
ICMP_TYPES = {
    ECHO_REPLY: "echo reply",
    3: "destination unreachable",
    5: "redirect",
    ECHO_REQUEST: "echo request",
    11: "time exceeded",
}
ICMPV6_TYPES = {
    1: "destination unreachable",
    2: "packet too big",
    3: "time exceeded",
    128: "echo request",
    129: "echo reply",
    133: "router solicitation",
    134: "router advertisement",
    135: "neighbour solicitation",
    136: "neighbour advertisement",
    143: "multicast listener report",
}
# Messages that bring the packet which they are about; 12 and 4: "parameter problem".
QUOTING, QUOTING_V6 = {3, 5, 11, 12}, {1, 2, 3, 4}

PORTS = {53: "DNS", 5353: "mDNS", 67: "DHCP", 68: "DHCP", 546: "DHCPv6", 547: "DHCPv6"}
# Where VXLAN is sent to: IANA's port, and the one that Linux takes where none is named.
VXLAN_PORTS = (4789, 8472)
TCP_FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")  # from the lowest bit


def tcp_flags(number: int) -> str:
    """Return the names of TCP's flags: ``"SYN,ACK"``."""
    return ",".join(name for bit, name in enumerate(TCP_FLAGS) if number >> bit & 1)
