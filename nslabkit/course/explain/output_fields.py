"""The fields in the output of ``ip``, and what each one is for.

The fields are those of ``ip-address(8)``, ``ip-link(8)`` and ``ip-route(8)``; the flags those
of ``netdevice(7)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _


@dataclass(frozen=True)
class Field:
    """One piece of an output.

    Attributes
    ----------
    start, end : int
        Where it stands in the text.
    text : str
        What is written there.
    meaning : str
        What that says, in the reader's language.
    """

    start: int
    end: int
    text: str
    meaning: str


# Each kind of field: how to find it, and its key in `_meaning`.  The group is the field.
_PATTERNS = (
    ("index", r"^(\d+): "),
    ("name", r"^\d+: ([^\s:@]+)"),
    ("peer_index", r"^\d+: [^\s:@]+(@if\d+)"),
    ("peer_name", r"^\d+: [^\s:@]+(@(?!if\d)[^\s:]+)"),
    ("flags", r"^\d+: \S+ (<[^>]*>)"),
    ("mtu", r" (mtu \d+)"),
    ("qdisc", r" (qdisc \S+)"),
    ("state", r" (state \S+)"),
    ("mode", r" (mode \S+)"),
    ("group", r" (group \S+)"),
    ("qlen", r" (qlen \d+)"),
    ("loopback", r"(link/loopback [\da-f:]+)"),
    ("ether", r"(link/ether [\da-f:]+)"),
    ("brd", r"link/\S+ [\da-f:]+ (brd [\da-f:]+)"),
    ("netnsid", r"(link-netnsid \d+)"),
    ("netns", r"(link-netns \S+)"),
    ("inet", r"(inet [\d./]+)"),
    ("inet6", r"(inet6 [\da-f:./]+)"),
    ("scope", r"(scope (?:global|link|host))"),
    ("tentative", r" (tentative)\b"),
    ("lifetime", r"(valid_lft \S+ preferred_lft \S+)"),
    ("local", r"^(local)\b"),
    ("dst", r"^(?:local )?((?:\d+\.){3}\d+)\b"),
    ("via", r" (via \S+)"),
    ("dev", r" (dev \S+)"),
    ("src", r" (src \S+)"),
    ("uid", r" (uid \d+)"),
    ("cache", r"^\s+(cache\b.*?)\s*$"),
)


def fields_of(text: str) -> tuple[Field, ...]:
    """Return the fields in an output, in order; of several of one kind and text the first."""
    fields = []
    for kind, pattern in _PATTERNS:
        seen: set[str] = set()
        for match in re.finditer(pattern, text, re.MULTILINE):
            if match[1] not in seen:
                seen.add(match[1])
                fields.append(Field(*match.span(1), match[1], _meaning(kind, match[1])))
    return tuple(sorted(fields, key=lambda field: field.start))


def _meaning(kind: str, text: str) -> str:
    value = text.rsplit(maxsplit=1)[-1].lstrip("@").removeprefix("if")
    if kind == "flags":
        return _flags(text)
    if kind == "state":
        return _states().get(value, _("the operational state"))
    if kind == "scope":
        return _scopes()[value]
    return _meanings()[kind].format(value=value)


def _flags(text: str) -> str:
    known = {
        "NO-CARRIER": _("NO-CARRIER: no signal from the other end; is it up?"),
        "LOOPBACK": _("LOOPBACK: what goes out comes straight back"),
        "BROADCAST": _("BROADCAST: can send to all neighbours at once"),
        "MULTICAST": _("MULTICAST: can send to a group"),
        "UP": _("UP: switched on by somebody"),
        "LOWER_UP": _("LOWER_UP: connected; on a wire, the other end is on as well"),
        "M-DOWN": _("M-DOWN: the link behind the @ is off"),
    }
    flags = [flag for flag in text.strip("<>").split(",") if flag]
    off = [] if "UP" in flags else [_("no UP: it is off")]
    return enumeration([*(known.get(flag, flag) for flag in flags), *off], ";")


def _states() -> dict[str, str]:
    return {
        "UP": _("ready to carry packets"),
        "DOWN": _("carries nothing"),
        "LOWERLAYERDOWN": _("carries nothing, because the other end is off"),
        "UNKNOWN": _("the driver does not say; for lo that is usual and harmless"),
    }


def _scopes() -> dict[str, str]:
    return {
        "global": _("the address is valid everywhere"),
        "link": _("valid on this link only"),
        "host": _("valid inside this namespace only"),
    }


def _meanings() -> dict[str, str]:
    return {
        "index": _("the link's number in this namespace; it differs from machine to machine"),
        "name": _("the link's name; valid in this namespace only"),
        "peer_index": _("the other end is number {value} in its own namespace, not in this one"),
        "peer_name": _("the other end is {value}, in this same namespace"),
        "mtu": _("the largest packet, in bytes, that it takes in one piece"),
        "qdisc": _("how packets queue before they leave; noqueue and noop: they do not"),
        "mode": _("how the state is decided; DEFAULT: by the driver"),
        "group": _("a label for changing many links at once"),
        "qlen": _("how many packets a queue can hold"),
        "loopback": _("lo is no hardware, so its MAC address is all zeros"),
        "ether": _("its MAC address, made up at random by the kernel"),
        "brd": _("the MAC address that means everybody"),
        "netnsid": _("the other end is in the namespace that this one knows as number {value}"),
        "netns": _("the other end is in the namespace with the name {value}"),
        "inet": _("an IPv4 address; the number behind / says how many bits name the network"),
        "inet6": _("an IPv6 address; if it begins with fe80, the link gave it to itself"),
        "tentative": _("the kernel is still asking whether somebody else has this address"),
        "lifetime": _("how long the address is valid; forever: until somebody removes it"),
        "local": _("the destination is this namespace itself"),
        "dst": _("the destination asked for"),
        "via": _("the next stop on the way"),
        "dev": _("the link by which the packet leaves"),
        "src": _("the source address that the packet gets"),
        "uid": _("the user who asks"),
        "cache": _("how the kernel remembers the answer"),
    }
