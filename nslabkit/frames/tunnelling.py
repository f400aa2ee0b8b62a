"""VXLAN: its header, behind which a whole Ethernet frame follows.  Source: RFC 7348, section 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.frames.header import Layout, Part

if TYPE_CHECKING:
    from nslabkit.frames.frame_reader import FrameReader, NextLayer


def _reserved(_header: object) -> str:
    return _("nothing yet: sent as 0")


_VXLAN_LAYOUT = Layout(
    Part("flags", 0, 1, lambda _h: _("0x08: the number of the network is valid"), "0x{:02x}"),
    Part("first reserved", 1, 3, _reserved),
    Part("vni", 4, 3, lambda _h: _("which virtual network; both ends need the same")),
    Part("second reserved", 7, 1, _reserved),
)


def read_vxlan(reader: FrameReader, at: int) -> NextLayer:
    """Read VXLAN's header, and note where the frame begins that it carries."""
    header = reader.header("VXLAN", _VXLAN_LAYOUT, at)
    if header.end < reader.end:
        reader.tunnelled = header.end
    return None
