"""Processes and listening ports of a namespace.

Asked for on demand: the kernel has no notice of either.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nslabkit.base.processes import network, running
from nslabkit.net.namespace import Namespace, ip_command, place, resolve
from nslabkit.netlink import dumps
from nslabkit.netlink.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.live.model import PortModel, ProcessModel
    from nslabkit.net.namespace import NamespaceLike

_TCP_LISTEN, _UDP_UNCONNECTED = "0A", "07"  # states of net/tcp_states.h, as /proc/net writes them
_FILES = (
    ("tcp", _TCP_LISTEN),
    ("tcp6", _TCP_LISTEN),
    ("udp", _UDP_UNCONNECTED),
    ("udp6", _UDP_UNCONNECTED),
)


class _Listening(NamedTuple):
    protocol: str
    address: str
    port: int
    inode: str


def processes(namespace: NamespaceLike = None) -> list[ProcessModel]:
    """Return the processes in a namespace: ``ip netns pids NAME``, each with its command.

    Only those that this process may look at.

    Raises
    ------
    NotFoundError
        The namespace is gone.
    """
    inode = resolve(namespace).inode
    found = sorted(one.pid for one in running() if network(one.pid) == inode)
    return [{"pid": pid, "command": _command(pid)} for pid in found]


def ports(namespace: NamespaceLike = None) -> list[PortModel]:
    """Return where something listens in a namespace: ``ss -lntu`` inside it.

    Raises
    ------
    NotFoundError
        The namespace is gone.
    """
    where = resolve(namespace)
    listening = sorted(set(_listening(where)))
    owners = _owners(where) if listening else {}
    listed: list[PortModel] = []
    for listener in listening:
        pid = owners.get(listener.inode)
        listed.append(
            {
                "protocol": listener.protocol,
                "address": listener.address,
                "port": listener.port,
                "pid": pid,
                "command": None if pid is None else _command(pid),
            }
        )
    return listed


def _listening(where: Namespace) -> Iterator[_Listening]:
    for file, state in _FILES:
        try:
            text = dumps.read_inside(place(where), file)
        except FileNotFoundError:
            if file.endswith("6"):  # this kernel has no IPv6
                continue
            raise
        except OSError as error:
            raise refusal(error, ip_command(where, "netns exec ss -lntu")) from None
        for line in text.splitlines()[1:]:
            _number, local, _remote, found, *rest = line.split()
            if found == state:
                address, port = local.split(":")
                yield _Listening(file.rstrip("6"), _address(address), int(port, 16), rest[5])


def _address(words: str) -> str:
    """Return an address that /proc/net wrote as words in the machine's own byte order."""
    raw = b"".join(struct.pack("=I", int(words[at : at + 8], 16)) for at in range(0, len(words), 8))
    return socket.inet_ntop(socket.AF_INET if len(words) == 8 else socket.AF_INET6, raw)  # noqa: PLR2004


def _owners(where: Namespace) -> dict[str, int]:
    """Return which process holds which socket, by the socket's inode."""
    owners: dict[str, int] = {}
    for process in processes(where):
        folder = f"/proc/{process['pid']}/fd"
        with contextlib.suppress(OSError):  # ended meanwhile, or another user's
            for descriptor in os.listdir(folder):  # noqa: PTH208 - names only
                with contextlib.suppress(OSError):
                    target = os.readlink(f"{folder}/{descriptor}")  # noqa: PTH115
                    if target.startswith("socket:["):
                        owners.setdefault(target[8:-1], process["pid"])
    return owners


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="backslashreplace").rstrip("\n")
    except OSError:  # ended meanwhile
        return ""
