"""Walk through a frame: where its headers are, and what lies between and behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from nslabkit.base.language import translate as _
from nslabkit.frames.header import Header

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.frames.header import Layout

# The layer that follows, and where; None at the end of what can be taken apart.
NextLayer: TypeAlias = "tuple[str, int] | None"


class Cut(Exception):  # noqa: N818 - a signal between our own functions
    """The bytes of a layer's header are not there; the text is the layer's name."""


class Malformed(Exception):  # noqa: N818 - as above
    """A layer contradicts itself; the text says how, in the reader's language."""


class Carried(NamedTuple):
    """What an IP packet carries: the protocol's number, and from where to where.

    `fragment` is where it belongs in the whole packet, if this is a later part of one.
    """

    protocol: int
    at: int
    end: int
    fragment: int = 0


class FrameReader:
    """Notes the headers of a frame.

    Attributes
    ----------
    data : bytes
        What was kept of the frame.
    length : int
        Its bytes on the wire.
    end, there : int
        Where the packet ends that is being read, and where what was kept of it does.
    headers, rests : list
        What was noted so far: headers, and bytes that are one field, such as a message's data
        (layer, name, begin, end, and what to call for their meaning).
    whole : dict
        The first header of each layer that is all there.
    carried : dict
        What each layer of IP carries.
    sizes : dict
        How much data a layer carries, by its name.
    ends : tuple
        The innermost header that names addresses, and the names of its two fields.
    fragment : bool
        Whether the packet goes on in others: what its headers count is not all here.
    tunnelled : int or None
        Where a whole frame begins that this one carries.
    """

    def __init__(self, data: bytes, length: int) -> None:
        self.data = data
        self.length = length
        self.ends_at(length)
        self.headers: list[Header] = []
        self.whole: dict[str, Header] = {}
        self.rests: list[tuple[str, str, int, int, Callable[[], str] | None]] = []
        self.carried: dict[str, Carried] = {}
        self.sizes: dict[str, int] = {}
        self.ends: tuple[Header, str, str] | None = None
        self.fragment = False
        self.tunnelled: int | None = None

    def ends_at(self, end: int) -> None:
        """Note where the packet ends: the rest of the frame is padding."""
        self.end, self.there = end, min(end, len(self.data))

    def header(self, layer: str, layout: Layout, at: int) -> Header:
        """Note a header that must be all there.

        Raises
        ------
        Cut
            Its bytes were not kept.
        Malformed
            The packet ends before it does.
        """
        header = self.note(layer, layout, at)
        if header.end < at + layout.size:
            self.need(layer, at, layout.size)
        return header

    def note(self, layer: str, layout: Layout, at: int) -> Header:
        """Note a header as far as it is there."""
        end = at + layout.size
        if end > self.there:
            header = Header(layer, layout, self.data, at, self.there)
        else:
            header = Header(layer, layout, self.data, at, end)
            self.whole.setdefault(layer, header)
        self.headers.append(header)
        return header

    def need(self, layer: str, at: int, size: int) -> None:
        """Raise as `header` does where some bytes are not there."""
        if at + size > len(self.data):
            raise Cut(layer)
        if at + size > self.end:
            raise Malformed(_("The packet ends inside its {layer} header.").format(layer=layer))

    def byte(self, layer: str, at: int) -> int:
        """Return one byte of a header that is yet to be noted."""
        self.need(layer, at, 1)
        return self.data[at]

    def rest(
        self, layer: str, name: str, at: int, end: int, means: Callable[[], str] | None = None
    ) -> None:
        """Note what was kept between two places as one field, if there is anything."""
        end = min(end, len(self.data))
        if at < end:
            self.rests.append((layer, name, at, end, means))

    def take(self, inner: FrameReader) -> None:
        """Add what was noted of a frame that this one carries: ``"inner IPv4"``, ….

        The outer layers keep their names: they are those by which this frame is sent.
        """
        for header in inner.headers:
            header.layer = f"inner {header.layer}"
        self.headers += inner.headers
        self.rests += [
            (f"inner {layer}", name, at, end, means) for layer, name, at, end, means in inner.rests
        ]
        self.whole |= {f"inner {layer}": header for layer, header in inner.whole.items()}
        self.sizes |= {f"inner {layer}": size for layer, size in inner.sizes.items()}
