"""A frame of each kind that the kit tells apart, built by scapy: an author other than ours."""

from __future__ import annotations

from typing import Any


def built() -> dict[str, bytes]:
    """Return a frame of each kind, built by scapy: an author other than ours."""
    from scapy.layers import inet6
    from scapy.layers.dhcp import BOOTP, DHCP
    from scapy.layers.dns import DNS, DNSQR
    from scapy.layers.inet import ICMP, IP, TCP, UDP
    from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
    from scapy.layers.vxlan import VXLAN

    ether: Any = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    ip: Any = ether / IP(src="172.16.0.1", dst="172.16.0.2")
    six: Any = ether / inet6.IPv6(src="fd00::1", dst="fd00::2")
    one, two = "172.16.0.1", "172.16.0.2"
    quoted = IP(src=two, dst="10.0.0.9") / UDP(sport=1, dport=2) / b"12345678"
    quoted6 = inet6.IPv6(src="fd00::2", dst="fd00::9") / UDP(sport=1, dport=2)
    reached = inet6.ICMPv6DestUnreach
    all_of = {
        "ARP request": Ether(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff")
        / ARP(op=1, hwsrc="02:00:00:00:00:01", psrc=one, pdst=two),
        "ARP reply": ether / ARP(op=2, hwsrc="02:00:00:00:00:01", psrc=two, pdst=one),
        "ARP announcement": ether / ARP(op=1, psrc=one, pdst=one),
        "ARP probe": ether / ARP(op=1, psrc="0.0.0.0", pdst=one),  # noqa: S104 - ARP's word
        "ARP": ether / ARP(op=8, psrc=one, pdst=two),
        "IPv4": ether / IP(src=one, dst=two, proto=99) / b"x",
        "IPv4 fragment": ether / IP(src=one, dst=two, flags="MF") / UDP() / b"x",
        "IPv6": ether / inet6.IPv6(src="fd00::1", dst="fd00::2", nh=99) / b"x",
        "IPv6 fragment": six / inet6.IPv6ExtHdrFragment(offset=3, nh=17) / b"12345678",
        "ICMP": ip / ICMP(type=13),
        "ICMP echo reply": ip / ICMP(type=0, id=7, seq=9) / b"x",
        "ICMP destination unreachable": ip / ICMP(type=3, code=1) / quoted,
        "ICMP redirect": ip / ICMP(type=5, gw=one) / quoted,
        "ICMP echo request": ip / ICMP(type=8, id=7, seq=9) / b"x",
        "ICMP time exceeded": ip / ICMP(type=11) / quoted,
        "ICMPv6": six / inet6.ICMPv6MLQuery(),
        "ICMPv6 destination unreachable": six / reached(code=3) / quoted6,
        "ICMPv6 packet too big": six / inet6.ICMPv6PacketTooBig(mtu=1280) / quoted6,
        "ICMPv6 time exceeded": six / inet6.ICMPv6TimeExceeded() / quoted6,
        "ICMPv6 echo request": six / inet6.ICMPv6EchoRequest(id=7, seq=9),
        "ICMPv6 echo reply": six / inet6.ICMPv6EchoReply(id=7, seq=9),
        "ICMPv6 router solicitation": six
        / inet6.ICMPv6ND_RS()
        / inet6.ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01"),
        "ICMPv6 router advertisement": six
        / inet6.ICMPv6ND_RA(chlim=61, routerlifetime=1800, reachabletime=7, retranstimer=9)
        / inet6.ICMPv6NDOptMTU(mtu=1480)
        / inet6.ICMPv6NDOptPrefixInfo(
            prefix="fd00:1::", prefixlen=64, validlifetime=7200, preferredlifetime=3600
        ),
        "ICMPv6 neighbour solicitation": six
        / inet6.ICMPv6ND_NS(tgt="fd00::2")
        / inet6.ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01"),
        "ICMPv6 neighbour advertisement": six
        / inet6.ICMPv6ND_NA(tgt="fd00::1")
        / inet6.ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:01"),
        "ICMPv6 multicast listener report": six
        / inet6.IPv6ExtHdrHopByHop(options=[inet6.RouterAlert()])
        / inet6.ICMPv6MLReport2(records=[inet6.ICMPv6MLDMultAddrRec(dst="ff02::1:3")]),
        "TCP RST": ip / TCP(sport=1000, dport=80, flags="RA"),
        "TCP SYN": ip / TCP(sport=1000, dport=80, flags="S", options=[("MSS", 1460)]),
        "TCP SYN-ACK": ether / Dot1Q(vlan=12) / IP(src=one, dst=two) / TCP(flags="SA"),
        "TCP FIN": six / TCP(sport=1000, dport=80, flags="FA"),
        "TCP data": ip / TCP(sport=1000, dport=80, flags="PA") / b"GET / HTTP/1.0",
        "TCP ACK": ether / Dot1AD(vlan=3) / Dot1Q(vlan=4) / IP(src=one, dst=two) / TCP(flags="A"),
        "UDP": ip / UDP(sport=4000, dport=4001) / b"x",
        "DNS": ip / UDP(sport=4000, dport=53) / DNS(qd=DNSQR(qname="a.example")),
        "mDNS": six / UDP(sport=5353, dport=5353) / DNS(),
        "DHCP": ip / UDP(sport=68, dport=67) / BOOTP() / DHCP(options=["end"]),
        "DHCPv6": six / UDP(sport=546, dport=547) / b"\1\0\0\0",
        "VXLAN": ether
        / IP(src="192.168.0.1", dst="192.168.0.2")
        / UDP(sport=50000, dport=4789)
        / VXLAN(vni=42, flags="Instance")
        / Ether(src="02:00:00:00:00:03", dst="02:00:00:00:00:04")
        / IP(src=one, dst=two, ttl=9)
        / ICMP(type=8, id=7, seq=9)
        / b"x",
        "other frame": ether.__class__(type=0x88B5) / b"own",
    }
    frames = {kind: bytes(frame) for kind, frame in all_of.items()}
    frames["empty frame"] = b""
    frames["malformed frame"] = b"\2\0\0"
    return frames


FRAMES = built()
