"""What is one frame, and what does it mean?"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from nslabkit.frames import dissection, wording
from nslabkit.frames.frame_kinds import KINDS
from nslabkit.frames.interface import ETHERNET
from nslabkit.frames.rows import NO_VLAN

if TYPE_CHECKING:
    import numpy as np

    from nslabkit.frames.dissection import Dissection, Field
    from nslabkit.frames.interface import Interface

__all__ = ["Packet", "Packets"]


@dataclass(frozen=True)
class Packet:
    """A frame as a tap saw it.

    Attributes
    ----------
    number : int
        Its place in the recording, from 1, as Wireshark counts: ``packets[number - 1]``.
    time : int
        When it passed the tap, in nanoseconds since 1970 (UTC), by the kernel's clock.
    interface : Interface
        The link that it passed.
    outgoing : bool
        Whether the link sends it; otherwise it receives it.
    length : int
        Its bytes on the wire, without the frame's checksum; more than were kept where
        ``len(data)`` is less.
    data : bytes
        What was kept of it.
    kind : str
        What it is, such as ``"ARP request"``; the words do not depend on the language.
    vlan : int or None
        The number of its outermost VLAN tag.
    flags : int
        `UNFINISHED_CHECKSUM` and `LOSING` of `nslabkit.frames.rows`, added.
    """

    number: int
    time: int
    interface: Interface
    outgoing: bool
    length: int
    data: bytes = field(repr=False)
    kind: str
    vlan: int | None = None
    flags: int = 0

    @functools.cached_property
    def dissection(self) -> Dissection:
        """The frame taken apart."""
        return dissection.dissect(self.data, self.length, self.interface.link_type)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Each field with the bytes that it occupies, in the order of the bytes."""
        return self.dissection.fields

    @property
    def problem(self) -> str | None:
        """What is wrong with it (cut off, malformed), one sentence; None where nothing is."""
        return self.dissection.problem

    @property
    def source(self) -> str:
        """Where it comes from: the innermost address that it names, IP before MAC."""
        return self.dissection.source

    @property
    def destination(self) -> str:
        """Where it goes to: the innermost address that it names, IP before MAC."""
        return self.dissection.destination

    @property
    def summary(self) -> str:
        """Its kind and its figures in one line, the same in each language."""
        return wording.summary(self)

    @property
    def meaning(self) -> str:
        """What it is for, one sentence in the reader's language."""
        return wording.meaning(self)

    @property
    def scapy(self) -> Any:  # noqa: ANN401 - scapy is untyped
        """The frame as scapy takes it apart; scapy is loaded when this is first asked for."""
        if self.interface.link_type == ETHERNET:
            from scapy.layers import inet, inet6, l2  # noqa: F401 - they register what may follow

            return l2.Ether(self.data)
        from scapy.layers.inet import IP
        from scapy.layers.inet6 import IPv6

        six = self.data[:1] and self.data[0] >> 4 == 6  # noqa: PLR2004 - IP's version
        return (IPv6 if six else IP)(self.data)

    def show(self) -> None:
        """Print the frame layer by layer, as scapy shows it."""
        self.scapy.show()


class Packets(Sequence[Packet]):
    """The packets of a recording; each is made when it is asked for."""

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
        )
