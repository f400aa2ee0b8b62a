"""The tasks of lesson 9: frames of one's own that another kernel answers, byte by byte."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.frame_answers import answered, folded, read
from nslabkit.course.tasks.task import Task
from nslabkit.net import links

if TYPE_CHECKING:
    from collections.abc import Callable

_NEAR, _FAR = "netns1", "netns2"
_LINK, _PEER = "veth1", "veth1-peer"
_ASKER_MAC, _ASKER = "02:00:00:00:00:77", "172.16.0.77"
_HERE, _THERE = bytes([172, 16, 0, 1]), bytes([172, 16, 0, 2])
_ARP, _IPV4 = bytes.fromhex("0806"), bytes.fromhex("0800")
_ICMP, _UDP = 1, 17
_TIMESTAMPS = 20  # bytes of a question about the time: header, and three times
_GREETED = "kernel"
_EVERYBODY = bytes(6 * [0xFF])


@dataclass(frozen=True)
class _Parts:
    """An IPv4 packet in a frame: header, and what is behind it."""

    header: bytes
    body: bytes

    @property
    def protocol(self) -> int:
        return self.header[9]

    @property
    def addresses(self) -> tuple[bytes, bytes]:
        return self.header[12:16], self.header[16:20]


def _parts(frame: bytes) -> _Parts | None:
    """Return the IPv4 packet of a frame, None if there is none that is whole."""
    packet = frame[14:]
    if frame[12:14] != _IPV4 or len(packet) < 20 or packet[0] >> 4 != 4:  # noqa: PLR2004 - IPv4
        return None
    size, total = 4 * (packet[0] & 15), int.from_bytes(packet[2:4], "big")
    if not 20 <= size <= total <= len(packet):  # noqa: PLR2004 - the shortest header
        return None
    return _Parts(packet[:size], packet[size:total])


def _is_arp_reply(_sent: bytes, got: bytes) -> bool:
    told = got[20:42]
    return got[12:14] == _ARP and told[:2] == b"\0\2" and told[8:22] == _THERE + _asker()


def _asker() -> bytes:
    """Return who asks in this learner's request: MAC and IP, as ARP has them."""
    mac, address = own("9.1", _ASKER_MAC), own("9.1", _ASKER)
    return bytes.fromhex(mac.replace(":", "")) + ipaddress.ip_address(address).packed


def _is_echo_of(sent: bytes, got: bytes) -> bool:
    request, reply = _parts(sent), _parts(got)
    if request is None or reply is None or reply.protocol != _ICMP:
        return False
    if request.addresses != (_HERE, _THERE) or reply.addresses != (_THERE, _HERE):
        return False
    # Type and code 0, and behind the checksum all as it was sent.
    return reply.body[:2] == b"\0\0" and request.body[4:] == reply.body[4:] and _says(request)


def _says(request: _Parts) -> bool:
    return request.body[8:] == f"hello, {own('9.2', _GREETED)}".encode()


def _is_time_for(sent: bytes, got: bytes) -> bool:
    asked, told = _parts(sent), _parts(got)
    if asked is None or told is None or (asked.protocol, told.protocol) != (_ICMP, _ICMP):
        return False
    if asked.addresses != (_HERE, _THERE) or told.addresses != (_THERE, _HERE):
        return False
    if len(asked.body) != _TIMESTAMPS:
        return False
    # Type 13 asks, 14 tells; id, sequence number and the asker's time come back as they were.
    return (
        asked.body[:2] == b"\x0d\0"
        and told.body[:2] == b"\x0e\0"
        and (asked.body[4:12] == told.body[4:12])
    )


def _is_port_unreachable(sent: bytes, got: bytes) -> bool:
    asked, reply = _parts(sent), _parts(got)
    if asked is None or reply is None or (asked.protocol, reply.protocol) != (_UDP, _ICMP):
        return False
    if reply.addresses != (_THERE, _HERE) or reply.body[:2] != b"\3\3":
        return False
    # It quotes the packet that it is about: addresses and ports tell which.
    quoted = reply.body[8:]
    return quoted[12:20] == asked.header[12:20] and quoted[20:24] == asked.body[:4]


