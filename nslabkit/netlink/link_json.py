"""The JSON of ``ip -j link``, made from the kernel's answers about links.

The names and the order are those of iproute2's ``ip/ipaddress.c``, checked key by key against
``ip -j`` in the tests.  Details of single drivers (``ip -d``) are left out, as ``ip -j link``
leaves them out.
"""

from __future__ import annotations

import socket
from typing import Any

from nslabkit import netlink
from nslabkit.netlink import requests
from nslabkit.netlink.names import group
from nslabkit.netlink.refusals import refusal

_FLAGS = (  # bit and name, in the order in which ip prints them (linux/if.h)
    (0x8, "LOOPBACK"),
    (0x2, "BROADCAST"),
    (0x10, "POINTOPOINT"),
    (0x1000, "MULTICAST"),
    (0x80, "NOARP"),
    (0x200, "ALLMULTI"),
    (0x100, "PROMISC"),
    (0x400, "MASTER"),
    (0x800, "SLAVE"),
    (0x4, "DEBUG"),
    (0x8000, "DYNAMIC"),
    (0x4000, "AUTOMEDIA"),
    (0x2000, "PORTSEL"),
    (0x20, "NOTRAILERS"),
    (0x1, "UP"),
    (0x10000, "LOWER_UP"),
    (0x20000, "DORMANT"),
    (0x40000, "ECHO"),
)
_UP, _RUNNING, _POINTOPOINT = 0x1, 0x40, 0x10
_MODES = ("DEFAULT", "DORMANT", "TESTING")
_STATES = ("UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP")
_TYPES = {  # ARPHRD_* of linux/if_arp.h
    1: "ether",
    32: "infiniband",
    280: "can",
    512: "ppp",
    768: "ipip",
    769: "tunnel6",
    772: "loopback",
    776: "sit",
    778: "gre",
    801: "ieee802.11",
    823: "gre6",
    824: "netlink",
    65534: "none",
}
_IPV4_TUNNELS, _IPV6_TUNNELS = {768, 776, 778}, {769, 823}

Entry = dict[str, Any]


def read(path: str | None, tried: str) -> list[Entry]:
    """Return what ``ip -j link`` prints in the namespace of `path`."""
    try:
        raw = netlink.inside(path, lambda talk: talk.dump(requests.dump_links()))
    except OSError as error:
        raise refusal(error, tried) from None
    return entries(raw)


def entries(raw: list[bytes], *, for_addresses: bool = False) -> list[Entry]:
    """Return the entries of ``ip -j link``, or the beginnings of those of ``ip -j addr``."""
    from nslabkit.netlink.decoding import decode

    answers = decode("link", raw)
    by_index = {answer["index"]: answer for answer in answers}
    found = [_entry(answer, by_index) for answer in answers]
    if for_addresses:
        for entry in found:
            entry.pop("linkmode", None)
    return found


def other_end(path: str | None, index: int) -> tuple[int | None, int | None]:
    """Return the index of a veth's other end and the id of its namespace, if it is another."""
    from nslabkit.netlink.decoding import decode

    raw = netlink.inside(path, lambda talk: talk.dump(requests.dump_links()))
    for answer in decode("link", raw):
        info = answer.get("IFLA_LINKINFO") or {}
        if answer["index"] == index and info.get("IFLA_INFO_KIND") == "veth":
            return answer.get("IFLA_LINK"), answer.get("IFLA_LINK_NETNSID")
    return None, None


def identity(path: str | None, other: str) -> int:
    """Return the id that the namespace of `path` uses for the one of `other`; -1 for none."""
    from nslabkit.netlink.decoding import decode

    with netlink.opened(other) as descriptor:
        answer = netlink.inside(path, lambda talk: talk.read(requests.get_nsid(descriptor)))
    number: int = decode("nsid", [answer])[0]["NETNSA_NSID"]
    return number


def _entry(answer: Entry, others: dict[int, Entry]) -> Entry:
    entry: Entry = {"ifindex": answer["index"]}
    end = _add_link(entry, answer, others)
    entry["ifname"] = answer["IFLA_IFNAME"]
    entry["flags"] = _flags(answer["flags"])
    if end is not None and not end["flags"] & _UP:
        entry["flags"].append("M-DOWN")  # what it hangs on, or leads to, is down
    entry["mtu"] = answer["IFLA_MTU"]
    if "IFLA_QDISC" in answer:
        entry["qdisc"] = answer["IFLA_QDISC"]
    if answer.get("IFLA_MASTER"):
        entry["master"] = _name(answer["IFLA_MASTER"], others)
    entry["operstate"] = _operational(answer)
    entry["linkmode"] = _MODES[answer["IFLA_LINKMODE"]]
    entry["group"] = group(answer.get("IFLA_GROUP", 0))
    if answer.get("IFLA_TXQLEN"):
        entry["txqlen"] = answer["IFLA_TXQLEN"]
    _add_hardware(entry, answer)
    if "IFLA_LINK_NETNSID" in answer:
        entry["link_netnsid"] = answer["IFLA_LINK_NETNSID"]
    if "IFLA_IFALIAS" in answer:
        entry["ifalias"] = answer["IFLA_IFALIAS"]
    alternatives = (answer.get("IFLA_PROP_LIST") or {}).get("IFLA_ALT_IFNAME")
    if alternatives:
        entry["altnames"] = [alternatives] if isinstance(alternatives, str) else alternatives
    return entry


def _add_link(entry: Entry, answer: Entry, others: dict[int, Entry]) -> Entry | None:
    """Add what stands behind the ``@``: the lower or other end; return it if it is in here."""
    if "IFLA_LINK" not in answer:
        return None
    index = answer["IFLA_LINK"]
    if "IFLA_LINK_NETNSID" in answer:
        entry["link_index"] = index
        return None
    entry["link"] = _name(index, others) if index else None
    return others.get(index)


def _name(index: int, others: dict[int, Entry]) -> str:
    return str(others[index]["IFLA_IFNAME"]) if index in others else f"if{index}"


def _flags(flags: int) -> list[str]:
    first = ["NO-CARRIER"] if flags & _UP and not flags & _RUNNING else []
    known = [name for bit, name in _FLAGS if flags & bit]
    rest = flags & ~_RUNNING & ~sum(bit for bit, _name in _FLAGS)
    return first + known + ([f"{rest:x}"] if rest else [])


def _operational(answer: Entry) -> str:
    state = answer.get("IFLA_OPERSTATE", "UNKNOWN")
    return _STATES[state] if isinstance(state, int) else str(state)


def _add_hardware(entry: Entry, answer: Entry) -> None:
    kind = answer["ifi_type"]
    entry["link_type"] = _TYPES.get(kind, f"[{kind}]")
    if "IFLA_ADDRESS" in answer:
        entry["address"] = _hardware(kind, answer["IFLA_ADDRESS"])
    if "IFLA_BROADCAST" in answer:
        if answer["flags"] & _POINTOPOINT:
            entry["link_pointtopoint"] = True
        entry["broadcast"] = _hardware(kind, answer["IFLA_BROADCAST"])


def _hardware(kind: int, address: str) -> str:
    """Return a hardware address; that of a tunnel is an IP address."""
    if kind in _IPV4_TUNNELS:
        return socket.inet_ntop(socket.AF_INET, bytes.fromhex(address.replace(":", "")))
    if kind in _IPV6_TUNNELS:
        return socket.inet_ntop(socket.AF_INET6, bytes.fromhex(address.replace(":", "")))
    return address
