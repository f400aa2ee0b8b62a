"""What are the chapter's commands, in its order, and what does each print?"""

from __future__ import annotations

CHAPTER = (
    ("ip netns add netns1", r"^$"),
    ("ip netns exec netns1 ip link list", r"1: lo: <LOOPBACK> mtu 65536 qdisc noop state DOWN"),
    ("ip netns add netns1", r"File exists"),
    ("ip netns add netns2", r"^$"),
    ("ls /var/run/netns", r"netns1\s+netns2"),
    ("ip link add veth1 type veth peer name veth1-peer", r"^$"),
    ("ip link set veth1 netns netns1", r"^$"),
    ("ip link set veth1-peer netns netns2", r"^$"),
    ("ip netns exec netns1 ip addr add 172.16.0.1/24 dev veth1", r"^$"),
    ("ip netns exec netns1 ip link set dev veth1 up", r"^$"),
    ("ip netns exec netns2 ip addr add 172.16.0.2/24 dev veth1-peer", r"^$"),
    ("ip netns exec netns2 ip link set dev veth1-peer up", r"^$"),
    (
        "ip netns exec netns1 ip addr",
        (
            r"veth1@if\d+: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP"
            r"[^$]*inet 172\.16\.0\.1/24 scope global veth1"
        ),
    ),
)
PING = "ip netns exec netns1 ping 172.16.0.2"
ANSWERED = r"64 bytes from 172\.16\.0\.2: icmp_seq=2 ttl=64 time="
