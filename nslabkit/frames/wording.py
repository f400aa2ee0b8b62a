"""How is a frame said in one line, and in one sentence?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.frames.rows import UNFINISHED_CHECKSUM
from nslabkit.frames.transport import tcp_flags

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.frames.packets import Packet

__all__ = ["meaning", "summary"]


def summary(packet: Packet) -> str:
    """Return the kind and the figures of a frame in one line."""
    values = packet.dissection.values
    get = values.get
    tag = f"vlan {packet.vlan} " if packet.vlan is not None else ""
    kind = packet.kind
    if kind.startswith("ARP"):
        said = f"{kind}: {_arp_figures(packet)}"
    elif ("TCP", "flags") in values:
        flags = tcp_flags(int(get(("TCP", "flags"), 0)))
        ports = get(("TCP", "source port")), get(("TCP", "destination port"))
        said = (
            f"{_ends(packet, *ports)} TCP [{flags}] seq {get(('TCP', 'sequence'))} "
            f"ack {get(('TCP', 'acknowledgement'))}, {get(('TCP', 'data length'), 0)} bytes"
        )
    elif ("UDP", "length") in values:
        ports = get(("UDP", "source port")), get(("UDP", "destination port"))
        said = f"{_ends(packet, *ports)} {kind}, {get(('UDP', 'data length'), 0)} bytes"
    else:
        said = f"{_ends(packet)} {kind}" if packet.source else kind
        for layer in ("ICMP", "ICMPv6"):
            if (layer, "id") in values:
                said += f" id {get((layer, 'id'))} seq {get((layer, 'sequence'))}"
        if ("ICMPv6", "target") in values:
            said += f" {get(('ICMPv6', 'target'))}"
    return f"{tag}{said}, length {packet.length}"


def _arp_figures(packet: Packet) -> str:
    get = packet.dissection.values.get
    sender, target = get(("ARP", "sender IP")), get(("ARP", "target IP"))
    if packet.kind == "ARP reply":
        return f"{sender} is-at {get(('ARP', 'sender MAC'))}"
    return f"who-has {target} tell {sender}"


def _ends(
    packet: Packet, source: int | str | None = None, destination: int | str | None = None
) -> str:
    near = packet.source if source is None else f"{packet.source}.{source}"
    far = packet.destination if destination is None else f"{packet.destination}.{destination}"
    return f"{near} > {far}"


def meaning(packet: Packet) -> str:
    """Return what a frame is for, one sentence in the reader's language."""
    if packet.problem and packet.kind in {"malformed frame", "truncated frame", "empty frame"}:
        return packet.problem
    say = _SENTENCES.get(packet.kind)
    sentence = say(packet) if say else _others(packet)
    further = [sentence, packet.problem or "", *_oddities(packet)]
    return " ".join(filter(None, further))


def _oddities(packet: Packet) -> list[str]:
    """Return what puzzles a reader who compares the frame with the rules."""
    said = []
    if packet.interface.mtu and packet.length > packet.interface.mtu + _ETHERNET_HEADER:
        said.append(
            _(
                "It is larger than the MTU of {mtu}: the kernel passes several packets through "
                "as one and leaves cutting them to the network card (GSO); a veth has none."
            ).format(mtu=packet.interface.mtu)
        )
    if packet.flags & UNFINISHED_CHECKSUM:
        said.append(
            _(
                "Its checksum is unfinished: the kernel leaves it to the network card, and a veth "
                "has none; the other end knows that and does not look."
            )
        )
    return said


_ETHERNET_HEADER = 18  # bytes, a VLAN tag included


def _others(packet: Packet) -> str:
    values = packet.dissection.values
    if not packet.source:
        return _("The kit does not know what this is.")
    ends = {"source": packet.source, "destination": packet.destination}
    if ("TCP", "flags") in values:
        return _tcp(packet)
    if ("UDP", "length") in values:
        return _("{source} sends {destination} a datagram ({kind}) to port {port}.").format(
            kind=packet.kind, port=values["UDP", "destination port"], **ends
        )
    return _("{source} sends {destination}: {kind}.").format(kind=packet.kind, **ends)


