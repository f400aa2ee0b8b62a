"""The scrubber's story: everything it shows, as one plain dictionary.

The front end gets it once and needs nothing more: it goes on working when the kernel is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.base.language import for_html
from nslabkit.base.language import translate as _
from nslabkit.base.units import duration
from nslabkit.net.neighbour_states import state_meaning
from nslabkit.show.figures.ladder import title
from nslabkit.show.figures.scene import WireScene, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.capture import Packet
    from nslabkit.show.figures.crossings import Crossing

_ANSWERS = 4  # to choose from, at most


def story(scene: WireScene) -> dict[str, Any]:
    """Return what the scrubber shows of a scene, in the reader's language."""
    steps = [_before(scene)]
    steps += [_step(scene, place) for place in range(len(scene.crossings))]
    for step, question in zip(steps[1:], _questions(scene), strict=True):
        step["question"] = question
    return {
        "title": title(scene),
        "tongue": for_html(),
        "columns": _columns(scene),
        "steps": steps,
        "notes": _notes(scene),
        "words": _words(),
    }


def _columns(scene: WireScene) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [{"name": name_of(one), "links": []} for one in scene.columns]
    for one in scene.crossings:
        for packet in filter(None, (one.sent, one.received)):
            link = {"name": packet.interface.name, "mac": packet.interface.address}
            links = columns[scene.column(packet)]["links"]
            if link not in links:
                links.append(link)
    return columns


def _before(scene: WireScene) -> dict[str, Any]:
    """Return the step before any frame: only the tables."""
    return {
        "number": "",
        "label": "",
        "summary": "",
        "meaning": _("Before the first frame. What will it be?"),
        "from": None,
        "to": None,
        "size": 0,
        "bytes": "",
        "fields": [],
        "tables": _tables(scene, scene.crossings[0].number - 1),
        "question": None,
    }


def _step(scene: WireScene, place: int) -> dict[str, Any]:
    crossing = scene.crossings[place]
    packet = crossing.packet
    meaning = packet.meaning
    if packet.problem:
        meaning = _("{sentence} {problem}").format(sentence=meaning, problem=packet.problem)
    if crossing.lost:
        meaning = _("{sentence} It was not received at the other end.").format(sentence=meaning)
    return {
        "number": str(crossing.number),
        "label": str(packet.kind),
        "summary": packet.summary,
        "meaning": meaning,
        "from": _end(scene, crossing.sent),
        "to": _end(scene, crossing.received),
        "size": packet.length,
        "bytes": packet.data.hex(),
        "fields": [
            {
                "layer": field.layer,
                "name": field.name,
                "offset": field.offset,
                "size": field.size,
                "value": field.value,
                "meaning": field.meaning,
            }
            for field in packet.fields
        ],
        "tables": _tables(scene, crossing.number),
        "question": None,
    }


def _end(scene: WireScene, packet: Packet | None) -> dict[str, Any] | None:
    if packet is None:
        return None
    return {
        "column": scene.column(packet),
        "link": packet.interface.name,
        "time": duration(packet.time - scene.begin),
    }


def _tables(scene: WireScene, after: int) -> list[list[dict[str, str]]]:
    """Return each namespace's neighbours as they were known, with what is new in them."""
    tables = []
    for name in scene.columns:
        was, now = scene.table(name, after - 1), scene.table(name, after)
        rows = []
        for address, neighbour in now.items():
            before = was.get(address)
            if after < scene.crossings[0].number:
                news = ""
            elif before is None:
                news = _("new")
            else:
                news = _("changed") if before.state != neighbour.state else ""
            rows.append(
                {
                    "address": address,
                    "mac": neighbour.mac,
                    "state": neighbour.state,
                    "told": _("{meaning} ({told})").format(
                        meaning=state_meaning(neighbour.state) or neighbour.state,
                        told=_("read from the table") if neighbour.read else _("announced"),
                    ),
                    "news": news,
                }
            )
        tables.append(rows)
    return tables


def _questions(scene: WireScene) -> list[dict[str, Any] | None]:
    """Return what is asked before each frame; wrong answers come from the same recording."""
    answers = [_answer(crossing) for crossing in scene.crossings]
    back = {_answer(crossing): _answer(crossing, back=True) for crossing in scene.crossings}
    kinds = list(dict.fromkeys(answers))
    questions: list[dict[str, Any] | None] = []
    for answer in answers:
        others = [other for other in (back[answer], *kinds, *back.values()) if other != answer]
        choice = sorted({answer, *list(dict.fromkeys(others))[: _ANSWERS - 1]})
        if len(choice) > 1:
            questions.append({"answers": choice, "right": choice.index(answer)})
        else:
            questions.append(None)
    return questions


def _answer(crossing: Crossing, *, back: bool = False) -> str:
    """Return a frame as an answer: from where to where, and what; `back`: the other way."""
    packets: Sequence[Packet | None] = (crossing.sent, crossing.received)
    ends = ["?" if end is None else name_of(end.interface.namespace) for end in packets]
    if back:
        ends.reverse()
    return _("{sender} → {receiver}: {kind}").format(
        sender=ends[0], receiver=ends[1], kind=crossing.packet.kind
    )


def _notes(scene: WireScene) -> list[str]:
    notes = list(scene.notes)
    if scene.clock_steps:
        notes.append(_("The clock was set during the recording: times that span this are wrong."))
    if scene.left_out:
        text = _("{count:,} more frames are not shown: choose with first= and count=.")
        notes.append(text.format(count=scene.left_out))
    return notes


def _words() -> dict[str, str]:
    return {
        "first": _("Start"),
        "back": _("Back"),
        "next": _("Next"),
        "last": _("End"),
        "slider": _("Frame"),
        "ask": _("Let me guess first"),
        "before": _("Before the first frame"),
        "valuetext": _("Frame {number} of {count}: {label}"),
        "question": _("Your guess: what crosses the wire next?"),
        "compare": _("That is my guess"),
        "show": _("Just show it"),
        "right": _("✔ You guessed “{answer}”, and you were right."),
        "wrong": _("→ You guessed “{guess}”; it is “{answer}”. Why?"),
        "quiet": _("Nothing on the wire."),
        "onwire": _("{number}  {label}, {size} bytes"),
        "sent": _("▲ sent by {link} at {time}"),
        "received": _("▼ received by {link} at {time}"),
        "neighbours": _("Neighbour table"),
        "address": _("address"),
        "mac": _("MAC address"),
        "state": _("state"),
        "empty": _("no entry"),
        "bytes": _("The bytes of the frame"),
        "fields": _("Fields of the frame"),
        "framebytes": _("The frame's {size} bytes"),
        "place": _("byte {first}–{last}"),
        "point": _(
            "Point at a byte or a field: its counterpart lights up. Keys: ↑ and ↓ in the list."
        ),
        "placeone": _("byte {first}"),
        "fieldsays": _("{layer}, {name} (length {size}): {value}"),
        "fieldmeans": _("{layer}, {name} (length {size}): {value} – {meaning}"),
    }
