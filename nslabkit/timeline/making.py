"""Making a timeline of a recording: all relations between frames, and all causes, by place."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nslabkit.capture.events.observation import Clock, Observation
from nslabkit.timeline.answers import relations
from nslabkit.timeline.causes import Scene, causes
from nslabkit.timeline.frame_reading import readings
from nslabkit.timeline.order import arranged, frame_times, moments
from nslabkit.timeline.pairing import in_order, same_frames
from nslabkit.timeline.timeline import Timeline
from nslabkit.timeline.timeline_plan import TimelinePlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nslabkit.capture.recording import ClockStep, Recording
    from nslabkit.frames.packets import Packet
    from nslabkit.timeline.answers import Relations
    from nslabkit.timeline.causes import Causes
    from nslabkit.timeline.frame_reading import Reading

_LONGEST_WAIT = 10_000_000_000  # ns from a packet's making to its frame: ARP tries for 3 s


def timeline(recording: Recording) -> Timeline:
    """Return the events of a recording on one axis, each with what it is related to.

    Parameters
    ----------
    recording : Recording
        Frames, and what was heard besides them.

    Examples
    --------
    >>> import nslabkit as lab
    >>> from nslabkit.capture import Recording
    >>> lab.timeline(Recording())
    Timeline: 0 events in 0.0 µs.
    """
    with _without_collecting():
        made = plan(recording.packets, recording.events, recording.clock_steps)
    return Timeline(made, recording.notes, recording)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Make objects that stay and form no circle, while the collector does not count them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def plan(
    recorded: Iterable[Packet],
    events: Iterable[Observation] = (),
    steps: Sequence[ClockStep] = (),
) -> TimelinePlan:
    """Find what belongs together, and put it in order."""
    packets = in_order(recorded)
    read = readings(packets)
    same = same_frames(packets)
    related = relations(packets, read)
    for place in same:  # what a bridge hands on was sent by the router already
        related.forwarded.pop(place, None)
    times = frame_times([packet.time for packet in packets], steps)
    heard = [
        *(
            observation
            for observation in events
            if observation.clock in {Clock.RECEIVED, Clock.READ}
        )
    ]
    origins = [
        place
        for place, packet in enumerate(packets)
        if packet.outgoing and place not in same and place not in related.forwarded
    ]
    written = _written(packets, read, origins)
    said = _not_written(
        [observation for observation in events if observation.kind == "ping"],
        list(written.values()),
    )
    observations = [*heard, *written.values(), *said, *map(_step, steps)]
    when = moments([observation.time for observation in heard], steps)
    when += [
        times[place] - (packets[place].time - observation.time)
        for place, observation in written.items()
    ]
    when += [
        observation.time - sum(step.by for step in steps if step.time <= observation.time)
        for observation in said
    ]
    when += [
        step.time - sum(other.by for other in steps[:number])
        for number, step in enumerate(steps, 1)
    ]
    scene = Scene(packets, times, read, related.answers, observations, when)
    sent = {place: len(heard) + number for number, place in enumerate(written)}
    sent |= _derived(scene, origins, sent)
    caused = causes(scene)
    order = arranged(scene, caused)
    numbers = {event: number for number, event in enumerate(order, 1)}
    return TimelinePlan(
        scene, same, related, caused, sent, order, numbers, _reasons(scene, related, caused, sent)
    )


def _written(
    packets: Sequence[Packet], readings: Sequence[Reading], origins: Sequence[int]
) -> dict[int, Observation]:
    """Return when ping sent its requests, as it wrote it into each of them."""
    observations = {}
    for place in origins:
        packet, detail = packets[place], readings[place].detail
        sent = detail.get("sent")
        if sent is not None and 0 <= packet.time - sent < _LONGEST_WAIT:
            known = {key: detail[key] for key in ("id", "seq", "source", "destination")}
            observations[place] = Observation(
                sent, Clock.WRITTEN, packet.interface.namespace, None, "ping", "sent", known
            )
    return observations


def _not_written(said: list[Observation], written: list[Observation]) -> list[Observation]:
    """Return what ping printed; when it sent only where no packet says it better."""
    known = {(one.namespace, one.detail["destination"], one.detail["seq"]) for one in written}
    return [
        one
        for one in said
        if one.change != "sent"
        or (one.namespace, one.detail.get("source"), one.detail.get("seq")) not in known
    ]


def _derived(scene: Scene, origins: Sequence[int], sent: dict[int, int]) -> dict[int, int]:
    """Return, for requests that do not carry their time, what was derived from ping's output."""
    derived = {
        (
            observation.namespace,
            observation.detail.get("source"),
            observation.detail.get("seq"),
        ): number
        for number, observation in enumerate(scene.observations)
        if observation.kind == "ping" and observation.clock is Clock.DERIVED
    }
    numbers = {}
    for place in origins:
        detail = scene.readings[place].detail
        if place not in sent and scene.packets[place].kind.name == "echo request":
            where = scene.packets[place].interface.namespace
            number = derived.get((where, detail.get("destination"), detail.get("seq")))
            if number is not None:
                numbers[place] = number
    return numbers


def _step(step: ClockStep) -> Observation:
    detail = {"by": step.by, "frames": step.frames}
    return Observation(step.time, Clock.RECEIVED, "", None, "clock", "stepped", detail)


def _reasons(
    scene: Scene, related: Relations, caused: Causes, sent: dict[int, int]
) -> dict[int, int]:
    """Return for each event, as in `TimelinePlan.order`, the one without which it would not be."""
    count = len(scene.packets)
    reasons = dict(related.forwarded)
    reasons |= {count + number: place for number, place in caused.of_observations.items()}
    taught = {
        place: count + number
        for number, place in caused.of_observations.items()
        if scene.observations[number].kind == "neighbour"
    }
    for number, place in caused.by_observations.items():
        if scene.observations[number].kind == "neighbour":
            reasons[place] = count + number
    for place, number in sent.items():
        answer = caused.waited.get(place)
        question = related.answers.get(answer) if answer is not None else None
        # ping's packet waits, and what goes out first is the question for the address.
        reasons[place if question is None else question] = count + number
    for place, answer in caused.waited.items():
        reasons[place] = taught.get(answer, answer)
    return reasons
