"""How do the tests put frames of their own on a wire, and count what the kernel says?"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
from kernel_shell import ip

from nslabkit.capture import FRAME, NO_VLAN, Interface, Recording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import nslabkit as lab

# Sends frames as they are, each given as hex on a line.
_SENDER = """
import socket, sys
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
    out.bind((sys.argv[1], 0))
    for line in sys.stdin:
        out.send(bytes.fromhex(line))
"""


# Sends so many broadcast frames of a size as fast as it can: `ping -f` is for a machine's root.
FLOODER = """
import socket, sys
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
    out.bind((sys.argv[1], 0))
    frame = b"\\xff" * 6 + b"\\2\\0\\0\\0\\0\\1\\x88\\xb5" + bytes(int(sys.argv[3]) - 14)
    for _frame in range(int(sys.argv[2])):
        out.send(frame)
"""


def flood(namespace: str, link: str, count: int, size: int = 98) -> None:
    """Send many frames on a link, from a process in its namespace."""
    command = [sys.executable, "-c", FLOODER, link, str(count), str(size)]
    subprocess.run(["ip", "netns", "exec", namespace, *command], check=True)


def send(namespace: str, link: str, frames: Sequence[bytes]) -> None:
    """Send frames on a link, from a process in its namespace."""
    subprocess.run(
        ["ip", "netns", "exec", namespace, sys.executable, "-c", _SENDER, link],
        input="".join(f"{frame.hex()}\n" for frame in frames),
        text=True,
        check=True,
    )


def counted(namespace: str, link: str) -> tuple[int, int]:
    """Return how many frames ``ip -s -j link`` says a link received and sent."""
    (entry,) = ip(f"-n {namespace} -s link show {link}")
    counts = entry.get("stats64") or entry["stats"]
    return counts["rx"]["packets"], counts["tx"]["packets"]


def recording_of(frames: Sequence[bytes], *, link_type: int = 1, mtu: int = 0) -> Recording:
    """Return a recording of frames that never were on a wire, for what needs no kernel."""
    rows = np.zeros(len(frames), FRAME)
    at = 0
    for number, frame in enumerate(frames):
        size = len(frame)
        rows[number] = (1_700_000_000_000_000_000 + number, 0, False, 0, size, size, at, NO_VLAN)
        at += size
    return Recording(
        [Interface(0, "netns1", "veth1", link_type=link_type, mtu=mtu)], rows, b"".join(frames)
    )


def tshark(path: Path, *fields: str) -> list[list[str]]:
    """Return what tshark says of each frame in a file, the oracle; the first where it says more."""
    words = [word for field in fields for word in ("-e", field)]
    said = subprocess.run(
        ["tshark", "-r", str(path), "-T", "fields", "-E", "occurrence=f", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split("\t") for line in said.stdout.split("\n")[:-1]]


def kinds(recording: Recording, link: str) -> list[str]:
    """Return the kinds of the frames on one link, in order."""
    return [one.kind for one in recording.packets if one.interface.name == link]


def ping(one: lab.Namespace, words: str = "-c 1 -i 0.01") -> None:
    """Ping the other end, and be answered."""
    one.run(f"ping -q {words} 172.16.0.2", quiet=True, check=True)
