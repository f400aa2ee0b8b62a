"""Fields of a frame: which of its bytes say what, layer by layer.

`dissect` goes through one frame as far as it is understood, and never fails: what is cut off or
contradicts itself is said in the result.  Each protocol's own module has its layout and says
which layer follows; a protocol more is a module more and its row in `_READERS`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

from nslabkit.base.language import translate as _
from nslabkit.frames.control_messages import read_icmp, read_icmpv6
from nslabkit.frames.ethernet import read_arp, read_ethernet
from nslabkit.frames.frame_reader import Cut, FrameReader, Malformed
from nslabkit.frames.header import HeaderField
from nslabkit.frames.interface import ETHERNET, RAW
from nslabkit.frames.internet import (
    read_ip,
    read_ipv4,
    read_ipv6,
    read_quoted_ipv4,
    read_quoted_ipv6,
)
from nslabkit.frames.transport import read_tcp, read_udp
from nslabkit.frames.tunnelling import read_vxlan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nslabkit.frames.frame_reader import Carried, NextLayer
    from nslabkit.frames.header import Header

_READERS: dict[str, Callable[[FrameReader, int], NextLayer]] = {
    "Ethernet": read_ethernet,
    "ARP": read_arp,
    "IP": read_ip,
    "IPv4": read_ipv4,
    "IPv6": read_ipv6,
    "IPv4 quoted": read_quoted_ipv4,
    "IPv6 quoted": read_quoted_ipv6,
    "ICMP": read_icmp,
    "ICMPv6": read_icmpv6,
    "TCP": read_tcp,
    "UDP": read_udp,
    "VXLAN": read_vxlan,
}

_FIRST: dict[int, NextLayer] = {ETHERNET: ("Ethernet", 0), RAW: ("IP", 0)}


class Dissection:
    """A frame taken apart.

    Attributes
    ----------
    problem : str or None
        What is wrong with it, one sentence.
    malformed : bool
        Whether it contradicts itself; otherwise a problem is that not all of it was kept.
    """

    def __init__(self, reader: FrameReader, problem: str | None, *, malformed: bool) -> None:
        self._reader, self.problem, self.malformed = reader, problem, malformed

    @functools.cached_property
    def fields(self) -> tuple[HeaderField, ...]:
        """Each field with its meaning, in the order of their bytes."""
        found = [one for header in self._reader.headers for one in header.fields()]
        for layer, name, at, end, means in self._reader.rests:
            value = self._reader.data[at:end].hex()
            found.append(HeaderField(layer, name, at, end - at, value, means() if means else ""))
        return tuple(sorted(found, key=lambda one: (one.offset, one.offset + one.size)))

    @functools.cached_property
    def values(self) -> Mapping[tuple[str, str], Any]:
        """The same by layer and name, as numbers where they are: ``values["ICMP", "sequence"]``.

        Of two tags, or two options of one kind, only the first counts.
        """
        reader = self._reader
        by_name: dict[tuple[str, str], Any] = {}
        for header in reader.headers:
            for name in header.names():
                by_name.setdefault((header.layer, name), header[name])
        for layer, name, at, end, _means in reader.rests:
            by_name.setdefault((layer, name), reader.data[at:end].hex())
        return by_name | {(layer, "data length"): size for layer, size in reader.sizes.items()}

    def header(self, layer: str) -> Header | None:
        """Return the first header of a layer that is all there."""
        return self._reader.whole.get(layer)

    def with_field(self, layer: str, name: str) -> Header | None:
        """Return the first header of a layer that has such a field: a part of its messages."""
        found = (one for one in self._reader.headers if one.layer == layer and name in one)
        return next(found, None)

    def carried(self, layer: str) -> Carried | None:
        """Return what a layer of IP carries: ``"IPv4"``, or ``"IPv4 quoted"`` of an error."""
        return self._reader.carried.get(layer)

    def data_length(self, layer: str) -> int:
        """Return how many bytes TCP or UDP carries."""
        return self._reader.sizes.get(layer, 0)

    @property
    def source(self) -> str:
        """The address that it names as its origin, IP before MAC; may be empty.

        Of an error it is the one who complains, of a tunnel the host at its near end.
        """
        return self._end(1)

    @property
    def destination(self) -> str:
        """The address that it names as its goal, IP before MAC; may be empty."""
        return self._end(2)

    def _end(self, which: Literal[1, 2]) -> str:
        ends = self._reader.ends
        return ends[0][ends[which]] if ends and ends[which] in ends[0] else ""


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
    reader = FrameReader(data, length)
    problem, malformed = None, False
    try:
        if not data and not length:
            problem = _("The frame is empty.")
        else:
            _walk(reader, _FIRST.get(link_type))
    except Cut as cut:
        problem = _("The frame is too short for its {layer} header.").format(layer=cut)
    except Malformed as error:
        problem, malformed = str(error), True
    if len(data) < length:
        problem = _("Cut off: {kept} of its {length} bytes were kept.").format(
            kept=len(data), length=length
        )
    return Dissection(reader, problem, malformed=malformed)


def _walk(reader: FrameReader, step: NextLayer) -> None:
    """Read one layer after the other, then the frame inside if this one carries a frame."""
    if step is None:
        reader.rest("frame", "data", 0, reader.length)
        return
    ethernet = step[0] == "Ethernet"
    while step is not None:
        layer, at = step
        step = _READERS[layer](reader, at)
    if ethernet:
        reader.rest("Ethernet", "padding", reader.end, reader.length, _filling)
    if reader.tunnelled is not None:
        _read_inner(reader, reader.tunnelled)


def _read_inner(reader: FrameReader, at: int) -> None:
    inner = FrameReader(reader.data, reader.end)
    try:
        _walk(inner, ("Ethernet", at))
    finally:
        reader.take(inner)  # what could be read, however it ends


def _filling() -> str:
    return _("pads the frame, means nothing")
