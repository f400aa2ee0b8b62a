"""Broken networks with one fault each, to be found and mended."""

from nslabkit.course.faults.fault_hints import hint
from nslabkit.course.faults.fault_judging import mended
from nslabkit.course.faults.fault_layers import layer, wire_layer
from nslabkit.course.faults.fault_network import NAMES, build, clear
from nslabkit.course.faults.fault_service import serve
from nslabkit.course.faults.fault_stream import stream
from nslabkit.course.faults.fault_wire import clear_wire, wire

__all__ = [
    "NAMES",
    "build",
    "clear",
    "clear_wire",
    "hint",
    "layer",
    "mended",
    "serve",
    "stream",
    "wire",
    "wire_layer",
]
