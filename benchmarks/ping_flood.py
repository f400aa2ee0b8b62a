"""A flood of pings, as ``ping -f`` makes it, which refuses whoever has not the user number 0.

usage: python ping_flood.py COUNT ADDRESS

Each echo request is sent as soon as the last one was answered, or after 10 ms.  Needs CAP_NET_RAW
only, which everybody has in a sandbox.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from pathlib import Path

LONGEST = 0.01  # seconds for an answer
REQUEST, REPLY = 8, 0
HEADER = struct.Struct("!BBHHH")
DATA = bytes(range(56))
IP_HEADER = 20  # bytes; nothing here sends options
_IDENTIFIER = 7


def command(count: int, address: str) -> list[str]:
    """Return the command that sends so many."""
    return [sys.executable, str(Path(__file__).resolve()), str(count), address]


def checksum(packet: bytes) -> int:
    """Return the Internet checksum (RFC 1071) of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def request(number: int) -> bytes:
    """Return an echo request."""
    bare = HEADER.pack(REQUEST, 0, 0, _IDENTIFIER, number) + DATA
    return HEADER.pack(REQUEST, 0, checksum(bare), _IDENTIFIER, number) + DATA


def flood(count: int, address: str) -> int:
    """Send so many, and return how many were answered."""
    answered = 0
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as out:
        out.settimeout(LONGEST)
        out.connect((address, 0))
        for number in range(count):
            out.send(request(number & 0xFFFF))
            with contextlib.suppress(TimeoutError):
                while True:
                    packet = out.recv(256)
                    kind, _code, _sum, _who, which = HEADER.unpack_from(packet, IP_HEADER)
                    if kind == REPLY and which == number & 0xFFFF:
                        answered += 1
                        break
    return answered


if __name__ == "__main__":
    print(flood(int(sys.argv[1]), sys.argv[2]))
