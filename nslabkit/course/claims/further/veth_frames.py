"""Frames on a veth pair that no cable would carry: claims B03 and B04."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ADDRESSES, ENDS, finding, one_ping
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.further import transfers
from nslabkit.course.verdict import Outcome
from nslabkit.net import links, namespaces
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nslabkit.capture import Packet

_LESSON = "10_veth_close_up"
_NEAR, _FAR = ENDS  # the namespaces
_DESTINATION = ADDRESSES[_FAR]
_HEADER = 14  # bytes of Ethernet


# B03: frames longer than the MTU


def _transfer_recorded() -> Mapping[str, Any]:
    chapter.addressed()
    near, far = ((name, links.link(end, name)) for name, end in ENDS.items())
    with capture(near[1], far[1], filter="tcp") as recording:
        transfers.send_bytes(_NEAR, _FAR, _DESTINATION)
    return {"recording": recording.packets}


def _longer_than_the_mtu(recording: Iterable[Packet] = ()) -> Finding:
    """Judge the TCP frames of a recording, or of its packets."""
    packets = list(getattr(recording, "packets", recording))
    lengths: dict[str, list[int]] = {end: [] for end in ENDS.values()}
    for packet in packets:
        if packet.kind.protocol == "TCP" and packet.interface.name in lengths:
            lengths[packet.interface.name].append(packet.length)
    if not all(lengths.values()):
        text = _("There are no TCP frames of both ends here: record a transfer.")
        return Finding(Outcome.UNKNOWN, text)
    allowed = int(links.link(ENDS[_NEAR], _NEAR).json["mtu"]) + _HEADER
    evidence = [
        (_("longest frame at {end}").format(end=end), str(max(found)))
        for end, found in lengths.items()
    ]
    evidence.append((_("MTU and Ethernet header"), str(allowed)))
    longest = min(max(found) for found in lengths.values())
    return finding(
        [(longest > allowed, _("No frame was longer than the MTU allows."))],
        _("A frame of {longest} bytes passed a wire whose MTU allows {allowed}."),
        evidence,
        longest=longest,
        allowed=allowed,
    )


B03 = Claim(
    "B03",
    _LESSON,
    lambda: _("Frames that are longer than the MTU pass a veth pair."),
    _transfer_recorded,
    _longer_than_the_mtu,
)


# B04: a checksum that nobody has computed


def _two_datagrams() -> Mapping[str, Any]:
    chapter.addressed()
    near, far = (links.link(end, name) for name, end in ENDS.items())
    one_ping(namespaces.namespace(_NEAR), _DESTINATION)  # ARP
    with capture(near, far, filter="udp") as recording:
        transfers.send_datagrams(_NEAR, _FAR, _DESTINATION, b"hello", b"jello")
    return {"recording": recording.packets}


def _unfinished_checksum(recording: Iterable[Packet] = ()) -> Finding:
    """Judge datagrams of a recording that differ in their data only."""
    packets = list(getattr(recording, "packets", recording))
    sent = [transfers.datagram(one) for one in packets if one.interface.name == ENDS[_NEAR]]
    got = {transfers.datagram(one) for one in packets if one.interface.name == ENDS[_FAR]}
    pair = _alike([one for one in sent if one is not None])
    if pair is None:
        text = _("Record two datagrams of one socket, of equal length and with different data.")
        return Finding(Outcome.UNKNOWN, text)
    evidence = [(repr(one.data), f"{one.checksum:04x}") for one in pair]
    evidence.append((_("computed over header and data"), f"{pair[0].computed:04x}"))
    return finding(
        [
            (pair[0].checksum == pair[1].checksum, _("The two checksums differ.")),
            (
                any(one.checksum != one.computed for one in pair),
                _("The checksums are those that the data demand."),
            ),
            (set(pair) <= got, _("The far end did not get the same bytes.")),
        ],
        _("Different data, the same checksum, and the far end took both."),
        evidence,
    )


def _alike(
    sent: Sequence[transfers.Datagram],
) -> tuple[transfers.Datagram, transfers.Datagram] | None:
    """Return two datagrams that differ in nothing but their data."""
    for place, one in enumerate(sent):
        for two in sent[place + 1 :]:
            same = one.ports == two.ports and len(one.data) == len(two.data)
            same &= bool(one.checksum)  # 0 says that there is none
            if same and one.data != two.data:
                return one, two
    return None


B04 = Claim(
    "B04",
    _LESSON,
    lambda: _("The checksum in a frame captured on a veth pair is not that of its data."),
    _two_datagrams,
    _unfinished_checksum,
)
