"""The launcher's sockets, on which it listens in the guest's place.

Five are Jupyter's, named in the connection file.  One is the kit's own, the *door*: who connects
to it brings a command with him (`door`).  All lie in a folder that is the user's
alone.
"""

from __future__ import annotations

import json
import os
import socket

CHANNELS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
DOOR = len(CHANNELS)  # the door's number among the channels
_BACKLOG = 64


def paths_of(connection_file: str) -> list[str]:
    """Return the paths of Jupyter's sockets, in the order of `CHANNELS`; none without a file."""
    if not connection_file:
        return []
    with open(connection_file, encoding="utf-8") as file:
        connection = json.load(file)
    return [f"{connection['ip']}-{connection[name]}" for name in CHANNELS]


def door_of(folder: str, launcher: int) -> str:
    """Return the path of the door of the guest whose launcher has that pid."""
    return os.path.join(folder, f"door{launcher}")


def door_in(command: list[str], launcher: int) -> str:
    """Return the door of the guest whose launcher runs `command`; empty if it is no launcher."""
    if command[4:5] != ["uml-launch"] or not command[3].endswith("/nslabkit/machine/boot.py"):
        return ""
    folders = [word.partition("=")[2] for word in command if word.startswith("--folder=")]
    return door_of(folders[0], launcher)


def listen(path: str) -> socket.socket:
    """Bind and return a socket; nobody is let in before somebody accepts.

    Raises
    ------
    OSError
        It cannot be made there.
    """
    if os.path.exists(path):
        os.unlink(path)  # of the kernel that ran before a restart
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(_BACKLOG)
    return server
