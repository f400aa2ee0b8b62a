"""Words for a frame: one line of figures, and one sentence of meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.frames.kind import BROKEN
from nslabkit.frames.protocol_numbers import tcp_flags
from nslabkit.frames.rows import UNFINISHED_CHECKSUM

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.frames.frame import Frame


def summary(frame: Frame) -> str:
    """Return the kind and the figures of a frame in one line; of a tunnel those inside, too."""
    if (inner := frame.inner) is not None:
        number = frame.dissection.values["VXLAN", "vni"]
        said = f"{_ends(frame)} {frame.kind} {number} [{summary(inner)}]"
        return f"{_tag(frame)}{said}, length {frame.length}"
    values = frame.dissection.values
    get = values.get
    kind, whole = frame.kind, frame.kind.name != "fragment"
    if kind.protocol == "ARP":
        said = f"{kind}: {_arp_figures(frame)}"
    elif frame.stream is not None:
        flags = tcp_flags(int(get(("TCP", "flags"), 0)))
        ports = get(("TCP", "source port")), get(("TCP", "destination port"))
        numbers = frame.stream.words + ("" if frame.stream.relative else " (absolute)")
        said = f"{_ends(frame, *ports)} TCP [{flags}] {numbers}, {frame.stream.data} bytes"
    elif whole and ("UDP", "length") in values:
        ports = get(("UDP", "source port")), get(("UDP", "destination port"))
        said = f"{_ends(frame, *ports)} {kind}, {get(('UDP', 'data length'), 0)} bytes"
    else:
        said = f"{_ends(frame)} {kind}" if frame.source else str(kind)
        for layer in ("ICMP", "ICMPv6"):
            if (layer, "id") in values:
                said += f" id {get((layer, 'id'))} seq {get((layer, 'sequence'))}"
        if ("ICMPv6", "target") in values:
            said += f" {get(('ICMPv6', 'target'))}"
    return f"{_tag(frame)}{said}, length {frame.length}"


def _tag(frame: Frame) -> str:
    return f"vlan {frame.vlan} " if frame.vlan is not None else ""


def _arp_figures(frame: Frame) -> str:
    get = frame.dissection.values.get
    sender, target = get(("ARP", "sender IP")), get(("ARP", "target IP"))
    if frame.kind.name == "reply":
        return f"{sender} is-at {get(('ARP', 'sender MAC'))}"
    return f"who-has {target} tell {sender}"


def _ends(
    frame: Frame, source: int | str | None = None, destination: int | str | None = None
) -> str:
    near = frame.source if source is None else f"{frame.source}.{source}"
    far = frame.destination if destination is None else f"{frame.destination}.{destination}"
    return f"{near} > {far}"


def meaning(frame: Frame) -> str:
    """Return what a frame is for, one sentence in the reader's language."""
    if frame.problem and frame.kind in BROKEN:
        return frame.problem
    say = _SENTENCES.get(frame.kind.name)
    sentence = say(frame) if say else _others(frame)
    further = [sentence, frame.problem or "", *_oddities(frame)]
    return " ".join(filter(None, further))


def _oddities(frame: Frame) -> list[str]:
    """Return what puzzles a reader who compares the frame with the rules."""
    said = []
    if frame.interface.mtu and frame.length > frame.interface.mtu + _ETHERNET_HEADER:
        said.append(
            _(
                "It is larger than the MTU of {mtu}: the kernel passes several packets "
                "through as one and leaves splitting them to the network card (GSO); a "
                "veth has none."
            ).format(mtu=frame.interface.mtu)
        )
    if frame.flags & UNFINISHED_CHECKSUM:
        said.append(
            _(
                "Its checksum is unfinished: the kernel leaves it to the network card, "
                "and a veth has none; the other end knows that and does not check."
            )
        )
    return said


_ETHERNET_HEADER = 18  # bytes, a VLAN tag included


def _others(frame: Frame) -> str:
    values = frame.dissection.values
    if not frame.source:
        return _("The kit does not know what this is.")
    ends = {"source": frame.source, "destination": frame.destination}
    if (inner := frame.inner) is not None:
        text = _("{source} carries a frame of network {vni} to {destination}. In it: {inside}")
        return text.format(vni=values["VXLAN", "vni"], inside=meaning(inner), **ends)
    whole = frame.kind.name != "fragment"
    if whole and ("TCP", "flags") in values:
        return _tcp(frame)
    if whole and ("UDP", "length") in values:
        return _("{source} sends {destination} a datagram ({kind}) to port {port}.").format(
            kind=frame.kind, port=values["UDP", "destination port"], **ends
        )
    return _("{source} sends {destination}: {kind}.").format(kind=frame.kind, **ends)


