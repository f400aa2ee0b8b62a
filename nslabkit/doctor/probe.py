"""The probe: what works inside a sandbox?

`kernel` runs this file as a script in one throwaway sandbox.  It tries each thing as the lessons
do, mostly with the chapter's commands, and prints a JSON line for each: name, whether it works,
what was seen.  Standard library only, so that it runs whatever the environment lacks; nothing is
undone, as everything ends with the sandbox.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import socket
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 2.0  # for a packet
_PATIENCE = 20.0  # for a command that does not end; an emulated machine needs more than 2
_NAT = """table ip nslab_nat {
  chain out { type nat hook postrouting priority 100; masquerade; }
}"""
_CONNTRACK = """table ip nslab_conntrack {
  chain in { type filter hook input priority 0; ct state established counter accept; }
}"""
_DNAT = """table ip nslab_dnat {
  chain in { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.0.0.2:80; }
}"""
_CHANCE = """table ip nslab_chance {
  chain in { type filter hook forward priority 0; numgen random mod 100 < 10 drop; }
}"""
_ARP = """table netdev nslab_arp {
  chain in { type filter hook ingress device "nslab-a" priority 0; arp saddr ip 10.9.9.9 drop; }
}
table bridge nslab_arp {
  chain in { type filter hook prerouting priority 0; arp saddr ip 10.9.9.9 drop; }
}"""
# CLONE_NEW… of namespaces(7): the eight kinds.
_KINDS = {
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "network": 0x40000000,
    "time": 0x00000080,
}


class Refused(Exception):  # noqa: N818 - named after what the kernel did
    """Something did not work; the text is what a program or the kernel said."""


def _run(command: str, feed: str | None = None) -> str:
    done = subprocess.run(
        command.split(), input=feed, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise Refused(f"{command}: {said or f'exit status {done.returncode}'}")
    return done.stdout


def namespace() -> str:
    """Name two namespaces, as ``ip netns add`` does."""
    for name in ("nslab1", "nslab2"):
        _run(f"ip netns add {name}")
    return f"/run/netns/nslab1: net:[{_inode('nslab1')}]"


def _inode(name: str) -> int:
    return os.stat(f"/run/netns/{name}").st_ino  # noqa: PTH116 - one call, no pathlib


def execute() -> str:
    """Enter one; it must be the very namespace that was named."""
    said = _run("ip netns exec nslab1 readlink /proc/self/ns/net").strip()
    if said != f"net:[{_inode('nslab1')}]":
        raise Refused(said)
    return said


def veth() -> str:
    """Make a pair and move its ends, in the chapter's order."""
    _run("ip link add nslab-a type veth peer name nslab-b")
    _run("ip link set nslab-a netns nslab1")
    _run("ip link set nslab-b netns nslab2")
    return "nslab-a ↔ nslab-b"


def ping() -> str:
    """Ping through the pair."""
    for name, link, number in (("nslab1", "nslab-a", 1), ("nslab2", "nslab-b", 2)):
        _run(f"ip -n {name} addr add 172.16.0.{number}/24 dev {link}")
        _run(f"ip -n {name} link set {link} up")
    said = _run("ip netns exec nslab1 ping -c 1 -W 3 172.16.0.2")
    found = re.search(r"time[=<]\S+ ms", said)
    return found.group() if found else said


def forwarding() -> str:
    """Let a namespace forward, as a router does."""
    _run("ip netns exec nslab2 sysctl -qw net.ipv4.ip_forward=1")
    return _run("ip netns exec nslab2 sysctl net.ipv4.ip_forward").strip()


def bridge() -> str:
    """Make a bridge."""
    _run("ip link add nslab-br type bridge")
    return "nslab-br"


def nftables() -> str:
    """Make a table in a namespace of its own."""
    _run("ip netns exec nslab1 nft add table ip nslab")
    return _run("ip netns exec nslab1 nft list tables").strip()


def nat() -> str:
    """Load a rule that masquerades."""
    _run("ip netns exec nslab2 nft -f -", _NAT)
    return "masquerade"


def conntrack() -> str:
    """Match a connection's state and read the table of connections."""
    _run("ip netns exec nslab2 nft -f -", _CONNTRACK)
    try:
        with open("/proc/net/nf_conntrack", encoding="ascii") as table:  # noqa: PTH123 - no pathlib
            table.read(1)
    except OSError as error:
        # The map "self" cannot read it; the lesson on NAT shows counters instead.
        return f"ct state; /proc/net/nf_conntrack: {os.strerror(error.errno or 0)}"
    return "ct state; /proc/net/nf_conntrack"


