"""Which bytes of a frame say what?

`dissect` goes through one frame layer by layer, as far as it is understood, and never fails: what
is cut off or contradicts itself is said in the result.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.frames.interface import ETHERNET, RAW

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Cut", "Dissection", "Field", "Malformed", "Reader", "dissect"]


@dataclass(frozen=True)
class Field:
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


@dataclass(frozen=True)
class Dissection:
    """A frame taken apart.

    Attributes
    ----------
    fields : tuple of Field
        In the order of their bytes.
    values : mapping
        The same by layer and name, as numbers where they are numbers:
        ``values["ICMP", "sequence"]``.  Of a packet quoted in an error only the first counts.
    source, destination : str
        The innermost addresses that it names, IP before MAC; empty where there are none.
    problem : str or None
        What is wrong with it, one sentence.
    """

    fields: tuple[Field, ...]
    values: Mapping[tuple[str, str], int | str] = field(repr=False)
    source: str = ""
    destination: str = ""
    problem: str | None = None


class Cut(Exception):  # noqa: N818 - a signal between our own functions
    """The bytes of a layer's header are not there; the text is the layer's name."""


class Malformed(Exception):  # noqa: N818 - as above
    """A layer contradicts itself; the text says how, in the reader's language."""


class Reader:
    """Reads fields off a frame and remembers them.

    Attributes
    ----------
    data : bytes
        What was kept of the frame.
    length : int
        Its bytes on the wire.
    end : int
        Where the packet ends that is being read; what follows pads the frame.
    """

    def __init__(self, data: bytes, length: int) -> None:
        self.data = data
        self.length = self.end = length
        self.fields: list[Field] = []
        self.values: dict[tuple[str, str], int | str] = {}
        self.source = self.destination = ""

    def number(  # noqa: PLR0913, PLR0917 - what a field consists of
        self, layer: str, name: str, at: int, size: int, meaning: str = "", form: str = "{}"
    ) -> int:
        """Read a number, the most significant byte first, as all of these protocols write it."""
        value = int.from_bytes(self.bytes(layer, at, size), "big")
        self.say(layer, name, at, size, value, meaning, form)
        return value

    def bits(  # noqa: PLR0913, PLR0917 - as above
        self,
        layer: str,
        name: str,
        at: int,
        size: int,
        value: int,
        meaning: str = "",
        form: str = "{}",
    ) -> int:
        """Remember a number that was cut out of some bytes."""
        self.say(layer, name, at, size, value, meaning, form)
        return value

    def mac(self, layer: str, name: str, at: int, meaning: str = "") -> str:
        """Read a MAC address."""
        value = self.bytes(layer, at, 6).hex(":")
        self.say(layer, name, at, 6, value, meaning)
        return value

    def address(self, layer: str, name: str, at: int, size: int, meaning: str = "") -> str:
        """Read an IPv4 or IPv6 address, by its size."""
        value = str(ipaddress.ip_address(self.bytes(layer, at, size)))
        self.say(layer, name, at, size, value, meaning)
        return value

    def rest(self, layer: str, name: str, at: int, end: int, meaning: str = "") -> None:
        """Remember what was kept between two places as one field, if there is anything."""
        end = min(end, len(self.data))
        if at < end:
            self.say(layer, name, at, end - at, self.data[at:end].hex(), meaning)

    def bytes(self, layer: str, at: int, size: int) -> bytes:
        """Return some bytes.

        Raises
        ------
        Cut
            They were not kept.
        Malformed
            The packet ends before them.
        """
        if at + size > len(self.data):
            raise Cut(layer)
        if at + size > self.end:
            raise Malformed(_("The packet ends inside its {layer} header.").format(layer=layer))
        return self.data[at : at + size]

    def say(  # noqa: PLR0913, PLR0917 - as above
        self,
        layer: str,
        name: str,
        at: int,
        size: int,
        value: int | str,
        meaning: str = "",
        form: str = "{}",
    ) -> None:
        """Remember a field."""
        self.fields.append(Field(layer, name, at, size, form.format(value), meaning))
        self.values.setdefault((layer, name), value)


def dissect(data: bytes, length: int, link_type: int = ETHERNET) -> Dissection:
    """Take one frame apart.

    Parameters
    ----------
    data : bytes
        What was kept of it.
    length : int
        Its bytes on the wire.
    link_type : int
        What it begins with: `ETHERNET` or, for `RAW`, the IP packet itself.
    """
    from nslabkit.frames import ethernet, internet  # they read with what stands above

    reader = Reader(data, length)
    problem = None
    try:
        if not data and not length:
            problem = _("The frame is empty.")
        elif link_type == ETHERNET:
            ethernet.read(reader)
        elif link_type != RAW:
            reader.rest("frame", "data", 0, length)
        else:
            internet.read_either(reader, 0)
    except Cut as cut:
        problem = _("The frame is too short for its {layer} header.").format(layer=cut)
    except Malformed as malformed:
        problem = str(malformed)
    if len(data) < length:
        problem = _("Cut off: {kept} of its {length} bytes were kept.").format(
            kept=len(data), length=length
        )
    return Dissection(
        tuple(sorted(reader.fields, key=lambda field: (field.offset, field.offset + field.size))),
        reader.values,
        reader.source,
        reader.destination,
        problem,
    )