def _arp(text: Callable[[Frame], str]) -> Callable[[Frame], str]:
    def say(frame: Frame) -> str:
        get = frame.dissection.values.get
        return text(frame).format(
            sender=get(("ARP", "sender IP")),
            target=get(("ARP", "target IP")),
            mac=get(("ARP", "sender MAC")),
        )

    return say


def _to_many(frame: Frame) -> bool:
    """Whether the frame goes to a group, such as everyone: the first byte of its MAC is odd."""
    return bool(frame.data[0] & 1)


def _from_to(text: Callable[[], str]) -> Callable[[Frame], str]:
    def say(frame: Frame) -> str:
        values = frame.dissection.values
        layer = frame.kind.protocol
        return text().format(
            source=frame.source,
            destination=frame.destination,
            id=values.get((layer, "id")),
            number=values.get((layer, "sequence")),
            target=values.get((layer, "target")),
            mac=values.get((layer, "target MAC"), values.get((layer, "source MAC"), "?")),
            lost=values.get(
                ("IPv4 quoted", "destination"), values.get(("IPv6 quoted", "destination"))
            ),
        )

    return say


def _tcp(frame: Frame) -> str:
    values = frame.dissection.values
    text = {
        "SYN": _("{source} asks {destination} for a connection to port {port}."),
        "SYN-ACK": _("{source} accepts the connection that {destination} asked for."),
        "FIN": _("{source} has nothing more to send to {destination}."),
        "RST": _("{source} aborts the connection, or refuses it."),
        "ACK": _("{source} tells {destination} what it has received so far."),
    }.get(frame.kind.name, _("{source} sends {destination} {bytes} bytes of its stream."))
    return text.format(
        source=frame.source,
        destination=frame.destination,
        port=values.get(("TCP", "destination port")),
        bytes=values.get(("TCP", "data length")),
    )


# By the name of the kind; ICMP and ICMPv6 say the same by the same names.  The sentence is looked
# up when it is said: the language may change.
_SENTENCES: dict[str, Callable[[Frame], str]] = {
    "request": _arp(
        lambda frame: (
            _("{sender} asks everyone: who has {target}?")
            if _to_many(frame)
            else _("{sender} asks only {target}: are you still there?")
        )
    ),
    "reply": _arp(lambda _f: _("{sender} answers {target}: I am at {mac}.")),
    "announcement": _arp(lambda _f: _("{sender} tells everyone: I am at {mac}.")),
    "probe": _arp(lambda _f: _("Someone asks whether {target} is already taken.")),
    "echo request": _from_to(
        lambda: _("{source} asks {destination} for an echo, number {number}.")
    ),
    "echo reply": _from_to(lambda: _("{source} returns echo number {number} to {destination}.")),
    "destination unreachable": _from_to(
        lambda: _("{source} tells {destination}: {lost} cannot be reached.")
    ),
    "packet too big": _from_to(
        lambda: _("{source} tells {destination}: the packet to {lost} is too large.")
    ),
    "time exceeded": _from_to(
        lambda: _("{source} tells {destination}: the packet to {lost} passed too many routers.")
    ),
    "redirect": _from_to(
        lambda: _("{source} tells {destination}: there is a better route to {lost}.")
    ),
    "neighbour solicitation": lambda frame: _from_to(
        # Who has no address yet asks on its own account (RFC 4862, section 5.4).
        lambda: (
            _("Someone asks whether {target} is already taken.")
            if frame.source == "::"
            else _("{source} asks its neighbours: who has {target}?")
        )
    )(frame),
    "neighbour advertisement": _from_to(lambda: _("{source} answers: {target} is at {mac}.")),
    "router solicitation": _from_to(lambda: _("{source} asks whether there is a router.")),
    "router advertisement": _from_to(lambda: _("{source} says that it is a router.")),
    "multicast listener report": _from_to(lambda: _("{source} says which groups it listens to.")),
}
