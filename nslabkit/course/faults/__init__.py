"""Which piece of this network is broken?  Networks with one fault each, to be found and mended."""

from nslabkit.course.faults.fault_network import NAMES, build, clear, hint, mended
from nslabkit.course.faults.fault_wire import clear_wire, wire

__all__ = ["NAMES", "build", "clear", "clear_wire", "hint", "mended", "wire"]
