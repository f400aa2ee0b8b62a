"""What does a ladder say, in words?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.base.units import duration
from nslabkit.net.neighbour_states import state_meaning
from nslabkit.show.figures.scene import name_of

if TYPE_CHECKING:
    from nslabkit.show.figures.crossings import Crossing
    from nslabkit.show.figures.scene import Change, Scene

__all__ = ["description", "sentence", "title"]


def title(scene: Scene) -> str:
    """Return what is seen, one sentence."""
    count = len(scene.crossings)
    span = duration(max(one.end for one in scene.crossings) - scene.begin)
    places = ", ".join(map(name_of, scene.columns))
    if len(scene.columns) == 1:
        return _("{count} frames in {span}, seen at {place}").format(
            count=count, span=span, place=places
        )
    first, last = scene.crossings[0].packet, scene.crossings[-1].packet
    return _("{count} frames in {span} between {places}: from {first} to {last}").format(
        count=count, span=span, places=places, first=first.kind, last=last.kind
    )


def description(scene: Scene) -> str:
    """Return the frames and the neighbours' states, sentence by sentence, in their order."""
    said = [(one.number, 0, sentence(scene, one)) for one in scene.crossings]
    said += [(one.after, 1, _changed(one)) for one in scene.changes]
    return " ".join([text for _number, _kind, text in sorted(said, key=lambda row: row[:2])])


def sentence(scene: Scene, one: Crossing) -> str:
    """Return what a frame did, one sentence with its times."""
    since = duration(one.begin - scene.begin)
    values = {"number": one.number, "label": one.label, "since": since}
    if one.sent is None or one.received is None:
        values["place"] = _place(one)
        if one.sent is None:
            text = _("Frame {number}, {label}, reaches {place} {since} after the first.")
        elif one.lost:
            text = _(
                "Frame {number}, {label}, leaves {place} {since} after the first, and is not "
                "received."
            )
        else:
            text = _("Frame {number}, {label}, leaves {place} {since} after the first.")
        return text.format(**values)
    return _(
        "Frame {number}, {label}, leaves {sender} {since} after the first and reaches {receiver} "
        "{crossing} later."
    ).format(
        sender=one.sent.interface.where,
        receiver=one.received.interface.where,
        crossing=duration(one.end - one.begin),
        **values,
    )


def _place(one: Crossing) -> str:
    return one.packet.interface.where


def _changed(one: Change) -> str:
    values = {"place": name_of(one.namespace), "address": one.address}
    if not one.state:
        return _("{place} no longer knows {address}.").format(**values)
    return _("In {place}, the neighbour {address} is {state}: {meaning}.").format(
        state=one.state, meaning=state_meaning(one.state) or one.state, **values
    )
