"""The path of an echo request from the program to the link: claims C24 and C25."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ADDRESSES, finding
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.taps import echoes, frames, tapped
from nslabkit.course.verdict import Outcome
from nslabkit.frames.protocol_numbers import ECHO_REQUEST
from nslabkit.net import addresses, namespaces, routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nslabkit.capture import Packet

LESSON = "03_arp_and_answer"
INSIDE = "03_inside_ping"
_DESTINATION = ADDRESSES["netns2"]

# As strace writes them (-x: a text with bytes that cannot be printed is all \xNN).
_SOCKET = re.compile(r"socket\(AF_INET, (SOCK_RAW|SOCK_DGRAM)[^,]*, IPPROTO_ICMP\)\s+= (\d+)")
_SEND = re.compile(r'sendto\((\d+), "((?:\\x[0-9a-f]{2})+)"')
_PROBE = re.compile(r"^.*connect\(\d+, \{sa_family=AF_INET, .*$", re.MULTILINE)
_REST = 8  # bytes: after type, code, checksum, id and sequence number (RFC 792)


# C24: ping builds an ICMP packet and gives it to the stack through a socket


def _traced() -> Mapping[str, Any]:
    chapter.addressed()
    return traced()


def traced() -> dict[str, Any]:
    """Watch one ping: its system calls with strace, its frames on veth1 with tcpdump."""
    with tempfile.TemporaryDirectory() as folder, tapped(netns1="veth1") as files:
        file = Path(folder, "ping.trace")
        command = ["strace", "-x", "-s", "64", "-e", "trace=network", "-o", str(file)]
        asker = namespaces.namespace("netns1")
        asker.run([*command, "ping", "-c", "1", "-W", "2", _DESTINATION], quiet=True)
        eventually(lambda: bool(echoes(frames(files["netns1"]))))
        trace = file.read_text() if file.exists() else ""
        return {"trace": trace, "capture": frames(files["netns1"])}


def _handed_over(
    trace: str | Path | None = None, capture: str | Path | list[Packet] | None = None
) -> Finding:
    """Judge ping's system calls (strace's file or text) by the frames on the link."""
    if trace is None or capture is None:
        return not_recorded()
    calls = _text(trace)
    recorded = capture if isinstance(capture, list) else frames(capture)
    if "sendto(" not in calls and "socket(" not in calls:
        text = _("strace saw no system call: this machine may forbid one program to trace another.")
        return Finding(Outcome.UNKNOWN, text, (("strace ping", calls.strip()),))
    sockets = {number: kind for kind, number in _SOCKET.findall(calls)}
    sent = [
        (sockets[number], _bytes(text))
        for number, text in _SEND.findall(calls)
        if number in sockets
    ]
    kind, message = sent[0] if sent else ("", b"")
    on_link = [frame for frame in echoes(recorded) if _same(frame, message, raw=kind == "SOCK_RAW")]
    conditions = [
        (bool(sockets), _("ping opened no socket for ICMP.")),
        (bool(sent), _("ping handed nothing to its ICMP socket.")),
        (message[:1] == bytes([ECHO_REQUEST]), _("What ping handed over is not an echo request.")),
        (bool(on_link), _("No frame on the link carries what ping handed over.")),
    ]
    text = _(
        "ping made {size} bytes, an echo request, and handed them to a socket of type "
        "{kind}; they are the last {size} of the frame's {whole} bytes on veth1."
    )
    whole = len(on_link[0].data) if on_link else 0
    rows = [
        (_("the socket"), next((m[0] for m in _SOCKET.finditer(calls)), "-")),
        (_("a UDP socket that only asks for the route"), _first(_PROBE, calls)),
        (_("handed to the socket"), message.hex(" ")),
        (_("frame on veth1"), on_link[0].data.hex(" ") if on_link else "-"),
    ]
    return finding(conditions, text, rows, size=len(message), kind=kind, whole=whole)


def _text(trace: str | Path) -> str:
    """Return strace's output, given as itself or as the name of its file."""
    if isinstance(trace, str) and ("\n" in trace or not trace):
        return trace
    try:
        return Path(trace).read_text()
    except OSError as error:
        raise NotFoundError(
            f"cat {trace}",
            _("There is no trace of the system calls."),
            _("Run the lesson's cell with strace; if strace is missing, install its package."),
            said=error.strerror,
        ) from None


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _same(frame: Packet, message: bytes, *, raw: bool) -> bool:
    """Tell whether a frame carries this message, which strace may have cut.

    To a datagram socket the kernel itself adds id and checksum (icmp(7)).
    """
    icmp = frame.dissection.header("ICMP")
    assert icmp is not None
    start = 0 if raw else _REST
    on_link = frame.data[icmp.at + start : icmp.at + len(message)]
    return len(message) > _REST and on_link == message[start:]


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0] if match else "-"


C24 = Claim(
    "C24",
    INSIDE,
    lambda: _("ping builds an ICMP packet and gives it to the stack through a socket."),
    _traced,
    _handed_over,
    place="4.6",
)


# C25: the stack knows from the routing table which way to go


def _by_link() -> Finding:
    """Judge the look-up for netns2's address: by which link, with which source address."""
    way = routes.lookup(_DESTINATION, "netns1")
    mine = [row.address.partition("/")[0] for row in addresses.addresses("netns1", "veth1")]
    evidence = [
        (f"ip -n netns1 route get {_DESTINATION}", f"dev {way.link} src {way.source}"),
        ("ip -n netns1 route", repr(routes.routes("netns1"))),
    ]
    return finding(
        [
            (way.link == "veth1", _("The packet would leave by {link}, not by veth1.")),
            (
                way.source == ADDRESSES["netns1"] and way.source in mine,
                _("The packet would carry the source address {source}."),
            ),
        ],
        _(
            "The route names the link {link}; {source} is not a port but the source "
            "address that the packet gets."
        ),
        evidence,
        link=way.link,
        source=way.source,
    )


C25 = Claim(
    "C25",
    LESSON,
    lambda: _("According to the routing table, the packet goes out of the 172.16.0.1 port."),
    chapter.addressed,
    _by_link,
    place="4.6",
)
