"""What comes back when a frame that a learner wrote, byte by byte, is sent as it stands?"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.capture.tap import packet_socket
from nslabkit.course.tasks import evidence
from nslabkit.net.namespace import place
from nslabkit.net.namespaces import namespace

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 1514  # bytes of a frame on an ordinary wire
_HEADER = 14
_PATIENCE = 1.0  # seconds that the other side has to answer
_OUTGOING = 4  # PACKET_OUTGOING, linux/if_packet.h


@dataclass(frozen=True)
class FrameFile:
    """A learner's frame: its bytes, or why there are none, in one sentence."""

    path: str
    frame: bytes = b""
    problem: str | None = None


def read(path: str) -> FrameFile:
    """Return the frame in a file."""
    try:
        found = Path(path).read_bytes()
    except FileNotFoundError:
        return FrameFile(path, problem=_("there is no file {path} yet.").format(path=path))
    except OSError as error:
        text = _("{path} cannot be read: {reason}.")
        return FrameFile(path, problem=text.format(path=path, reason=error.strerror))
    if not _HEADER < len(found) <= _LONGEST:
        text = _("{path} holds {count} bytes: too few or too many for a frame.")
        return FrameFile(path, problem=text.format(path=path, count=len(found)))
    if all(32 <= byte < 127 or byte in b"\r\n\t" for byte in found):  # noqa: PLR2004 - ASCII
        text = _("{path} holds text; the bytes themselves are wanted, not digits that name them.")
        return FrameFile(path, problem=text.format(path=path))
    return FrameFile(path, found)


def answered(frame: bytes, link: str, where: str, wanted: Callable[[bytes], bool]) -> bool:
    """Send a frame from a link and return whether a frame that is wanted comes in within a second.

    Raises
    ------
    NslabError
        There is no such link or namespace, or the link does not take the frame.
    """
    tried = f"lab.check.task: {link}"
    wires = packet_socket.open_wires(place(namespace(where)), [link])
    if not wires:
        raise NslabError(
            tried,
            _("`{name}` has no link {link}.").format(name=where, link=link),
            evidence.build_again(),
        )
    wire = wires[0]
    with contextlib.closing(wire.socket) as opened:
        packet_socket.bind(opened, wire.index)
        try:
            opened.send(frame)
        except OSError as error:
            raise NslabError(
                tried,
                _("{link} does not send this frame: {reason}.").format(
                    link=link, reason=error.strerror
                ),
                _("Is the link up, and is the frame no longer than 1514 bytes?"),
                errno=error.errno,
            ) from error
        deadline = time.monotonic() + _PATIENCE
        while (left := deadline - time.monotonic()) > 0:
            opened.settimeout(left)
            try:
                data, address = opened.recvfrom(65_536)
            except TimeoutError:
                break
            if address[2] != _OUTGOING and wanted(data):
                return True
    return False


def folded(data: bytes) -> int:
    """Return the Internet checksum's sum: 0xFFFF over what includes a right checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    total = sum(int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2))
    while total > 0xFFFF:  # noqa: PLR2004 - what overflows 16 bits
        total = (total & 0xFFFF) + (total >> 16)
    return total
