"""Neighbours and addresses without ARP: claims B21 to B23."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import ENDS, finding, ip
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.further.ipv6_network import (
    LESSON,
    discovery,
    host_part,
    icmpv6,
    settled,
    wired,
)
from nslabkit.course.claims.taps import BROADCAST
from nslabkit.course.verdict import Outcome
from nslabkit.net import addresses, links, namespaces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nslabkit.capture import Packet, Recording
    from nslabkit.net.addresses import Address

_ASKED, _TAKEN, _TAKEN_FOUR = "fd00::2", "fd00::1", "172.16.0.1"
_LINK_LOCAL = ipaddress.ip_network("fe80::/64")
_FILTER = "arp or icmp or icmp6"


# B21: a link that is up has an address made from its MAC address


def _addressed_by_itself() -> Finding:
    evidence, conditions = [], []
    for name, end in ENDS.items():
        link = links.link(end, name)
        if not link.carrier:
            text = _("{link} is not connected: set both ends up first.")
            return Finding(Outcome.UNKNOWN, text.format(link=end))
        own = [one for one in addresses.addresses(name, end) if _is_link_local(one)]
        if any(one.json.get("tentative") for one in own):
            return Finding(Outcome.UNKNOWN, _("The address is still tentative: check again."))
        mac = str(link.json["address"])
        evidence.append((f"ip -n {name} addr show {end}", ", ".join(one.address for one in own)))
        missing = _("{link} has no address made from its MAC address {mac}.")
        made = any(_half(one) == host_part(mac) for one in own)
        conditions.append((made, missing.format(link=end, mac=mac)))
        given = _("The kernel makes no address of {link} from its MAC address: it was given.")
        conditions.append((_makes_addresses(name, end), given.format(link=end)))
    text = _("Both ends have a link-local address, made from the MAC address; nobody gave it.")
    return finding(conditions, text, evidence)


def _makes_addresses(name: str, end: str) -> bool:
    """Return whether the kernel makes a link's addresses from its MAC: `addr_gen_mode` is 0."""
    mode = ["sysctl", "-n", f"net.ipv6.conf.{end}.addr_gen_mode"]
    return namespaces.namespace(name).run(mode, quiet=True).stdout.strip() == "0"


def _is_link_local(one: Address) -> bool:
    found = ipaddress.ip_interface(one.address)
    return found.version == _LINK_LOCAL.version and found.ip in _LINK_LOCAL


def _half(one: Address) -> str:
    """Return the second half of an address, in hexadecimal digits."""
    return ipaddress.ip_interface(one.address).ip.packed[8:].hex()


B21 = Claim(
    "B21",
    LESSON,
    lambda: _("A link that is up has an IPv6 address made from its MAC address."),
    wired,
    _addressed_by_itself,
)


# B22: IPv6 asks the group of the address, ARP asks everybody


def _both_asked() -> Mapping[str, Any]:
    from nslabkit.show.lab_recording import capture

    wired()
    ip("-n netns1 addr add 172.16.0.1/24 dev veth1")
    ip("-n netns2 addr add 172.16.0.2/24 dev veth1-peer")
    ip("-n netns1 addr add fd00::1/64 dev veth1")
    ip("-n netns2 addr add fd00::2/64 dev veth1-peer")
    for name in ENDS:
        settled(name, "fd00::")
    asker = namespaces.namespace("netns1")
    with capture("netns1", "netns2", filter=_FILTER, progress=False) as recording:
        asker.run("ping -c 1 -W 3 172.16.0.2", quiet=True)
        asker.run(f"ping -c 1 -W 3 {_ASKED}", quiet=True)
    return {"recording": recording}


def _asks_a_group(recording: Recording | None = None, address: str = _ASKED) -> Finding:
    """Judge to whom the first questions of a recording go; `address` is asked for by IPv6."""
    if recording is None:
        return not_recorded()
    requests = [one for one in recording.packets if one.kind == "ARP request"]
    asked = [
        one
        for one in icmpv6(recording, "neighbour solicitation")
        if discovery(one, "ICMPv6", "target") == address and one.source != "::"
    ]
    if not requests or not asked:
        return not_recorded()
    four, six = requests[0], asked[0]
    group = _group(address)
    rows = [(str(one.kind), f"{_to(one)}: {one.summary}") for one in (four, six)]
    return finding(
        [
            (_to(four) == BROADCAST, _("The ARP request did not go to everybody.")),
            (_to(six) != BROADCAST, _("The question of IPv6 went to everybody.")),
            (
                (six.destination, _to(six)) == (group, _as_mac(group)),
                _("The question of IPv6 did not go to the group {group}."),
            ),
        ],
        _("ARP asked everybody; IPv6 asked only {group}, the group of {address}."),
        rows,
        group=group,
        address=address,
    )


