"""What tests of claims share: a verdict against the claim or of nothing, and fewer frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nslabkit.course.verdict import Outcome
from nslabkit.show.lab_recording import LabRecording

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.capture import Packet
    from nslabkit.course.verdict import Verdict


def keeping(recording: object, wanted: Callable[[Packet], bool]) -> LabRecording:
    """Return the recording with some of its frames only."""
    assert isinstance(recording, LabRecording)
    chosen = np.array([wanted(packet) for packet in recording.packets])
    return LabRecording(recording.interfaces, recording.frames[chosen].copy(), recording.data)


def fails(verdict: Verdict, *words: str) -> None:
    """Assert that a claim does not hold, and that the sentence has these words."""
    assert not verdict or verdict.expected is Outcome.FAILS
    _is(verdict, Outcome.FAILS, words)


def says_nothing(verdict: Verdict, *words: str) -> None:
    """Assert that a claim can be neither shown nor refuted, and what the sentence asks for."""
    _is(verdict, Outcome.UNKNOWN, words)


def _is(verdict: Verdict, outcome: Outcome, words: tuple[str, ...]) -> None:
    assert verdict.outcome is outcome, verdict
    for word in words:
        assert word in verdict.sentence, verdict
