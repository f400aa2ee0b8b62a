"""Ethernet, VLAN and ARP: their headers.

Sources: IEEE 802.3 and 802.1Q; RFC 826 (ARP), RFC 5227 (ARP probes and announcements).
"""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.frames.frame_reader import FrameReader, Malformed, NextLayer
from nslabkit.frames.header import Header, Layout, Part, bits, ip_address, mac_address
from nslabkit.frames.protocol_numbers import ARP, ETHERTYPES, IPV4, IPV6, SMALLEST_TYPE, TAGS

_BROADCAST = "ff:ff:ff:ff:ff:ff"
_REQUEST, _REPLY = 1, 2


def _follows(number: int) -> str:
    if number < SMALLEST_TYPE:
        return _("the content's length, not its type (IEEE 802.3)")
    name = ETHERTYPES.get(number)
    return _("{protocol} follows").format(protocol=name) if name else ""


def _receivers(header: Header) -> str:
    address = header["destination"]
    if address == _BROADCAST:
        return _("everyone on the wire")
    if int(address[:2], 16) & 1:
        return _("a group of listeners")
    return _("the receiver's MAC address")


def _operation(header: Header) -> str:
    return {_REQUEST: _("a request"), _REPLY: _("a reply")}.get(header["operation"], "")


def _target_mac(header: Header) -> str:
    asks = header["operation"] == _REQUEST
    return _("not known yet: that is the question") if asks else _("who asked")


def _target_ip(header: Header) -> str:
    if header["operation"] == _REQUEST:
        return _("whose MAC address is asked for")
    return _("the asker's IPv4 address")


_ETHERNET_LAYOUT = Layout(
    Part("destination", 0, 6, _receivers, read=mac_address),
    Part("source", 6, 6, lambda _header: _("the sender's MAC address"), read=mac_address),
    Part("type", 12, 2, lambda header: _follows(header["type"]), "0x{:04x}"),
)
_VLAN_LAYOUT = Layout(
    Part("priority", 0, 1, lambda _header: _("0 to 7, 7 is the most urgent"), read=bits(5, 7)),
    Part("id", 0, 2, lambda _header: _("the VLAN"), read=bits(0, 0xFFF)),
    Part("type", 2, 2, lambda header: _follows(header["type"]), "0x{:04x}"),
)
_ARP_LAYOUT = Layout(
    Part("hardware type", 0, 2, lambda _header: _("1 is Ethernet")),
    Part("protocol type", 2, 2, lambda header: _follows(header["protocol type"]), "0x{:04x}"),
    Part("hardware size", 4, 1, lambda _header: _("length of a MAC address in bytes")),
    Part("protocol size", 5, 1, lambda _header: _("length of an IPv4 address in bytes")),
    Part("operation", 6, 2, _operation),
    Part("sender MAC", 8, 6, lambda _header: _("who speaks"), read=mac_address),
    Part("sender IP", 14, 4, lambda _header: _("the speaker's IPv4 address"), read=ip_address),
    Part("target MAC", 18, 6, _target_mac, read=mac_address),
    Part("target IP", 24, 4, _target_ip, read=ip_address),
)


def read_ethernet(reader: FrameReader, at: int) -> NextLayer:
    """Read a frame's own header and its VLAN tags."""
    header = reader.note("Ethernet", _ETHERNET_LAYOUT, at)
    reader.ends = header, "source", "destination"
    reader.need("Ethernet", at, _ETHERNET_LAYOUT.size)
    at += _ETHERNET_LAYOUT.size
    while (kind := header["type"]) in TAGS:
        header = reader.header("VLAN", _VLAN_LAYOUT, at)
        at += _VLAN_LAYOUT.size
    if kind in {ARP, IPV4, IPV6}:
        return ETHERTYPES[kind], at
    reader.rest("Ethernet", "data", at, reader.length)
    return None


def read_arp(reader: FrameReader, at: int) -> NextLayer:
    """Read a question or an answer about a MAC address."""
    header = reader.header("ARP", _ARP_LAYOUT, at)
    if reader.data[at : at + 6] != b"\x00\x01\x08\x00\x06\x04":
        raise Malformed(_("This ARP message is not about Ethernet and IPv4."))
    reader.ends = header, "sender IP", "target IP"
    reader.ends_at(at + _ARP_LAYOUT.size)
    return None
