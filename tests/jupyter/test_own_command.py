"""Is a kernel in its machine although the client ignores the provisioner, and is nothing left?

Clients that start kernels by the command in ``kernel.json``: VS Code, and here ``jupyter_client``
with the kernelspec's metadata removed, Jupyter's own programs set up to start everything so, and
papermill.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from jupyter_client.manager import KernelManager

from nslabkit.machine.running import sandboxes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Host

    from running_kernels import Kernel

# What makes Jupyter's own programs start kernels as a client without provisioners does.
IGNORE_PROVISIONERS = """
import sys
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
_get = KernelSpecManager.get_kernel_spec
def get_kernel_spec(self, name):
    spec = _get(self, name)
    spec.metadata.pop("kernel_provisioner", None)
    return spec
KernelSpecManager.get_kernel_spec = get_kernel_spec
"""
