"""What passes the links, frame by frame, and when?

`capture` records on the ends of wires, `open_capture` reads what was recorded before.  A
`Recording` holds the frames, the links that they passed and what is known of the recording.
"""

from __future__ import annotations

from nslabkit.capture.dissection import Field
from nslabkit.capture.frames import FRAME, NO_VLAN
from nslabkit.capture.interface import Interface
from nslabkit.capture.packets import Packet, Packets
from nslabkit.capture.reading import open_capture
from nslabkit.capture.recorder import COMPANIONS, Capture, Companion, capture
from nslabkit.capture.recording import ClockStep, Recording

__all__ = [
    "COMPANIONS",
    "FRAME",
    "NO_VLAN",
    "Capture",
    "ClockStep",
    "Companion",
    "Field",
    "Interface",
    "Packet",
    "Packets",
    "Recording",
    "capture",
    "open_capture",
]
