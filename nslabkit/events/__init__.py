"""What happens in the namespaces beside the frames: neighbours, routes, links, rules, and ping?"""

from __future__ import annotations

from nslabkit.events.log import EventLog
from nslabkit.events.observation import Clock, Observation

__all__ = ["Clock", "EventLog", "Observation"]
