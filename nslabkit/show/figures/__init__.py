"""Figures of a recording: frames, neighbour states, round trips, rates and queues.

Each function returns a `Figure`: shown as the last line of a cell, written to a file by its
``.save``, and read as words by ``.description``.
"""

from __future__ import annotations

from nslabkit.show.figures.figure import Figure
from nslabkit.show.figures.ladder import ladder
from nslabkit.show.figures.queue_waits import queue
from nslabkit.show.figures.rate import rate
from nslabkit.show.figures.round_trips import round_trips
from nslabkit.show.figures.spreads import RoundTrips, measure_round_trips
from nslabkit.show.figures.step_times import step_times
from nslabkit.show.figures.style import Style, style

__all__ = [
    "Figure",
    "RoundTrips",
    "Style",
    "ladder",
    "measure_round_trips",
    "queue",
    "rate",
    "round_trips",
    "step_times",
    "style",
]
