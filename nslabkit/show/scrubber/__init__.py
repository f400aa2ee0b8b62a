"""The scrubber: what both ends of the wire know, frame by frame.

`scrubber` makes a widget of a recording: one steps through its frames, forwards and back, guesses
what comes next, and sees both neighbour tables and each byte.
"""

from __future__ import annotations

from nslabkit.show.scrubber.scrubber_widget import Scrubber, scrubber

__all__ = ["Scrubber", "scrubber"]
