"""Scapy packets: a frame as scapy takes it apart.

Scapy is loaded when the first of these functions is called, never before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.frames.interface import ETHERNET, RAW

if TYPE_CHECKING:
    from nslabkit.frames.frame import Frame

_BILLION = 1_000_000_000


def packet(frame: Frame) -> Any:  # noqa: ANN401 - scapy is untyped
    """Return a frame as scapy sees it, with the time and the length of the tap."""
    from scapy.utils import EDecimal

    found = _dissected(frame.data, frame.interface.link_type)
    found.time = EDecimal(frame.time) / _BILLION
    found.wirelen = frame.length
    found.sniffed_on = frame.interface.where
    found.direction = 2 if frame.outgoing else 1  # as pcapng counts them, and scapy writes them
    return found


def _dissected(data: bytes, link_type: int) -> Any:  # noqa: ANN401 - as above
    from scapy.layers import inet, inet6, l2
    from scapy.packet import Raw

    six = data[:1] and data[0] >> 4 == 6  # noqa: PLR2004 - IP's version
    layer = {ETHERNET: l2.Ether, RAW: inet6.IPv6 if six else inet.IP}.get(link_type, Raw)
    if not data:  # scapy would fill in the fields of a new packet
        return Raw()
    try:
        return layer(data)
    except Exception:  # noqa: BLE001 - a first header that is cut off: whatever its fields raise
        return Raw(data)
