"""Header of a protocol: which of its bytes say what, and what that stands for.

A layout says it once for each field.  To walk through a frame is only to note where its headers
are; a field is read when somebody asks for it, so that a long recording costs little.
"""

from __future__ import annotations

import functools
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class HeaderField:
    """Some bytes of a frame that stand for one thing.

    Attributes
    ----------
    layer : str
        The protocol that it belongs to: ``"Ethernet"``, ``"ARP"``, ``"IPv4"``, …
    name : str
        What it is called in that protocol, such as ``"destination"``.
    offset, size : int
        Where it begins in the frame, and how many bytes it has.  Two fields may share a byte.
    value : str
        What it says, written as ``ip`` or tcpdump would.
    meaning : str
        What that stands for, a few words in the reader's language; may be empty.
    """

    layer: str
    name: str
    offset: int
    size: int
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a layout; `offset` counts from the beginning of the header.

    `means` is called with the header when it is said, as the language may change.
    """

    name: str
    offset: int
    size: int
    means: Callable[[Header], str] | None = None
    form: str = "{}"
    read: Callable[[bytes], Any] = int.from_bytes  # the most significant byte first


class Layout:
    """The fields of a header, by name, and how many bytes they take."""

    __slots__ = ("parts", "reads", "size")

    def __init__(self, *parts: Part) -> None:
        self.parts = {part.name: part for part in parts}
        # What reading a field needs, and no more: long recordings read a million of them.
        self.reads = {
            part.name: (part.offset, part.offset + part.size, part.read) for part in parts
        }
        self.size = max(end for _begin, end, _read in self.reads.values())


class Header:
    """A header in a frame: ``header["ttl"]`` reads one field.

    Attributes
    ----------
    layer : str
        Its protocol.
    at, end : int
        Where it begins in the frame, and where what is there of it ends.
    """

    __slots__ = ("_data", "_layout", "at", "end", "layer")

    def __init__(self, layer: str, layout: Layout, data: bytes, at: int, end: int) -> None:
        self.layer, self._layout, self._data, self.at, self.end = layer, layout, data, at, end

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a number or an address
        """Return what a field says."""
        begin, end, read = self._layout.reads[name]
        return read(self._data[self.at + begin : self.at + end])

    def __contains__(self, name: object) -> bool:
        """Whether it has such a field, and the field's bytes are there."""
        part = self._layout.reads.get(name)  # type: ignore[call-overload]  # of any type
        return part is not None and self.at + part[1] <= self.end

    def names(self) -> list[str]:
        """Return the names of the fields that are there."""
        return [name for name in self._layout.parts if name in self]

    def fields(self) -> Iterator[HeaderField]:
        """Yield the fields that are there."""
        for name in self.names():
            part = self._layout.parts[name]
            text = part.form.format(self[name])
            meaning = part.means(self) if part.means else ""
            yield HeaderField(self.layer, name, self.at + part.offset, part.size, text, meaning)


def bits(shift: int, mask: int, unit: int = 1) -> Callable[[bytes], int]:
    """Return what reads a number that is only some of the bits, in units of so many."""
    return lambda data: (int.from_bytes(data) >> shift & mask) * unit


@functools.lru_cache(maxsize=4096)
def mac_address(data: bytes) -> str:
    """Write a MAC address as ``ip`` does."""
    return data.hex(":")


@functools.lru_cache(maxsize=4096)
def ip_address(data: bytes) -> str:
    """Write an IPv4 or IPv6 address, by its size, as ``ip`` does."""
    return socket.inet_ntop(socket.AF_INET if len(data) == 4 else socket.AF_INET6, data)  # noqa: PLR2004
