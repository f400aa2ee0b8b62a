"""nftables trace messages: what the firewall says about a packet.

nftables reports each rule and each hook that a packet with ``meta nftrace set 1`` passes, in the
multicast group 9 of netlink's netfilter family.  The layout is that of the kernel's
``include/uapi/linux/netfilter/nf_tables.h``, "nft_trace_attributes"; numbers are big-endian.
pyroute2 knows the message's number only, so it is taken apart here.
"""

from __future__ import annotations

from typing import Any

from nslabkit.netlink.attributes import attributes

GROUP = 9  # NFNLGRP_NFTRACE
TRACE = 10 << 8 | 17  # NFNL_SUBSYS_NFTABLES, NFT_MSG_TRACE

_HEADERS = 16 + 4  # struct nlmsghdr, struct nfgenmsg
_TABLE, _CHAIN, _HANDLE, _TYPE, _VERDICT, _ID = 1, 2, 3, 4, 5, 6
_NETWORK, _TRANSPORT, _IN, _OUT, _POLICY = 8, 9, 10, 12, 16
_VERDICT_CODE, _VERDICT_CHAIN = 1, 2
_TYPES = {1: "policy", 2: "return", 3: "rule"}
_VERDICTS = {
    0: "drop",
    1: "accept",
    2: "stolen",
    3: "queue",
    4: "repeat",
    -1: "continue",
    -2: "break",
    -3: "jump",
    -4: "goto",
    -5: "return",
}


def decode_trace(message: bytes) -> dict[str, Any]:
    """Return one message of the trace, header included, as a dictionary.

    Its keys: ``table``, ``chain``, ``type`` (``rule``, ``policy`` or ``return``), ``verdict``,
    ``id`` (of the packet, while it is in this namespace), ``handle`` (the rule's), ``iif`` and
    ``oif`` (indexes), ``network`` and ``transport`` (the beginnings of the packet's headers;
    the kernel gives them with a packet's first message only).
    """
    given = dict(attributes(message, _HEADERS))
    trace: dict[str, Any] = {
        "table": _text(given.get(_TABLE, b"")),
        "chain": _text(given.get(_CHAIN, b"")),
        "type": _TYPES.get(_number(given.get(_TYPE, b"")), ""),
        "id": _number(given.get(_ID, b"")),
    }
    verdict = dict(attributes(given.get(_VERDICT, b"")))
    code = given.get(_POLICY) or verdict.get(_VERDICT_CODE)
    if code is not None:
        number = int.from_bytes(code, "big", signed=True)
        trace["verdict"] = _VERDICTS.get(number, str(number))
    if _VERDICT_CHAIN in verdict:
        trace["to"] = _text(verdict[_VERDICT_CHAIN])
    for name, kind in (("handle", _HANDLE), ("iif", _IN), ("oif", _OUT)):
        if kind in given:
            trace[name] = _number(given[kind])
    for name, kind in (("network", _NETWORK), ("transport", _TRANSPORT)):
        if kind in given:
            trace[name] = given[kind]
    return trace


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode(errors="replace")
