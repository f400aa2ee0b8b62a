"""The order of events, where not everything has a time from the kernel.

Frames stand by the kernel's time.  What else was heard came later than it happened, so it is put
where it must have been: behind the frame that caused it and before the frame that it caused.  The
kernel's notices of one namespace come in the order in which it sent them: none stands behind its
successor.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from nslabkit.capture.events.observation import Clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.capture.recording import ClockStep
    from nslabkit.timeline.causes import Causes, Scene

# Between two frames: first what the one caused, then what is there by its time, then what causes
# the other.
_CAUSED, _BY_TIME, _CAUSING = 0, 1, 2
_Place = tuple[int, int]  # frames before it, and one of the three


def frame_times(times: Sequence[int], steps: Sequence[ClockStep]) -> list[int]:
    """Return the times of frames as they were without steps of the clock, never going back."""
    found: list[int] = []
    for place, time in enumerate(times):
        by = sum(step.by for step in steps if step.frames <= place)
        found.append(max(time - by, found[-1] if found else 0))
    return found


def moments(times: Sequence[int], steps: Sequence[ClockStep]) -> list[int]:
    """Return times, in the order in which they were read, as they were without steps.

    What was read by the old clock and what by the new is seen by the jump between them.
    """
    left, by, before = list(steps), 0, None
    corrected = []
    for time in times:
        while left and _is_behind(left[0], time, before):
            by += left.pop(0).by
        before = time
        corrected.append(time - by)
    return corrected


def _is_behind(step: ClockStep, time: int, before: int | None) -> bool:
    if step.by > 0:
        return time >= step.time - step.by // 2
    return time < before if before is not None else time < step.time - step.by // 2


def arranged(scene: Scene, causes: Causes) -> list[int]:
    """Return all that happened in its order.

    Returns
    -------
    list of int
        Frames by their place from 0; observations by theirs, behind the number of frames.
    """
    places = _places(scene, causes)
    count = len(scene.packets)
    order: list[int] = []
    numbered = sorted(
        range(len(places)), key=lambda number: (*places[number], scene.moments[number], number)
    )
    frame = 0
    for number in numbered:
        before = places[number][0]
        order += range(frame, before)
        frame = max(frame, before)
        order.append(count + number)
    order += range(frame, count)
    return order


def _places(scene: Scene, causes: Causes) -> list[_Place]:
    places: list[_Place] = [(0, _BY_TIME)] * len(scene.observations)
    ends: dict[tuple[str, bool], _Place] = {}
    for number in reversed(range(len(scene.observations))):
        one = scene.observations[number]
        place = _wanted(scene, causes, number)
        if one.clock is Clock.RECEIVED:
            sender = (one.namespace, one.kind == "rule")
            if place[1] != _CAUSED:  # what caused it is surer than the order of two notices
                place = min(place, ends.get(sender, place))
            ends[sender] = place
        places[number] = place
    return places


def _wanted(scene: Scene, causes: Causes, number: int) -> _Place:
    """Return where an observation is to stand by what is known of it alone."""
    observation = scene.observations[number]
    if observation.kind == "clock":
        return int(observation.detail["frames"]), _BY_TIME
    by_time = bisect_right(scene.times, scene.moments[number])
    failed = "FAILED" in observation.detail.get(
        "state", ()
    )  # long after the question without an answer
    if number in causes.of_observations and not failed:
        return min(by_time, causes.of_observations[number] + 1), _CAUSED
    if number in causes.by_observations:
        return min(by_time, causes.by_observations[number]), _CAUSING
    if observation.clock is Clock.READ:
        return _when_read(scene, number, by_time), _BY_TIME
    if observation.kind == "ping" and observation.change == "sent":
        return bisect_left(scene.times, scene.moments[number]), _BY_TIME
    return by_time, _BY_TIME


def _when_read(scene: Scene, number: int, by_time: int) -> int:
    """Return before which frame a state was read: an answer ends INCOMPLETE."""
    observation = scene.observations[number]
    if "INCOMPLETE" not in observation.detail.get("state", ()):
        return by_time
    begun = (
        observation.detail.get("begun", observation.time) - observation.time + scene.moments[number]
    )
    where = (observation.namespace, observation.link)
    for place in range(bisect_left(scene.times, begun), by_time):
        packet, reading = scene.packets[place], scene.readings[place]
        told = reading.told is not None and reading.told[0] == observation.detail.get("dst")
        on = packet.interface
        if told and not packet.outgoing and (on.namespace, on.name) == where:
            return place
    return by_time