def raw_socket() -> str:
    """Send an own ICMP echo request to 127.0.0.1 and see the kernel's answer."""
    body = struct.pack("!BBHHH", 8, 0, 0, 0x6E73, 1)
    total = sum(struct.unpack("!4H", body))
    checksum = ~(total + (total >> 16)) & 0xFFFF
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as own:
        own.settimeout(_SECONDS)
        own.sendto(body[:2] + struct.pack("!H", checksum) + body[4:], ("127.0.0.1", 0))
        while True:
            packet = own.recv(1500)
            if packet[20] == 0:  # type of ICMP behind 20 bytes of IP: the echo reply
                return f"echo reply, {len(packet)} bytes"


def packet_socket() -> str:
    """Capture a frame that is sent over lo."""
    everything = socket.htons(3)  # ETH_P_ALL, if_ether.h
    with (
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, everything) as capture,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        capture.settimeout(_SECONDS)
        capture.bind(("lo", 0))
        sender.sendto(b"nslabkit", ("127.0.0.1", 9))
        while True:
            frame = capture.recv(1500)
            if b"nslabkit" in frame:
                return f"AF_PACKET, {len(frame)} bytes"


def macvlan() -> str:
    """Make a macvlan on one end of a pair."""
    _run("ip link add nslab-c type veth peer name nslab-d")
    _run("ip link add link nslab-c name nslab-mac type macvlan mode bridge")
    return "nslab-mac"


def dnat() -> str:
    """Load a rule that leads a port elsewhere."""
    _run("ip netns exec nslab2 nft -f -", _DNAT)
    return "dnat"


def chance() -> str:
    """Load a rule that drops one packet in ten, by chance."""
    _run("ip netns exec nslab2 nft -f -", _CHANCE)
    return "numgen random"


def tbf() -> str:
    """Let a link send no faster than at some rate."""
    _run("tc -n nslab1 qdisc add dev nslab-a root tbf rate 100mbit burst 20kb latency 50ms")
    _run("tc -n nslab1 qdisc del dev nslab-a root")
    return "tbf"


def htb() -> str:
    """Share a link's rate out by classes."""
    _run("tc -n nslab1 qdisc add dev nslab-a root handle 1: htb default 10")
    _run("tc -n nslab1 class add dev nslab-a parent 1: classid 1:10 htb rate 100mbit")
    _run("tc -n nslab1 qdisc del dev nslab-a root")
    return "htb"


def ipv6() -> str:
    """Ping through the pair once more, by addresses of IPv6."""
    for name, link, number in (("nslab1", "nslab-a", 1), ("nslab2", "nslab-b", 2)):
        _run(f"ip -n {name} addr add fd00::{number}/64 dev {link} nodad")
    said = _run("ip netns exec nslab1 ping -c 1 -W 3 fd00::2")
    found = re.search(r"time[=<]\S+ ms", said)
    return found.group() if found else said


def vxlan() -> str:
    """Make one end of a tunnel."""
    _run("ip link add nslab-vx type vxlan id 42 local 127.0.0.1 dstport 4789")
    _run("bridge fdb append 00:00:00:00:00:00 dev nslab-vx dst 127.0.0.2")
    return "nslab-vx"


def nft_families() -> str:
    """Load rules that see ARP frames: at a link, and in a bridge."""
    _run("ip netns exec nslab1 nft -f -", _ARP)
    return "netdev, bridge"


def eight_kinds() -> str:
    """Make one namespace of each kind, each in a process of its own."""
    missing = [name for name, flag in _KINDS.items() if not _can_unshare(flag)]
    if missing:
        raise Refused(f"unshare: {', '.join(missing)}")
    return ", ".join(_KINDS)


def _can_unshare(flag: int) -> bool:
    pid = os.fork()
    if pid == 0:
        os._exit(0 if ctypes.CDLL(None).unshare(flag) == 0 else 1)
    return os.waitpid(pid, 0)[1] == 0


# In this order; a name is that of `kernel.FEATURES`.
PROBES: dict[str, Callable[[], str]] = {
    "namespace": namespace,
    "netns-exec": execute,
    "veth": veth,
    "first-ping": ping,
    "bridge": bridge,
    "forwarding": forwarding,
    "nftables": nftables,
    "nat": nat,
    "conntrack": conntrack,
    "raw-socket": raw_socket,
    "packet-socket": packet_socket,
    "eight-kinds": eight_kinds,
    "macvlan": macvlan,
    "dnat": dnat,
    "chance": chance,
    "tbf": tbf,
    "htb": htb,
    "ipv6": ipv6,
    "vxlan": vxlan,
    "nft-families": nft_families,
}


def main() -> None:
    """Try everything; a failure of one is reported and does not keep the others from trying."""
    for name, probe in PROBES.items():
        try:
            line = {"name": name, "works": True, "seen": probe()}
        except (OSError, Refused, subprocess.TimeoutExpired) as error:
            line = {"name": name, "works": False, "seen": str(error)}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