def _arp(text: Callable[[], str]) -> Callable[[Packet], str]:
    def say(packet: Packet) -> str:
        get = packet.dissection.values.get
        return text().format(
            sender=get(("ARP", "sender IP")),
            target=get(("ARP", "target IP")),
            mac=get(("ARP", "sender MAC")),
        )

    return say


def _to_many(packet: Packet) -> bool:
    """Whether the frame goes to a group, such as everyone: the first byte of its MAC is odd."""
    return bool(packet.data[0] & 1)


def _from_to(text: Callable[[], str]) -> Callable[[Packet], str]:
    def say(packet: Packet) -> str:
        values = packet.dissection.values
        layer = packet.kind.split(maxsplit=1)[0]
        return text().format(
            source=packet.source,
            destination=packet.destination,
            id=values.get((layer, "id")),
            number=values.get((layer, "sequence")),
            target=values.get((layer, "target")),
            mac=values.get((layer, "target MAC"), values.get((layer, "source MAC"), "?")),
            lost=values.get(
                ("IPv4 quoted", "destination"), values.get(("IPv6 quoted", "destination"))
            ),
        )

    return say


def _tcp(packet: Packet) -> str:
    values = packet.dissection.values
    text = {
        "TCP SYN": _("{source} asks {destination} for a connection to port {port}."),
        "TCP SYN-ACK": _("{source} takes the connection that {destination} asked for."),
        "TCP FIN": _("{source} has nothing more to send to {destination}."),
        "TCP RST": _("{source} breaks the connection off, or refuses it."),
        "TCP ACK": _("{source} tells {destination} what it has received so far."),
    }.get(packet.kind, _("{source} sends {destination} {bytes} bytes of its stream."))
    return text.format(
        source=packet.source,
        destination=packet.destination,
        port=values.get(("TCP", "destination port")),
        bytes=values.get(("TCP", "data length")),
    )


# The sentence is looked up when it is said: the language may change.
_SENTENCES: dict[str, Callable[[Packet], str]] = {
    "ARP request": lambda packet: _arp(
        lambda: (
            _("{sender} asks everyone: who has {target}?")
            if _to_many(packet)
            else _("{sender} asks {target} alone: are you still there?")
        )
    )(packet),
    "ARP reply": _arp(lambda: _("{sender} answers {target}: I am at {mac}.")),
    "ARP announcement": _arp(lambda: _("{sender} tells everyone: I am at {mac}.")),
    "ARP probe": _arp(lambda: _("Someone asks whether {target} is taken already.")),
    "ICMP echo request": _from_to(
        lambda: _("{source} asks {destination} for an echo, number {number}.")
    ),
    "ICMP echo reply": _from_to(
        lambda: _("{source} returns echo number {number} to {destination}.")
    ),
    "ICMP destination unreachable": _from_to(
        lambda: _("{source} tells {destination}: {lost} cannot be reached.")
    ),
    "ICMP time exceeded": _from_to(
        lambda: _("{source} tells {destination}: the packet to {lost} passed too many routers.")
    ),
    "ICMP redirect": _from_to(
        lambda: _("{source} tells {destination}: there is a better way to {lost}.")
    ),
    "ICMPv6 echo request": _from_to(
        lambda: _("{source} asks {destination} for an echo, number {number}.")
    ),
    "ICMPv6 echo reply": _from_to(
        lambda: _("{source} returns echo number {number} to {destination}.")
    ),
    "ICMPv6 destination unreachable": _from_to(
        lambda: _("{source} tells {destination}: {lost} cannot be reached.")
    ),
    "ICMPv6 packet too big": _from_to(
        lambda: _("{source} tells {destination}: the packet to {lost} is too large.")
    ),
    "ICMPv6 time exceeded": _from_to(
        lambda: _("{source} tells {destination}: the packet to {lost} passed too many routers.")
    ),
    "ICMPv6 neighbour solicitation": _from_to(
        lambda: _("{source} asks its neighbours: who has {target}?")
    ),
    "ICMPv6 neighbour advertisement": _from_to(
        lambda: _("{source} answers: {target} is at {mac}.")
    ),
    "ICMPv6 router solicitation": _from_to(lambda: _("{source} asks whether there is a router.")),
    "ICMPv6 router advertisement": _from_to(lambda: _("{source} says that it is a router.")),
    "ICMPv6 multicast listener report": _from_to(
        lambda: _("{source} says which groups it listens to.")
    ),
}
