"""Checks of recorded frames, and of the bytes that the learner reads in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, kindly, missing, right
from nslabkit.frames.kind import KINDS

if TYPE_CHECKING:
    from nslabkit.capture import Kind, Packet, Recording

_OF_ARP = [kind for kind in KINDS if kind.protocol == "ARP"]
_LONGEST = 40  # letters of a value, such as a packet's data


@kindly
def recorded(recording: Recording, *kinds: str | Kind) -> CheckResult:
    """Check that a recording holds frames of these kinds, in this order.

    Parameters
    ----------
    recording : Recording
        What ``lab.capture`` returned.
    *kinds : str or Kind
        As ``packet.kind`` calls them: ``"ARP request"``, ``"ICMP echo request"``.
    """
    there = [packet.kind for packet in recording.packets]
    rest = iter(there)
    for kind in kinds:
        if any(one == kind for one in rest):
            continue
        if kind in there:
            text = _("{kind} is there, but not where it should be. Record once more.")
        elif kind in _OF_ARP:
            text = _(
                "there is no {kind}: the neighbour was already known. Flush both "
                "tables before the ping: !ip -n netns1 neigh flush all"
            )
        else:
            text = _("there is no {kind}. Run the ping inside the `with` block.")
        return missing(text.format(kind=kind))
    return right(
        _("the recording holds, in this order: {kinds}.").format(kinds=enumeration(map(str, kinds)))
        if kinds
        else _("the recording holds {count} frames.").format(count=len(there))
    )


@kindly
def field(packet: Packet, layer: str, name: str, found: bytes) -> CheckResult:
    """Check that some bytes, cut out of a frame, are a certain field.

    Parameters
    ----------
    packet : Packet
        The frame.
    layer, name : str
        The field, as the byte view calls it: ``"IPv4"``, ``"ttl"``.
    found : bytes
        What was cut out: ``packet.data[22:23]``.
    """
    wanted = next(
        (part for part in packet.fields if (part.layer, part.name) == (layer, name)), None
    )
    if wanted is None:
        names = sorted({f"{part.layer} {part.name}" for part in packet.fields})
        return missing(
            _("this frame has no field {layer} {name}. It has: {names}.").format(
                layer=layer, name=name, names=enumeration(names)
            )
        )
    if not isinstance(found, bytes | bytearray | memoryview):
        return missing(
            _("cut bytes out of the frame, as in packet.data[{first}:{last}].").format(
                first=0, last=wanted.size
            )
        )
    values = {"layer": layer, "name": name, "size": wanted.size, "value": _shortened(wanted.value)}
    if bytes(found) == packet.data[wanted.offset : wanted.offset + wanted.size]:
        return right(_("these are the bytes of {layer} {name}: {value}.").format(**values))
    if len(found) != wanted.size:
        text = _("{layer} {name} takes up {size} of the frame's bytes; you cut out {count}.")
        return missing(text.format(count=len(found), **values))
    before = [part.name for part in packet.fields if part.offset + part.size <= wanted.offset]
    if not before:
        return missing(_("the field {layer} {name} is at the very beginning.").format(**values))
    return missing(
        _("these bytes are another field; {layer} {name} comes right after “{before}”.").format(
            before=before[-1], **values
        )
    )


def _shortened(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