def _to(packet: Packet) -> str:
    return discovery(packet, "Ethernet", "destination")


def _group(address: str) -> str:
    """Return the solicited-node group of an address (RFC 4291, section 2.7.1)."""
    last = ipaddress.ip_address(address).packed[-3:]
    return str(ipaddress.ip_address(ipaddress.ip_address("ff02::1:ff00:0").packed[:-3] + last))


def _as_mac(group: str) -> str:
    """Return the MAC address of a group (RFC 2464, section 7)."""
    return (b"\x33\x33" + ipaddress.ip_address(group).packed[-4:]).hex(":")


B22 = Claim(
    "B22",
    LESSON,
    lambda: _("IPv6 asks only the group of an address for its MAC, where ARP asks everybody."),
    _both_asked,
    _asks_a_group,
)


# B23: before IPv6 uses an address, it asks whether it is taken


def _given_twice() -> Mapping[str, Any]:
    from nslabkit.show.lab_recording import capture

    wired()
    ip(f"-n netns1 addr add {_TAKEN_FOUR}/24 dev veth1")
    ip(f"-n netns1 addr add {_TAKEN}/64 dev veth1")
    settled("netns1", _TAKEN)
    with capture("netns1", "netns2", filter=_FILTER, progress=False) as recording:
        ip(f"-n netns2 addr add {_TAKEN_FOUR}/24 dev veth1-peer")
        ip(f"-n netns2 addr add {_TAKEN}/64 dev veth1-peer")
        eventually(lambda: _state(_TAKEN) in {"dadfailed", "in use"})
    return {"recording": recording}


def _checked_first(recording: Recording | None = None) -> Finding:
    """Judge what became of two addresses that both sides were given, and what was asked."""
    if recording is None:
        return not_recorded()
    states = {address: _state(address) for address in (_TAKEN_FOUR, _TAKEN)}
    if None in states.values() or states[_TAKEN] == "tentative":
        text = _("netns2 does not have both addresses of netns1 (yet): run the cell above.")
        return Finding(Outcome.UNKNOWN, text)
    probes = [
        one
        for one in icmpv6(recording, "neighbour solicitation")
        if one.source == "::" and discovery(one, "ICMPv6", "target") == _TAKEN
    ]
    objections = [
        one
        for one in icmpv6(recording, "neighbour advertisement")
        if one.source == _TAKEN and discovery(one, "ICMPv6", "target") == _TAKEN
    ]
    arps = [one for one in recording.packets if one.kind.protocol == "ARP"]
    evidence = [
        (f"netns2, {address}", _("in use") if state == "in use" else str(state))
        for address, state in states.items()
    ]
    evidence += [
        (str(one.kind), f"{one.source} → {one.destination}")
        for one in (*probes[:1], *objections[:1])
    ]
    return finding(
        [
            (bool(probes), _("Nobody was asked whether {address} is taken.")),
            (states[_TAKEN] == "dadfailed", _("Both namespaces use {address}.")),
            (
                not arps and states[_TAKEN_FOUR] == "in use",
                _("IPv4 asked, too: somebody sent ARP for it."),
            ),
        ],
        _("IPv6 asked, and netns2 does not use {address} (dadfailed); IPv4 asked nothing."),
        evidence,
        address=_TAKEN,
    )


def _state(address: str) -> str | None:
    """Return what netns2's kernel says of an address, None where netns2 does not have it."""
    for one in addresses.addresses("netns2"):
        if one.address.partition("/")[0] == address:
            said = [word for word in ("dadfailed", "tentative") if one.json.get(word)]
            return said[0] if said else "in use"
    return None


B23 = Claim(
    "B23",
    LESSON,
    lambda: _("Before IPv6 uses an address, it asks whether it is taken; IPv4 does not."),
    _given_twice,
    _checked_first,
)
