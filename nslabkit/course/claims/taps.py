"""Which frames passed an end of a wire, when, and what was in them?

The frames are collected by tcpdump and read from its file; nothing else is needed to read them.
"""

from __future__ import annotations

import contextlib
import ipaddress
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.course.claims.companions import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "BROADCAST",
    "ECHO_REPLY",
    "ECHO_REQUEST",
    "REPLY",
    "REQUEST",
    "Arp",
    "Frame",
    "Icmp",
    "frames",
    "tapped",
]

BROADCAST = "ff:ff:ff:ff:ff:ff"
REQUEST, REPLY = 1, 2  # operations of ARP (RFC 826)
ECHO_REQUEST, ECHO_REPLY = 8, 0  # types of ICMP (RFC 792)

# First four bytes of the file -> byte order, and nanoseconds in a unit of its fractions
# (draft-ietf-opsawg-pcap, section 4).
_MAGIC = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
_FILE_HEADER, _FRAME_HEADER = 24, 16  # bytes, of the same source
_ETHERNET, _ARP = 14, 28  # bytes: the frame's header; ARP for Ethernet and IPv4
_IPV4_TYPE, _ARP_TYPE, _ICMP_PROTOCOL = 0x0800, 0x0806, 1


@dataclass(frozen=True)
class Arp:
    """A question or an answer of ARP, by RFC 826."""

    operation: int
    sender_mac: str
    sender: str
    target_mac: str
    target: str


@dataclass(frozen=True)
class Icmp:
    """An ICMP message, with the addresses of the IPv4 packet that carries it."""

    type: int
    source: str
    destination: str
    message: bytes


@dataclass(frozen=True)
class Frame:
    """An Ethernet frame as a tap saw it.

    Attributes
    ----------
    time : int
        When, in nanoseconds since 1970 (UTC), by the kernel's clock.
    data : bytes
        The frame, from the destination's MAC address on, without its checksum.
    """

    time: int
    data: bytes

    @property
    def destination(self) -> str:
        """The MAC address it goes to."""
        return _mac(self.data[:6])

    @property
    def source(self) -> str:
        """The MAC address it comes from."""
        return _mac(self.data[6:12])

    @property
    def arp(self) -> Arp | None:
        """What it asks or answers, if it is ARP for IPv4."""
        body = self.data[_ETHERNET : _ETHERNET + _ARP]
        if self._type != _ARP_TYPE or len(body) < _ARP:
            return None
        return Arp(
            int.from_bytes(body[6:8], "big"),
            _mac(body[8:14]),
            _ip(body[14:18]),
            _mac(body[18:24]),
            _ip(body[24:28]),
        )

    @property
    def icmp(self) -> Icmp | None:
        """What it carries, if it is ICMP over IPv4."""
        packet = self.data[_ETHERNET:]
        if self._type != _IPV4_TYPE or len(packet) <= 20 or packet[9] != _ICMP_PROTOCOL:  # noqa: PLR2004 - the shortest IPv4 header
            return None
        header, length = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], "big")
        message = packet[header:length]
        if not message:
            return None
        return Icmp(message[0], _ip(packet[12:16]), _ip(packet[16:20]), message)

    @property
    def _type(self) -> int:
        return int.from_bytes(self.data[12:14], "big")


def frames(path: str | Path) -> list[Frame]:
    """Read the frames from a file of ``tcpdump -w``; one half-written at the end is left out.

    Raises
    ------
    NotFoundError
        There is no such file.
    InvalidValueError
        It is not a capture file in pcap's classic form.
    """
    tried = f"tcpdump -r {path}"
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise NotFoundError(
            tried,
            _("There is no such recording."),
            _("Run the lesson's cell that starts tcpdump, then the ping behind it."),
            said=error.strerror,
        ) from None
    if content[:4] not in _MAGIC or len(content) < _FILE_HEADER:
        raise InvalidValueError(
            tried,
            _("This file is not a recording of tcpdump."),
            _("Record it anew: tcpdump -i LINK -w FILE"),
        )
    return list(_frames(content, *_MAGIC[content[:4]]))


def _frames(content: bytes, order: str, unit: int) -> Iterator[Frame]:
    header = struct.Struct(f"{order}4I")
    at = _FILE_HEADER
    while at + _FRAME_HEADER <= len(content):
        seconds, fraction, length, _whole = header.unpack_from(content, at)
        at += _FRAME_HEADER
        if at + length > len(content):
            return
        yield Frame(seconds * 1_000_000_000 + fraction * unit, content[at : at + length])
        at += length


@contextlib.contextmanager
def tapped(**ends: str) -> Iterator[dict[str, Path]]:
    """Record ARP and ICMP on ends of wires while the block runs.

    Parameters
    ----------
    **ends
        Namespace and the link in it, as in ``netns1="veth1"``.

    Yields
    ------
    dict
        For each namespace the file that fills; it is gone after the block.

    Raises
    ------
    NotFoundError
        There is no tcpdump.
    NslabError
        It did not get as far as listening.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        files = {}
        for name, link in ends.items():
            file = files[name] = Path(folder, f"{name}.pcap")
            command = (
                f"ip netns exec {name} tcpdump -i {link} -U --immediate-mode "
                f"--time-stamp-precision=nano -w {file} arp or icmp"
            )
            # Its head is written when tcpdump listens (-U).
            stack.enter_context(running(command.split(), _filled(file)))
        yield files


def _filled(file: Path) -> Callable[[int], bool]:
    """Return a condition for `running`: whether tcpdump has written the file's head."""
    return lambda _pid: file.stat().st_size >= _FILE_HEADER


def _mac(address: bytes) -> str:
    return address.hex(":")


def _ip(address: bytes) -> str:
    return str(ipaddress.IPv4Address(address))
