"""What passes the links, frame by frame, and when?

`capture` records on the ends of wires, `open_capture` reads what was recorded before.  A
`Recording` holds the frames, the links that they passed and what is known of the recording.
"""

from __future__ import annotations

from nslabkit.capture.dissection import Field
from nslabkit.capture.interface import Interface
from nslabkit.capture.packets import Packet, Packets
from nslabkit.capture.recording import FRAME, NO_VLAN, ClockStep, Recording

__all__ = [
    "FRAME",
    "NO_VLAN",
    "ClockStep",
    "Field",
    "Interface",
    "Packet",
    "Packets",
    "Recording",
]
