"""The JSON of ``ip -j addr``, made from the kernel's answers about addresses."""

from __future__ import annotations

from typing import Any

from nslabkit import netlink
from nslabkit.netlink import link_json, requests
from nslabkit.netlink.names import family, scope
from nslabkit.netlink.refusals import refusal

_SECONDARY, _PERMANENT = 0x01, 0x80
_FLAGS = (  # bit and name, in the order of iproute2's ifa_flag_data (linux/if_addr.h)
    (0x02, "nodad"),
    (0x04, "optimistic"),
    (0x08, "dadfailed"),
    (0x10, "home"),
    (0x20, "deprecated"),
    (0x40, "tentative"),
    (_PERMANENT, "dynamic"),  # said where the bit is not set
    (0x100, "mngtmpaddr"),
    (0x200, "noprefixroute"),
    (0x400, "autojoin"),
    (0x800, "stable-privacy"),
)
_PROTOCOLS = {1: "kernel_lo", 2: "kernel_ra", 3: "kernel_ll"}  # IFAPROT_* of linux/if_addr.h

Entry = dict[str, Any]


def read(path: str | None, tried: str) -> list[Entry]:
    """Return what ``ip -j addr`` prints in the namespace of `path`.

    Each address has besides, as ``protocol``, who gave it; older versions of ``ip`` leave that out.
    """
    from nslabkit.netlink.decoding import decode

    def ask(talk: netlink.Conversation) -> tuple[list[bytes], list[bytes]]:
        return talk.dump(requests.dump_links()), talk.dump(requests.dump_addresses())

    try:
        links, addresses = netlink.inside(path, ask)
    except OSError as error:
        raise refusal(error, tried) from None
    entries = link_json.entries(links, for_addresses=True)
    by_index = {entry["ifindex"]: entry for entry in entries}
    for entry in entries:
        entry["addr_info"] = []
    for answer in decode("address", addresses):
        if answer["index"] in by_index:  # its link may have come between the two lists
            entry = as_json(answer) | {"protocol": _PROTOCOLS.get(answer.get("IFA_PROTO", 0))}
            by_index[answer["index"]]["addr_info"].append(entry)
    return entries


def as_json(answer: Entry) -> Entry:
    """Return the entry that ``ip -j`` prints for what the kernel said of an address."""
    local = answer.get("IFA_LOCAL", answer.get("IFA_ADDRESS"))
    entry: Entry = {"family": family(answer["family"]), "local": local}
    if answer.get("IFA_ADDRESS", local) != local:
        entry["address"] = answer["IFA_ADDRESS"]  # the other side of a point-to-point link
    entry["prefixlen"] = answer["prefixlen"]
    if answer.get("IFA_RT_PRIORITY"):
        entry["metric"] = answer["IFA_RT_PRIORITY"]
    for name in ("broadcast", "anycast"):
        if f"IFA_{name.upper()}" in answer:
            entry[name] = answer[f"IFA_{name.upper()}"]
    entry["scope"] = scope(answer["scope"])
    entry.update(_flags(answer))
    if "IFA_LABEL" in answer:
        entry["label"] = answer["IFA_LABEL"]
    times = answer.get("IFA_CACHEINFO")
    if times:
        entry["valid_life_time"] = times["ifa_valid"]
        entry["preferred_life_time"] = times["ifa_preferred"]
    return entry


def _flags(answer: Entry) -> Entry:
    flags = int(answer.get("IFA_FLAGS") or answer["flags"])
    named = {}
    if flags & _SECONDARY:
        named["secondary" if answer["family"] == requests.AF_INET else "temporary"] = True
    for bit, name in _FLAGS:
        if bool(flags & bit) is (bit != _PERMANENT):
            named[name] = True
    return named
