"""How does a recording print?"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

from nslabkit.base.language import translate as _
from nslabkit.base.printable import printable
from nslabkit.base.table import Table
from nslabkit.frames.frame_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.capture.recording import Recording
    from nslabkit.frames.packets import Packet

__all__ = ["as_html", "as_text", "summary"]

_BOTH_ENDS = 40  # packets that are shown whole; of more the first and last half
_MILLISECOND = 1e6  # nanoseconds


def as_text(recording: Recording) -> str:
    """Return one line on the whole, a line for each packet shown, and the notes."""
    lines = [_title(recording)]
    first, left_out, last = _shown(recording)
    lines += [_line(recording, packet) for packet in first]
    if left_out:
        lines += [_left_out(left_out), *(_line(recording, packet) for packet in last)]
    return "\n".join([*map(printable, lines), *recording.notes])


def as_html(recording: Recording) -> str:
    """Return a table of the packets, with the counts and the notes below."""
    first, left_out, last = _shown(recording)
    headings = (_("no."), _("time, ms"), _("where"), _("direction"), _("what"), _("meaning"))
    head = "".join(f'<th scope="col" style="{_CELL}">{html.escape(one)}</th>' for one in headings)
    rows = [_row(recording, packet) for packet in first]
    if left_out:
        text = html.escape(_left_out(left_out))
        rows.append(f'<tr><td colspan="{len(headings)}" style="{_CELL}">{text}</td></tr>')
        rows += [_row(recording, packet) for packet in last]
    notes = "".join(
        f"<li>{html.escape(note)}</li>" for note in [*_counts(recording), *recording.notes]
    )
    return (
        f"<table><caption>{html.escape(_title(recording))}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<ul>{notes}</ul>"
    )


_CELL = "text-align: left; vertical-align: top"


def summary(recording: Recording) -> Table[tuple[str, str, str, int, int]]:
    """Return how many frames of each kind passed each link, and in which direction."""
    frames, count = recording.frames, len(KINDS)
    keys = (frames["interface"].astype(np.int64) * 2 + frames["outgoing"]) * count + recording.kinds
    found, places, numbers = np.unique(keys, return_inverse=True, return_counts=True)
    sizes = np.bincount(places, frames["length"].astype(float), minlength=len(found))
    rows = []
    for key, number, size in zip(found.tolist(), numbers.tolist(), sizes.tolist(), strict=True):
        ends, kind = divmod(key, count)
        interface, outgoing = divmod(ends, 2)
        where = recording.interfaces[interface].where
        rows.append((where, _direction(outgoing=bool(outgoing)), KINDS[kind], number, int(size)))
    return Table(
        _title(recording),
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


def _title(recording: Recording) -> str:
    return _("Packets: {packets}, links: {links}, dropped: {dropped}").format(
        packets=f"{len(recording):,}",
        links=len(recording.interfaces),
        dropped=f"{recording.dropped:,}",
    )


def _counts(recording: Recording) -> list[str]:
    """Return the kernel's counters, one sentence for each link."""
    return [
        _("{link}: the kernel counted {received} frames and dropped {dropped}.").format(
            link=one.where, received=f"{one.received:,}", dropped=f"{one.dropped:,}"
        )
        for one in recording.interfaces
        if one.received
    ]


def _shown(recording: Recording) -> tuple[Sequence[Packet], int, Sequence[Packet]]:
    packets = recording.packets
    if len(packets) <= _BOTH_ENDS:
        return packets, 0, ()
    half = _BOTH_ENDS // 2
    return packets[:half], len(packets) - 2 * half, packets[-half:]


def _left_out(number: int) -> str:
    return _("… {number} more …").format(number=f"{number:,}")


def _direction(*, outgoing: bool) -> str:
    return _("sent") if outgoing else _("received")


def _cells(recording: Recording, packet: Packet) -> tuple[str, ...]:
    since = (packet.time - int(recording.frames["time"][0])) / _MILLISECOND
    return (
        str(packet.number),
        f"{since:.3f}",
        packet.interface.where,
        _direction(outgoing=packet.outgoing),
        packet.summary,
        packet.meaning,
    )


def _line(recording: Recording, packet: Packet) -> str:
    number, since, where, direction, what, _meaning = _cells(recording, packet)
    return f"{number:>4} {since:>10} ms  {where} {direction}: {what}"


def _row(recording: Recording, packet: Packet) -> str:
    first, *others = map(_escaped, _cells(recording, packet))
    cells = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in others)
    return f'<tr><th scope="row" style="{_CELL}">{first}</th>{cells}</tr>'


def _escaped(text: str) -> str:
    return html.escape(printable(text))