@dataclass(frozen=True)
class _Frame:
    """What a task wants: the file, the answer, and how to say that it came or did not."""

    path: str
    type: bytes
    model: str
    answers: Callable[[bytes, bytes], bool]
    came: Callable[[], str]
    did_not: Callable[[], str]
    protocol: int | None = None

    def judge(self) -> CheckResult:
        absent = evidence.first_missing(_NEAR, _FAR)
        if absent:
            return evidence.no_namespace(absent)
        file = read(self.path)
        if file.problem:
            return missing(file.problem)
        if not answered(file.frame, _LINK, _NEAR, lambda got: self.answers(file.frame, got)):
            return missing(self.did_not())
        return right(self.came())

    def hints(self) -> tuple[str, str, str]:
        third = _("`bytes.fromhex`, `bytes([172, 16, 0, 1])`, `number.to_bytes(2, 'big')`, and +.")
        second = _("Compare byte by byte with `{model}.data`: which fields are to differ?")
        return (self._look(), second.format(model=self.model), third)

    def _look(self) -> str:
        file = read(self.path)
        if file.problem:
            text = _("Begin with the file: `open('{path}', 'wb').write(frame)`, frame in bytes.")
            return text.format(path=self.path)
        if file.frame[12:14] != self.type:
            text = _("Look at bytes 12 and 13: they say {found}, and should say {wanted}.")
            return text.format(found=file.frame[12:14].hex(), wanted=self.type.hex())
        # A kernel answers what it gets by broadcast, too, but complains about it to nobody.
        takers = {_mac_of_peer()} if self.protocol == _UDP else {_mac_of_peer(), _EVERYBODY}
        if file.frame[:6] not in takers:
            text = _("Look at the destination MAC, {found}: who on this wire would take it?")
            return text.format(found=file.frame[:6].hex(":"))
        return self._inside(file.frame)

    def _inside(self, frame: bytes) -> str:
        if self.protocol is None:
            return _("Look at the ARP message: operation, the asker's two addresses, the target's.")
        parts = _parts(frame)
        if parts is None:
            return _("Look at the IP header: version, header length and total length do not fit.")
        if folded(parts.header) != 0xFFFF:  # noqa: PLR2004 - a right sum
            text = _("Look at the IP checksum: the header adds up to {sum:#06x}, not to 0xffff.")
            return text.format(sum=folded(parts.header))
        if parts.protocol != self.protocol:
            text = _("Look at byte 23, the protocol: it is {found}, and should be {wanted}.")
            return text.format(found=parts.protocol, wanted=self.protocol)
        if self.protocol == _ICMP and folded(parts.body) != 0xFFFF:  # noqa: PLR2004 - a right sum
            return _("Look at the ICMP checksum: an odd number of bytes is summed with a 0 behind.")
        return _("Look at the addresses, and at what stands behind the IP header.")


def _mac_of_peer() -> bytes:
    """Return the MAC address of the wire's far end; nothing where it is not there."""
    if evidence.first_missing(_FAR):
        return b""
    found = next((link for link in links.links(_FAR) if link.name == _PEER), None)
    return bytes.fromhex(str(found.json.get("address", "")).replace(":", "")) if found else b""


def _task(wanted: _Frame) -> Task:
    return Task(wanted.judge, wanted.hints)


TASKS = {
    "9.1": _task(
        _Frame(
            "/run/arp.bin",
            _ARP,
            "question",
            _is_arp_reply,
            lambda: own(
                "9.1",
                _("`netns2` replied to 172.16.0.77, at 02:00:00:00:00:77: your frame asked."),
            ),
            lambda: own("9.1", _("your frame was sent, but no ARP reply came for 172.16.0.77.")),
        )
    ),
    "9.2": _task(
        _Frame(
            "/run/echo.bin",
            _IPV4,
            "request",
            _is_echo_of,
            lambda: _("`netns2` sent your words back: each byte of your echo request was right."),
            lambda: own(
                "9.2",
                _("your frame was sent, but no echo reply with `hello, kernel` came back."),
            ),
            _ICMP,
        )
    ),
    "9.3": _task(
        _Frame(
            "/run/udp.bin",
            _IPV4,
            "request",
            _is_port_unreachable,
            lambda: _("`netns2` says that no program has that UDP port, and quotes your packet."),
            lambda: _("your frame was sent, but no “port unreachable” came back for it."),
            _UDP,
        )
    ),
    "9.4": _task(
        _Frame(
            "/run/time.bin",
            _IPV4,
            "request",
            _is_time_for,
            lambda: _("`netns2` told its time: type 14, with your time and two of its own."),
            lambda: _("your frame was sent, but no timestamp reply (type 14) came back for it."),
            _ICMP,
        )
    ),
}
