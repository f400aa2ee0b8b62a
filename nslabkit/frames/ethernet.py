"""What do the header of an Ethernet frame and an ARP message say?

Sources: IEEE 802.3 and 802.1Q; RFC 826 (ARP), RFC 5227 (ARP probes and announcements).
"""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.frames import internet
from nslabkit.frames.dissection import Malformed, Reader

__all__ = ["read"]

_IPV4, _ARP, _IPV6 = 0x0800, 0x0806, 0x86DD
_TAGS = (0x8100, 0x88A8)
_NAMES = {_IPV4: "IPv4", _ARP: "ARP", _IPV6: "IPv6", 0x88CC: "LLDP", **dict.fromkeys(_TAGS, "VLAN")}
_SMALLEST_TYPE = 0x0600  # below it, it is the length of the content
_ARP_SIZE = 28  # for Ethernet and IPv4
_BROADCAST = "ff:ff:ff:ff:ff:ff"


def read(reader: Reader) -> None:
    """Read a frame from its first byte on."""
    reader.destination = reader.mac("Ethernet", "destination", 0, _receivers(reader.data[:6]))
    reader.source = reader.mac("Ethernet", "source", 6, _("the sender's MAC address"))
    kind = reader.number("Ethernet", "type", 12, 2, _follows(reader.data[12:14]), "0x{:04x}")
    at = 14
    while kind in _TAGS:
        tag = reader.bytes("VLAN", at, 2)
        reader.bits("VLAN", "priority", at, 1, tag[0] >> 5, _("0 to 7, 7 is the most urgent"))
        reader.bits("VLAN", "id", at, 2, int.from_bytes(tag, "big") & 0xFFF, _("the VLAN"))
        kind = reader.number(
            "VLAN", "type", at + 2, 2, _follows(reader.data[at + 2 : at + 4]), "0x{:04x}"
        )
        at += 4
    if kind == _ARP:
        _arp(reader, at)
        at += _ARP_SIZE
    elif kind == _IPV4:
        internet.read_ipv4(reader, at)
        at = reader.end
    elif kind == _IPV6:
        internet.read_ipv6(reader, at)
        at = reader.end
    else:
        reader.rest("Ethernet", "data", at, reader.length)
        return
    reader.rest("Ethernet", "padding", at, reader.length, _("fills the frame up, says nothing"))


def _receivers(address: bytes) -> str:
    if address.hex(":") == _BROADCAST:
        return _("everyone on the wire")
    if address[:1] and address[0] & 1:
        return _("a group of listeners")
    return _("the receiver's MAC address")


def _follows(kind: bytes) -> str:
    number = int.from_bytes(kind, "big")
    if number < _SMALLEST_TYPE:
        return _("the content's length, not its type (IEEE 802.3)")
    name = _NAMES.get(number)
    return _("{protocol} follows").format(protocol=name) if name else ""


def _arp(reader: Reader, at: int) -> None:
    layer = "ARP"
    reader.bytes(layer, at, _ARP_SIZE)
    reader.number(layer, "hardware type", at, 2, _("1 is Ethernet"))
    reader.number(
        layer, "protocol type", at + 2, 2, _follows(reader.data[at + 2 : at + 4]), "0x{:04x}"
    )
    reader.number(layer, "hardware size", at + 4, 1, _("bytes of a MAC address"))
    reader.number(layer, "protocol size", at + 5, 1, _("bytes of an IPv4 address"))
    if reader.data[at : at + 6] != b"\x00\x01\x08\x00\x06\x04":
        raise Malformed(_("This ARP message is not about Ethernet and IPv4."))
    operation = int.from_bytes(reader.data[at + 6 : at + 8], "big")
    meaning = {1: _("a question"), 2: _("an answer")}.get(operation, "")
    reader.number(layer, "operation", at + 6, 2, meaning)
    reader.mac(layer, "sender MAC", at + 8, _("who speaks"))
    reader.source = reader.address(layer, "sender IP", at + 14, 4, _("the speaker's IPv4 address"))
    asked = operation == 1
    reader.mac(
        layer, "target MAC", at + 18, _("not known yet: the question") if asked else _("who asked")
    )
    reader.destination = reader.address(
        layer,
        "target IP",
        at + 24,
        4,
        _("whose MAC address is asked for") if asked else _("the asker's IPv4 address"),
    )
