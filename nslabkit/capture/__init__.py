"""Recording: what passes the links, frame by frame, and when.

`Capture` records on the ends of wires.  A `Recording` holds the frames, the links that they
passed and what is known of the recording; with its timeline and its figures it is a
`nslabkit.show.lab_recording.LabRecording`.
"""

from __future__ import annotations

from nslabkit.capture.recorder import Capture
from nslabkit.capture.recording import ClockStep, Recording
from nslabkit.frames.header import HeaderField
from nslabkit.frames.interface import Interface
from nslabkit.frames.kind import Kind
from nslabkit.frames.packets import Packet, Packets
from nslabkit.frames.rows import FRAME, NO_VLAN

__all__ = [
    "FRAME",
    "NO_VLAN",
    "Capture",
    "ClockStep",
    "HeaderField",
    "Interface",
    "Kind",
    "Packet",
    "Packets",
    "Recording",
]
