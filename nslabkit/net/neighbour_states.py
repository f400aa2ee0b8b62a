"""Neighbour states: what ``REACHABLE``, ``STALE`` and the others of ``ip neigh`` mean."""

from __future__ import annotations

from nslabkit.base.language import translate as _


def state_meaning(state: str) -> str:
    """Return what a state means, a few words; empty for an unknown one (``ip-neighbour(8)``)."""
    return {
        "INCOMPLETE": _("asked, no answer yet"),
        "REACHABLE": _("confirmed a short while ago"),
        "STALE": _("known, not confirmed recently"),
        "DELAY": _("used, to be confirmed soon"),
        "PROBE": _("asking whether it is still there"),
        "FAILED": _("it did not answer"),
        "PERMANENT": _("set by hand"),
    }.get(state, "")
