"""The purpose of each of the course's commands, in a sentence.

The sentences follow ``ip-netns(8)``, ``ip-link(8)``, ``ip-address(8)``, ``ip-route(8)``,
``ip-neighbour(8)``, ``ping(8)``, ``nft(8)`` and ``sysctl(8)``.
"""

from __future__ import annotations

import re

from nslabkit.base.language import translate as _

_NAME = r"(?P<name>\S+)"
_COMMANDS = (  # what the command looks like without where it is run, and its key in `_meanings`
    ("netns_add", rf"ip netns add {_NAME}$"),
    ("netns_del", rf"ip netns (?:del|delete) {_NAME}$"),
    ("netns_list", r"ip netns(?: (?:list|ls|show))?$"),
    ("veth", r"ip link add (?:name )?(?P<name>\S+)\b.* type veth peer (?:name )?(?P<other>\S+)"),
    ("bridge", rf"ip link add (?:name )?{_NAME} type bridge"),
    ("move", rf"ip link set (?:dev )?{_NAME} netns (?P<other>\S+)$"),
    ("master", rf"ip link set (?:dev )?{_NAME} master (?P<other>\S+)$"),
    ("up", rf"ip link set (?:dev )?{_NAME} up$"),
    ("down", rf"ip link set (?:dev )?{_NAME} down$"),
    ("link_del", rf"ip link (?:del|delete) (?:dev )?{_NAME}"),
    ("addr_add", r"ip (?:addr|address|a) add (?P<name>\S+) dev (?P<other>\S+)$"),
    ("addr_del", r"ip (?:addr|address|a) (?:del|delete) (?P<name>\S+) dev (?P<other>\S+)$"),
    ("addr", r"ip (?:addr|address|a)(?: .*)?$"),
    ("link", r"ip (?:link|l)(?: (?:show|ls|list).*)?$"),
    ("route_add", rf"ip (?:route|r) add {_NAME} via (?P<other>\S+)"),
    ("route_get", rf"ip (?:route|r) get {_NAME}"),
    ("route", r"ip (?:route|r)(?: (?:show|ls|list).*)?$"),
    ("neigh_flush", r"ip (?:neigh|neighbour|n) flush .*"),
    ("neigh", r"ip (?:neigh|neighbour|n)(?: (?:show|ls|list).*)?$"),
    ("ping", r"ping .*?(?P<name>[\da-fA-F.:]*[.:][\da-fA-F.:]+)(?: |$)"),
    ("nft", r"nft .*"),
    ("sysctl", r"sysctl .*"),
)


def meaning_of(command: str) -> str | None:
    """Return what a command is for, one sentence; None where there are no words for it."""
    words, where = in_its_namespace(command)
    for key, pattern in _COMMANDS:
        found = re.match(pattern, words)
        if found:
            sentence = _meanings()[key].format(**found.groupdict())
            if where is None:
                return sentence
            return _("In {namespace}: {sentence}").format(namespace=where, sentence=sentence)
    return None


def in_its_namespace(command: str) -> tuple[str, str | None]:
    """Return a command without where it is run, and that."""
    match = re.match(r"ip netns exec (\S+) (.+)", command) or re.match(
        r"ip -n(?:etns)? (\S+) (.+)", command
    )
    if not match:
        return command, None
    rest = match[2] if command.startswith("ip netns exec") else f"ip {match[2]}"
    return rest, match[1]


def _meanings() -> dict[str, str]:
    return {
        "netns_add": _("makes a network namespace and mounts it on the file /run/netns/{name}"),
        "netns_del": _(
            "takes the name {name} away; the namespace goes when no process is left in it"
        ),
        "netns_list": _("lists the names in /run/netns"),
        "veth": _("makes a wire with the two ends {name} and {other}; both are off"),
        "bridge": _("makes a switch called {name}, with no ports and switched off"),
        "move": _(
            "moves {name} into {other}; it goes down and loses its addresses, its MAC address stays"
        ),
        "master": _("plugs {name} into the switch {other}"),
        "up": _("switches {name} on; if it has an address, its routes appear"),
        "down": _("switches {name} off; its routes go"),
        "link_del": _("removes {name}; the other end of a wire goes with it"),
        "addr_add": _("gives {other} the address {name}"),
        "addr_del": _("takes the address {name} away from {other}"),
        "addr": _("lists the links with their addresses"),
        "link": _("lists the links"),
        "route_add": _("sends packets to {name} by way of {other}"),
        "route_get": _("asks which way a packet to {name} would leave"),
        "route": _("lists the routes"),
        "neigh_flush": _("forgets the neighbours' MAC addresses"),
        "neigh": _("lists each neighbour's MAC address, if it has been learnt"),
        "ping": _("asks {name} for an answer (ICMP echo) and measures the time"),
        "nft": _("reads or changes the firewall (nftables)"),
        "sysctl": _("reads or changes a setting of the kernel"),
    }
