"""Events other than frames: neighbours, routes, links, firewall rules and ping's output."""

from __future__ import annotations

from nslabkit.capture.events.event_log import EventLog
from nslabkit.capture.events.observation import Clock, Observation

__all__ = ["Clock", "EventLog", "Observation"]
