"""Segments of TCP in a recording, each once, for a claim to judge by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.capture import Recording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.capture import Packet
    from nslabkit.frames.streams import StreamNumbers


def at_one_end(recording: Recording | None) -> list[Packet]:
    """Return the frames that passed the link where the first one was seen, each once."""
    if not isinstance(recording, Recording) or not len(recording):
        return []
    first = recording.packets[0].interface.number
    return [packet for packet in recording.packets if packet.interface.number == first]


def numbers(packet: Packet) -> StreamNumbers:
    """Return a segment's numbers."""
    stream = packet.stream
    assert stream is not None  # only segments are asked
    return stream


def segments(recording: Recording | None) -> list[Packet]:
    """Return the segments that passed the link where the first frame was seen."""
    return [packet for packet in at_one_end(recording) if packet.stream is not None]


def port_of(packet: Packet, which: str) -> int:
    """Return a segment's ``source`` or ``destination`` port."""
    header = packet.dissection.header("TCP")
    return 0 if header is None else int(header[f"{which} port"])


def listed(packets: Iterable[Packet]) -> str:
    """Return segments one per line, for evidence."""
    return "\n".join(f"{packet.kind}, {numbers(packet).words}" for packet in packets)
