"""Frames built byte by byte, for tests of what is pure thinking; no kernel has seen them."""

from __future__ import annotations

import ipaddress
import struct
from typing import NamedTuple

import numpy as np

from nslabkit.capture import FRAME, ClockStep, Interface
from nslabkit.capture.events import Clock, Observation
from nslabkit.show.lab_recording import LabRecording

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
MACS = {"172.16.0.1": "02:00:00:00:00:01", "172.16.0.2": "02:00:00:00:00:02"}
EVERYBODY = "ff:ff:ff:ff:ff:ff"
ONE, TWO = "netns1/veth1", "netns2/veth1-peer"


class Seen(NamedTuple):
    """A frame at a link: after how many microseconds, ``netns1/veth1``, sent or received."""

    micro: float
    where: str
    outgoing: bool
    data: bytes


def out(micro: float, where: str, data: bytes) -> Seen:
    return Seen(micro, where, outgoing=True, data=data)


def into(micro: float, where: str, data: bytes) -> Seen:
    return Seen(micro, where, outgoing=False, data=data)


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _ip(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def ethernet(source: str, destination: str, kind: int, body: bytes) -> bytes:
    return _mac(destination) + _mac(source) + struct.pack(">H", kind) + body


def arp(operation: int, sender: str, target: str, to: str = EVERYBODY) -> bytes:
    known = MACS.get(target, "00:00:00:00:00:00") if operation == 2 else "00:00:00:00:00:00"
    body = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation)
    body += _mac(MACS[sender]) + _ip(sender) + _mac(known) + _ip(target)
    return ethernet(MACS[sender], to, 0x0806, body)


def ipv4(source: str, destination: str, protocol: int, body: bytes, **more: int) -> bytes:
    header = struct.pack(
        ">BBHHHBBH",
        0x45,
        0,
        20 + len(body),
        more.get("id", 1),
        0x4000,
        more.get("ttl", 64),
        protocol,
        0,
    )
    packet = header + _ip(source) + _ip(destination) + body
    return ethernet(
        MACS.get(source, "02:00:00:00:00:99"),
        MACS.get(destination, "02:00:00:00:00:98"),
        0x0800,
        packet,
    )


def echo(kind: int, source: str, destination: str, **more: int) -> bytes:
    """Return an echo request (8) or reply (0); `more` are ``seq``, ``sent`` and ``ttl``."""
    seq, sent = more.get("seq", 1), more.get("sent", 0)
    payload = struct.pack("=qq", sent // SECOND, sent % SECOND // 1000) if sent else bytes(16)
    body = struct.pack(">BBHHH", kind, 0, 0, 77, seq) + payload + bytes(40)
    return ipv4(source, destination, 1, body, id=seq * 10 + kind, ttl=more.get("ttl", 64))


def udp(source: str, sport: int, destination: str, dport: int, data: bytes = b"x") -> bytes:
    body = struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data
    return ipv4(source, destination, 17, body, id=sport)


def tcp(
    here: tuple[str, int],
    there: tuple[str, int],
    numbers: tuple[int, int],
    flags: int,
    data: bytes = b"",
) -> bytes:
    """Return a segment; `numbers` are its sequence number and what it acknowledges."""
    (source, sport), (destination, dport) = here, there
    body = struct.pack(">HHIIBBHHH", sport, dport, *numbers, 0x50, flags, 1000, 0, 0) + data
    return ipv4(source, destination, 6, body, id=numbers[0] & 0xFFFF)


def recording(
    *seen: Seen,
    events: tuple[Observation, ...] = (),
    steps: tuple[ClockStep, ...] = (),
    links: tuple[str, ...] = (),
) -> LabRecording:
    """Return a recording of these frames, in the order in which they are given."""
    names = list(dict.fromkeys([*links, *(one.where for one in seen)]))
    interfaces = []
    for number, name in enumerate(names):
        space, _stroke, link = name.rpartition("/")
        interfaces.append(Interface(number, space, link, number + 1))
    frames, data = np.zeros(len(seen), FRAME), b""
    for place, one in enumerate(seen):
        time = START + round(one.micro * 1000)
        size = len(one.data)
        number = names.index(one.where)
        frames[place] = (time, number, one.outgoing, 0, size, size, len(data), 0xFFFF)
        data += one.data
    return LabRecording(interfaces, frames, data, events=events, clock_steps=steps)


def crossing(micro: float, sender: str, receiver: str, data: bytes) -> list[Seen]:
    """Return a frame at both ends of a wire, half a microsecond apart."""
    return [out(micro, sender, data), into(micro + 0.5, receiver, data)]


def heard(micro: float, where: str, state: str, address: str, **more: object) -> Observation:
    """Return a notice of a neighbour, or with ``clock`` one read from the table."""
    space, _stroke, link = where.partition("/")
    clock = more.pop("clock", Clock.RECEIVED)
    change = "read" if clock is Clock.READ else "new"
    detail = {"dst": address, "dev": link, "state": [state], **more}
    if address in MACS and state not in {"INCOMPLETE", "FAILED"}:
        detail["lladdr"] = MACS[address]
    time = START + round(micro * 1000)
    return Observation(time, clock, space, link, "neighbour", change, detail)


def first_ping() -> list[Seen]:
    """Return the frames of the chapter's first ping, at both ends."""
    return [
        *crossing(50, ONE, TWO, arp(1, "172.16.0.1", "172.16.0.2")),
        *crossing(60, TWO, ONE, arp(2, "172.16.0.2", "172.16.0.1", MACS["172.16.0.1"])),
        *crossing(65, ONE, TWO, echo(8, "172.16.0.1", "172.16.0.2", sent=START)),
        *crossing(80, TWO, ONE, echo(0, "172.16.0.2", "172.16.0.1", sent=START)),
    ]
