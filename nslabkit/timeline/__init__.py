"""The timeline: what happened in which order, and what made what happen.

`timeline` puts the frames of a recording, and what was heard beside them, on one axis.
"""

from __future__ import annotations

from nslabkit.timeline.event import Event
from nslabkit.timeline.making import timeline
from nslabkit.timeline.timeline import Timeline

__all__ = ["Event", "Timeline", "timeline"]
