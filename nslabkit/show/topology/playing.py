"""Playback data: which frames travel along which wire, in the shape the page plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.base.units import duration, moment

if TYPE_CHECKING:
    from nslabkit.capture.recording import Recording
    from nslabkit.live.model import Model

MOST_FRAMES = 2000  # that a page steps through; the rest is counted and said


def playable(recording: Recording, model: Model, number: int) -> dict[str, Any]:
    """Return the frames of a recording as one dictionary that JSON can carry.

    A frame that was recorded at both ends of a wire is shown once, as it was sent.

    Parameters
    ----------
    recording : Recording
        One that has ended.
    model : Model
        What is there now: which links are two ends of one wire.
    number : int
        Tells the page that this is another recording.
    """
    taps = [
        {"namespace": one.namespace, "link": one.name, "index": one.index}
        for one in recording.interfaces
    ]
    twice = _recorded_at_both_ends(taps, model)
    shown: list[dict[str, Any]] = []
    left, first, last = 0, None, 0
    for packet in recording.packets:
        tap = packet.interface.number
        if tap in twice and not packet.outgoing:
            continue
        if len(shown) == MOST_FRAMES:
            left += 1
            continue
        first = packet.time if first is None else first
        if shown:
            shown[-1]["pause"] = duration(packet.time - last)
        last = packet.time
        shown.append(
            {
                "number": packet.number,
                "time": (packet.time - first) / 1000,
                "moment": moment(packet.time - first),
                "tap": tap,
                "outgoing": packet.outgoing,
                "length": packet.length,
                "kind": str(packet.kind),
                "summary": packet.summary,
                "meaning": packet.meaning,
            }
        )
    notes = list(recording.notes)
    if recording.dropped:
        notes.append(
            _("The kernel dropped {count} frames: they are not in the recording.").format(
                count=recording.dropped
            )
        )
    return {"id": number, "taps": taps, "frames": shown, "left": left, "notes": notes}


def _recorded_at_both_ends(taps: list[dict[str, Any]], model: Model) -> set[int]:
    """Return the numbers of the taps whose wire's other end was recorded too."""
    recorded = {(tap["namespace"], tap["link"]): number for number, tap in enumerate(taps)}
    names = {
        (space["key"], link["index"]): ("" if space["host"] else space["name"], link["name"])
        for space in model["namespaces"]
        for link in space["links"]
    }
    both = set()
    for space in model["namespaces"]:
        for link in space["links"]:
            near, end = names[space["key"], link["index"]], link["peer"]
            far = names.get((end["namespace"], end["index"])) if end else None
            if near in recorded and far in recorded:
                both.add(recorded[near])
    return both
