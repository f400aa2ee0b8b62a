"""Kernels that tests start, under each uid map."""

from running_kernels import Host, Kernel, Start, host, start
from uid_maps import uid_map

__all__ = ["Host", "Kernel", "Start", "host", "start", "uid_map"]
