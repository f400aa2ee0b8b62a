"""Packets of a recording: each a frame with its meaning, and as scapy sees it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from nslabkit.frames import as_scapy, wording
from nslabkit.frames.frame import Frame
from nslabkit.frames.kind import KINDS
from nslabkit.frames.rows import NO_VLAN
from nslabkit.frames.streams import StreamStarts

if TYPE_CHECKING:
    from nslabkit.frames.interface import Interface

_OPENING = [place for place, kind in enumerate(KINDS) if kind in {"TCP SYN", "TCP SYN-ACK"}]


@dataclass(frozen=True)
class Packet(Frame):
    """A frame of a recording, with words for it.

    Its attributes are those of `nslabkit.frames.frame.Frame`: ``number``, ``time``,
    ``interface``, ``outgoing``, ``length``, ``data``, ``kind``, ``vlan`` and ``flags``; its
    ``fields``, ``source``, ``destination``, ``stream`` and ``problem`` are read when they are
    asked for.
    """

    @property
    def summary(self) -> str:
        """Its kind and its figures in one line, the same in every language."""
        return wording.summary(self)

    @property
    def meaning(self) -> str:
        """What it is for, one sentence in the reader's language."""
        return wording.meaning(self)

    @property
    def scapy(self) -> Any:  # noqa: ANN401 - scapy is untyped
        """The frame as a packet of scapy, which takes it apart in its own way.

        Scapy knows hundreds of protocols more than the kit, and can change a packet or answer
        it.  It is loaded when this is first asked for, which takes some tenths of a second.

        Returns
        -------
        scapy.packet.Packet
            ``Ether``, or of a link without a header of its own ``IP`` or ``IPv6``; ``Raw`` where
            the kit does not know the link, or scapy cannot read the first header.  Its ``time``
            is that of the tap, in seconds since 1970, exact to the nanosecond (``EDecimal``).

        Examples
        --------
        >>> import nslabkit as lab
        >>> with lab.capture("lo", filter="icmp") as recording:
        ...     done = lab.HOST.run("ping -c 1 127.0.0.1", quiet=True)
        >>> recording.packets[0].scapy["ICMP"].type
        8
        """
        return as_scapy.packet(self)

    def show(self) -> None:
        """Print the frame layer by layer, as scapy shows it."""
        self.scapy.show()


class Packets(Sequence[Packet]):
    """The packets of a recording, each made when it is asked for."""

    def __init__(
        self,
        interfaces: tuple[Interface, ...],
        frames: np.ndarray[Any, Any],
        data: memoryview,
        kinds: np.ndarray[Any, Any],
    ) -> None:
        self._interfaces = interfaces
        self._frames = frames
        self._data = data
        self._kinds = kinds

    def __len__(self) -> int:
        """Return the number of packets."""
        return len(self._frames)

    @overload
    def __getitem__(self, index: int) -> Packet: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Packet, ...]: ...

    def __getitem__(self, index: int | slice) -> Packet | tuple[Packet, ...]:
        """Return one packet, or a tuple of some."""
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        place = range(len(self))[index]
        time, interface, outgoing, flags, length, captured, offset, vlan = self._frames[
            place
        ].item()
        return Packet(
            place + 1,
            time,
            self._interfaces[interface],
            outgoing,
            length,
            bytes(self._data[offset : offset + captured]),
            KINDS[self._kinds[place]],
            None if vlan == NO_VLAN else vlan,
            flags,
            self._starts,
        )

    @functools.cached_property
    def _starts(self) -> StreamStarts:
        return StreamStarts(self._openings)

    def _openings(self) -> Iterator[Packet]:
        """Yield the packets that open connections of TCP, found by their kinds: of many, few."""
        for place in np.flatnonzero(np.isin(self._kinds, _OPENING)).tolist():
            yield self[place]
