"""Kind of a frame: the protocol it speaks, and what it says in it."""

from __future__ import annotations

from dataclasses import dataclass

from nslabkit.frames.protocol_numbers import ICMP_TYPES, ICMPV6_TYPES, PORTS


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Kind:
    """What a frame is: ``ARP request``, ``TCP SYN``, ``DNS``.

    It prints as its words, the same in each language, and equals them: ``packet.kind ==
    "ARP request"`` asks for this very kind, ``packet.kind.protocol == "ARP"`` for all of ARP.

    Attributes
    ----------
    protocol : str
        The innermost protocol that was understood: ``"ARP"``, ``"ICMPv6"``, ``"DNS"``; empty
        where none was, as in an ``empty frame``.
    name : str
        What it is in that protocol, such as ``"request"``; empty where the protocol says all.

    Examples
    --------
    >>> kind = Kind("ICMP", "echo request")
    >>> kind, kind.protocol, kind == "ICMP echo request"
    (ICMP echo request, 'ICMP', True)
    """

    protocol: str
    name: str = ""

    def __str__(self) -> str:
        """Return its words."""
        return f"{self.protocol} {self.name}".strip()

    __repr__ = __str__

    def __format__(self, form: str) -> str:
        """Write its words as a text: ``f"{packet.kind:20}"``."""
        return format(str(self), form)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same kind, or these are its words."""
        return str(self) == str(other) if isinstance(other, Kind | str) else NotImplemented

    def __hash__(self) -> int:
        """Return the same number as for its words."""
        return hash(str(self))


OTHER, EMPTY = Kind("", "other frame"), Kind("", "empty frame")
TRUNCATED, MALFORMED = Kind("", "truncated frame"), Kind("", "malformed frame")
BROKEN = (EMPTY, TRUNCATED, MALFORMED)
# All there are; `frame_kinds.classify` tells a frame's by its place here.
KINDS: tuple[Kind, ...] = (
    OTHER,
    *BROKEN,
    *(Kind("ARP", name) for name in ("", "request", "reply", "announcement", "probe")),
    *(Kind(protocol, name) for protocol in ("IPv4", "IPv6") for name in ("", "fragment")),
    *(Kind("ICMP", name) for name in ("", *ICMP_TYPES.values())),
    *(Kind("ICMPv6", name) for name in ("", *ICMPV6_TYPES.values())),
    *(Kind("TCP", name) for name in ("RST", "SYN", "SYN-ACK", "FIN", "data", "ACK")),
    *(Kind(protocol) for protocol in dict.fromkeys(("UDP", *PORTS.values(), "VXLAN"))),
)
