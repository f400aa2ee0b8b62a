"""Netlink, the kernel's interface to its networks: the only code here that speaks it.

`inside` runs a short conversation in a namespace, `create` and `destroy` make and remove named
ones, `requests` are written by hand, `decoding` (loaded when something is read) reads answers,
`listener` hears what the kernel tells unasked.
"""

from __future__ import annotations

from nslabkit.netlink import requests
from nslabkit.netlink.name_mounts import FOLDER, create, destroy
from nslabkit.netlink.sockets import Conversation, KernelRefusedError
from nslabkit.netlink.worker import EnterError, in_new_namespace, inside, opened

__all__ = [
    "FOLDER",
    "Conversation",
    "EnterError",
    "KernelRefusedError",
    "create",
    "destroy",
    "in_new_namespace",
    "inside",
    "opened",
    "requests",
]
