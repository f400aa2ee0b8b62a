"""The tables of a recording: its packets one by one, and how many of which kind there were."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

from nslabkit.base import markup
from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.base.table import Table
from nslabkit.frames.kind import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.frames.interface import Interface
    from nslabkit.frames.packets import Packet, Packets
    from nslabkit.frames.rows import Array

_BOTH_ENDS = 40  # packets that are shown whole; of more the first and last half
_MILLISECOND = 1e6  # nanoseconds


def as_text(packets: Packets, interfaces: Sequence[Interface], notes: Sequence[str]) -> str:
    """Return one line on the whole, a line for each packet shown, and the notes."""
    lines = [_title(len(packets), interfaces)]
    first, left_out, last = _shown(packets)
    begin = first[0].time if first else 0
    lines += [_line(packet, begin) for packet in first]
    if left_out:
        lines += [_left_out(left_out), *(_line(packet, begin) for packet in last)]
    return "\n".join([*map(printable, lines), *notes])


def as_html(packets: Packets, interfaces: Sequence[Interface], notes: Sequence[str]) -> str:
    """Return a table of the packets, with the counts and the notes below."""
    first, left_out, last = _shown(packets)
    begin = first[0].time if first else 0
    headings = (_("no."), _("time, ms"), _("where"), _("direction"), _("what"), _("meaning"))
    rows: list[tuple[str, ...] | str] = [_cells(packet, begin) for packet in first]
    if left_out:
        rows += [_left_out(left_out), *(_cells(packet, begin) for packet in last)]
    remarks = "".join(f"<li>{html.escape(note)}</li>" for note in [*_counts(interfaces), *notes])
    table = markup.table(_title(len(packets), interfaces), headings, rows)
    return f"{table}<ul>{remarks}</ul>"


def summary(
    frames: Array, kinds: Array, interfaces: Sequence[Interface]
) -> Table[tuple[str, str, str, int, int]]:
    """Return how many frames of each kind passed each link, and in which direction."""
    count = len(KINDS)
    keys = (frames["interface"].astype(np.int64) * 2 + frames["outgoing"]) * count + kinds
    found, places, numbers = np.unique(keys, return_inverse=True, return_counts=True)
    sizes = np.bincount(places, frames["length"].astype(float), minlength=len(found))
    rows = []
    for key, number, size in zip(found.tolist(), numbers.tolist(), sizes.tolist(), strict=True):
        ends, kind = divmod(key, count)
        interface, outgoing = divmod(ends, 2)
        where = interfaces[interface].where
        rows.append(
            (where, _direction(outgoing=bool(outgoing)), str(KINDS[kind]), number, int(size))
        )
    return Table(
        _title(len(frames), interfaces),
        rows,
        {
            _("where"): lambda row: row[0],
            _("direction"): lambda row: row[1],
            _("what"): lambda row: row[2],
            _("frames"): lambda row: f"{row[3]:,}",
            _("bytes"): lambda row: f"{row[4]:,}",
        },
        [
            {"link": where, "direction": direction, "kind": kind, "frames": number, "bytes": size}
            for where, direction, kind, number, size in rows
        ],
    )


def _title(count: int, interfaces: Sequence[Interface]) -> str:
    return _("Packets: {packets}, links: {links}, dropped: {dropped}").format(
        packets=f"{count:,}",
        links=len(interfaces),
        dropped=f"{sum(one.dropped for one in interfaces):,}",
    )


def _counts(interfaces: Sequence[Interface]) -> list[str]:
    """Return the kernel's counters, one sentence for each link."""
    return [
        _("{link}: the kernel counted {received} frames and dropped {dropped}.").format(
            link=one.where, received=f"{one.received:,}", dropped=f"{one.dropped:,}"
        )
        for one in interfaces
        if one.received
    ]


def _shown(packets: Packets) -> tuple[Sequence[Packet], int, Sequence[Packet]]:
    if len(packets) <= _BOTH_ENDS:
        return packets, 0, ()
    half = _BOTH_ENDS // 2
    return packets[:half], len(packets) - 2 * half, packets[-half:]


def _left_out(number: int) -> str:
    return _("… {number} more …").format(number=f"{number:,}")


def _direction(*, outgoing: bool) -> str:
    return _("sent") if outgoing else _("received")


def _cells(packet: Packet, begin: int) -> tuple[str, ...]:
    since = (packet.time - begin) / _MILLISECOND
    return (
        str(packet.number),
        f"{since:.3f}",
        packet.interface.where,
        _direction(outgoing=packet.outgoing),
        packet.summary,
        packet.meaning,
    )


def _line(packet: Packet, begin: int) -> str:
    number, since, where, direction, what, _meaning = _cells(packet, begin)
    return f"{number:>4} {since:>10} ms  {where} {direction}: {what}"
