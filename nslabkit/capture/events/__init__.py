"""What happens in the namespaces beside the frames: neighbours, routes, links, rules, and ping?"""

from __future__ import annotations

from nslabkit.capture.events.event_log import EventLog
from nslabkit.capture.events.observation import Clock, Observation

__all__ = ["Clock", "EventLog", "Observation"]
