"""Frame as a tap saw it: its bytes, when and where, and its fields."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nslabkit.frames.dissection import dissect
from nslabkit.frames.frame_kinds import kind_of
from nslabkit.frames.interface import ETHERNET
from nslabkit.frames.streams import numbers_of

if TYPE_CHECKING:
    from typing import Self

    from nslabkit.frames.dissection import Dissection
    from nslabkit.frames.header import HeaderField
    from nslabkit.frames.interface import Interface
    from nslabkit.frames.kind import Kind
    from nslabkit.frames.streams import StreamNumbers, StreamStarts


@dataclass(frozen=True)
class Frame:
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
    kind : Kind
        What it is, such as ``ARP request``; the words do not depend on the language.
    vlan : int or None
        The number of its outermost VLAN tag.
    flags : int
        `UNFINISHED_CHECKSUM` and `LOSING` of `nslabkit.frames.rows`, added.
    starts : StreamStarts or None
        From which numbers the recording's TCP connections count.
    """

    number: int
    time: int
    interface: Interface
    outgoing: bool
    length: int
    data: bytes = field(repr=False)
    kind: Kind
    vlan: int | None = None
    flags: int = 0
    starts: StreamStarts | None = field(default=None, repr=False, compare=False)

    @functools.cached_property
    def dissection(self) -> Dissection:
        """The frame taken apart."""
        return dissect(self.data, self.length, self.interface.link_type)

    @property
    def fields(self) -> tuple[HeaderField, ...]:
        """Each field with the bytes that it occupies, in the order of the bytes."""
        return self.dissection.fields

    @property
    def problem(self) -> str | None:
        """What is wrong with it (cut off, malformed), one sentence; None if nothing is."""
        return self.dissection.problem

    @functools.cached_property
    def stream(self) -> StreamNumbers | None:
        """Its numbers as a segment of TCP, from the connection's start where that was recorded.

        None where it is no whole segment of TCP.
        """
        return numbers_of(self) if self.starts is None else self.starts.numbers(self)

    @property
    def source(self) -> str:
        """Where it comes from: the address that it names, IP before MAC; of a tunnel the outer."""
        return self.dissection.source

    @property
    def destination(self) -> str:
        """Where it goes: the address that it names, IP before MAC; of a tunnel the outer."""
        return self.dissection.destination

    @functools.cached_property
    def inner(self) -> Self | None:
        """The whole frame that this one carries through a tunnel (VXLAN); None if it does not.

        It has this frame's number, time and link, and words, fields and bytes of its own.
        """
        header = self.dissection.header("VXLAN")
        if header is None:
            return None
        data = self.data[header.end :]
        length = self.dissection.data_length("UDP") - (header.end - header.at)
        return replace(
            self,
            interface=replace(self.interface, link_type=ETHERNET, mtu=0),
            length=length,
            data=data[:length],
            kind=kind_of(data[:length], length),
            vlan=None,
            flags=0,
        )
