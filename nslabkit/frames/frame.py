"""Frame as a tap saw it: its bytes, when and where, and its fields."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nslabkit.frames.dissection import dissect

if TYPE_CHECKING:
    from nslabkit.frames.dissection import Dissection
    from nslabkit.frames.header import HeaderField
    from nslabkit.frames.interface import Interface
    from nslabkit.frames.kind import Kind

__all__ = ["Frame"]


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

    @property
    def source(self) -> str:
        """Where it comes from: the innermost address that it names, IP before MAC."""
        return self.dissection.source

    @property
    def destination(self) -> str:
        """Where it goes: the innermost address that it names, IP before MAC."""
        return self.dissection.destination
