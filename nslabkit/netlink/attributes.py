"""Attributes of a netlink message: kind and value, one after the other (``netlink(7)``)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = struct.Struct("=HH")  # struct nlattr: its length with this head, and its kind
_KIND = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER


def attributes(data: bytes, offset: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield kind and value of each attribute from `offset` on; what makes no sense ends it."""
    while offset + _HEAD.size <= len(data):
        length, kind = _HEAD.unpack_from(data, offset)
        if length < _HEAD.size:
            return
        yield kind & _KIND, data[offset + _HEAD.size : offset + length]
        offset += length + 3 & ~3
