"""Recording out of packets of scapy: of its reader, its sniffer, or built by hand."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.capture.file.read_frames import completed, no_direction
from nslabkit.frames.interface import ETHERNET, RAW, Interface
from nslabkit.frames.rows import FRAME

if TYPE_CHECKING:
    from nslabkit.capture.recording import Recording

_TRIED = "lab.open_capture(packets)"
_BILLION = 1_000_000_000
_OUTBOUND = 2  # as pcapng and scapy count directions
# LINKTYPE_USER0: scapy does not say which link it was.
_UNKNOWN = 147
_LAST, _LONGEST = 1 << 63, 1 << 32  # what a time and a length must stay below


def read_packets(packets: Iterable[Any]) -> Recording:
    """Return the recording; ``lab.open_capture`` says what of a packet it keeps, and the errors."""
    if not isinstance(packets, Iterable):
        raise InvalidValueError(
            _TRIED,
            _("This is neither a file's name nor a list of packets."),
            _("Give a path, such as 'ping.pcapng', or packets of scapy: [Ether() / IP()]."),
        )
    packets = list(packets)
    every = [_data(packet, number) for number, packet in enumerate(packets, 1)]
    links = _Links(packets)
    rows, at, directed = [], 0, False
    for number, (packet, data) in enumerate(zip(packets, every, strict=True), 1):
        link = links.number(packet)
        length = packet.wirelen or 0
        if not isinstance(length, int) or not 0 <= length < _LONGEST:
            raise _refused(number, _("its wirelen is not a length of a frame"))
        outgoing = packet.direction == _OUTBOUND
        rows.append(
            (_time(packet, number), link, outgoing, 0, max(length, len(data)), len(data), at, 0)
        )
        at += len(data)
        directed |= bool(packet.direction)
    notes = [no_direction()] if rows and not directed else []
    store = np.frombuffer(b"".join(every), np.uint8)
    return completed(tuple(links.all.values()), np.array(rows, FRAME), store, notes)


def _data(packet: Any, number: int) -> bytes:  # noqa: ANN401 - scapy is untyped
    from scapy.packet import Packet

    if not isinstance(packet, Packet):
        raise _refused(number, _("it is of type {type}").format(type=type(packet).__name__))
    try:
        return bytes(packet)
    except Exception as error:  # noqa: BLE001 - whatever a field's value makes scapy raise
        said = str(error).partition("\n")[0] or type(error).__name__
        raise _refused(number, said) from None


def _time(packet: Any, number: int) -> int:  # noqa: ANN401 - as above
    try:
        time = int(Decimal(packet.time) * _BILLION)
    except (DecimalException, OverflowError, TypeError, ValueError):
        time = -1
    if not 0 <= time < _LAST:
        raise _refused(number, _("its time is not a number of seconds since 1970"))
    return time


class _Links:
    """The links that packets passed: by name, and by what their frames begin with."""

    def __init__(self, packets: Iterable[Any]) -> None:
        from scapy.layers import inet, inet6, l2

        self.all: dict[tuple[str, int], Interface] = {}
        self._types = {l2.Ether: ETHERNET, l2.Dot3: ETHERNET, inet.IP: RAW, inet6.IPv6: RAW}
        known = [one for one in packets if type(one) in self._types]
        self._usual = {_where(one): self._types[type(one)] for one in known}

    def number(self, packet: Any) -> int:  # noqa: ANN401 - as above
        """Return the number of a packet's link; what is raw begins as the others there do."""
        where = _where(packet)
        link_type = self._types.get(type(packet)) or self._usual.get(where, _UNKNOWN)
        namespace, _slash, name = where.rpartition("/")
        new = Interface(len(self.all), namespace, name, link_type=link_type)
        return self.all.setdefault((where, link_type), new).number


def _where(packet: Any) -> str:  # noqa: ANN401 - as above
    return "scapy" if packet.sniffed_on is None else str(packet.sniffed_on)


def _refused(number: int, reason: str) -> InvalidValueError:
    return InvalidValueError(
        _TRIED,
        _("Item {number} cannot become a frame: {reason}.").format(number=number, reason=reason),
        _("Each item must be a packet of scapy that can be sent, such as Ether() / IP() / ICMP()."),
    )
