"""The wire of lesson 14 for its claims: nothing but MAC addresses, and a router's frame."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nslabkit.course.claims.chapter import ENDS, ip, sysctl
from nslabkit.course.claims.companions import eventually
from nslabkit.net import addresses, namespaces

if TYPE_CHECKING:
    from nslabkit.capture import Packet, Recording
    from nslabkit.net.addresses import Address

LESSON = "14_without_arp"
MACS = {"netns1": "02:00:00:00:00:01", "netns2": "02:00:00:00:00:02"}
_PATIENCE = 20.0  # seconds for an address to be checked, on a slow machine too

# Sends one router advertisement: hop limit, router lifetime, prefix, valid lifetime.
_ADVERTISER = """
import sys
from scapy.all import Ether, ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, IPv6, sendp
limit, lifetime, prefix, valid = sys.argv[1:]
frame = Ether(dst="33:33:00:00:00:01")
frame /= IPv6(src="fe80::ff:fe00:2", dst="ff02::1", hlim=int(limit))
frame /= ICMPv6ND_RA(routerlifetime=int(lifetime), prf=0)
frame /= ICMPv6NDOptPrefixInfo(
    prefix=prefix, prefixlen=64, validlifetime=int(valid), preferredlifetime=int(valid)
)
sendp(frame, iface="veth1-peer", verbose=False)
"""


def wired() -> None:
    """Create the wire between netns1 and netns2, and set both ends up: no address is given."""
    for name in ENDS:
        ip(f"netns add {name}")
    near, far = ENDS.values()
    ip(
        f"-n netns1 link add {near} address {MACS['netns1']} "
        f"type veth peer name {far} address {MACS['netns2']} netns netns2"
    )
    for name, end in ENDS.items():
        ip(f"-n {name} link set {end} up")
    for name in ENDS:
        settled(name, "fe80::")


def settled(name: str, beginning: str) -> bool:
    """Wait until an address that begins so is no longer tentative; return whether it is there."""

    def there() -> bool:
        return any(
            one.address.startswith(beginning) and not one.json.get("tentative")
            for one in addresses.addresses(name, ENDS[name])
        )

    return eventually(there, _PATIENCE)


def as_router() -> None:
    """Let netns2 pass packets on, as a router does."""
    sysctl(namespaces.namespace("netns2"), "net.ipv6.conf.all.forwarding=1")


def advertise(
    prefix: str, *, hop_limit: int = 255, lifetime: int = 1800, valid: int = 7200
) -> None:
    """Send a router advertisement from netns2 to all on the wire; lifetimes in seconds.

    Raises
    ------
    CommandError
        It could not be sent.
    """
    words = [str(hop_limit), str(lifetime), prefix, str(valid)]
    sender = [sys.executable, "-c", _ADVERTISER, *words]
    namespaces.namespace("netns2").run(sender, check=True, quiet=True)


def is_learnt(one: Address, name: str) -> bool:
    """Return whether an address of a namespace was made after an advertisement.

    From Linux 5.18 on the kernel says so.  Before, such an address expires and others follow; those
    that follow, day by day (RFC 8981), nobody can give by hand.
    """
    said = one.json
    if not said.get("temporary") and any(other.protocol for other in addresses.addresses(name)):
        return one.protocol == "kernel_ra"
    return bool(said.get("dynamic") and (said.get("mngtmpaddr") or said.get("temporary")))


def host_part(mac: str) -> str:
    """Return the second half of the address that the kernel makes from a MAC address.

    RFC 4291, appendix A: ``ff:fe`` in the middle, and one bit flipped.
    """
    octets = bytearray.fromhex(mac.replace(":", ""))
    octets[0] ^= 0x02
    whole = bytes(octets[:3]) + b"\xff\xfe" + bytes(octets[3:])
    return whole.hex()


def icmpv6(recording: Recording, name: str) -> list[Packet]:
    """Return the ICMPv6 messages of this kind, each as it left or arrived, in their order."""
    return [one for one in recording.packets if one.kind == f"ICMPv6 {name}"]


def discovery(packet: Packet, layer: str, field: str) -> str:
    """Return what a frame says in a field, nothing where it has none of that name."""
    return str(packet.dissection.values.get((layer, field), ""))
