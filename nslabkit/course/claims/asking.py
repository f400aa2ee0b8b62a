"""ARP before a packet can leave: claims C26 to C28."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ADDRESSES, finding, ip
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.ping_path import LESSON
from nslabkit.course.claims.taps import (
    BROADCAST,
    REPLY,
    REQUEST,
    arps,
    echoes,
    frames,
    tapped,
)
from nslabkit.course.verdict import Outcome
from nslabkit.frames.protocol_numbers import ECHO_REPLY
from nslabkit.net import links, namespaces, neighbours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nslabkit.capture import Packet

    Recording = str | Path | list[Packet]

_ASKER, _ANSWERER = ADDRESSES["netns1"], ADDRESSES["netns2"]
_LATE = "172.16.0.9"  # an address that comes to be only after it was pinged
_MICRO, _MILLI = 1_000, 1_000_000  # nanoseconds


def _read(recording: Recording) -> list[Packet]:
    return recording if isinstance(recording, list) else frames(recording)


def _line(packet: Packet) -> str:
    """Return a frame in one line, with the MAC addresses that it goes between."""
    return f"{_mac(packet, 'source')} > {_mac(packet, 'destination')}: {packet.summary}"


def _mac(packet: Packet, end: str) -> str:
    """Return the MAC address of one of a frame's ends."""
    ethernet = packet.dissection.header("Ethernet")
    return ethernet[end] if ethernet is not None else ""


def _goes_to(packets: list[Packet], address: str) -> bool:
    """Whether the first of some frames goes to this MAC address."""
    return bool(packets) and _mac(packets[0], "destination") == address


def _history(seen: list[Packet]) -> str:
    """Return the frames one per line, with microseconds since the first."""
    return "\n".join(f"{(f.time - seen[0].time) / _MICRO:.0f} µs  {_line(f)}" for f in seen)


# C26: the stack hands an ARP packet to veth1


def _answered_late() -> Mapping[str, Any]:
    """Ping an address that nobody has, and give it to netns2 while the ping waits."""
    chapter.addressed()
    asker = namespaces.namespace("netns1")
    # Ask again after 0.2 s, not after a second.
    chapter.sysctl(asker, "net.ipv4.neigh.veth1.retrans_time_ms=200")
    command = f"ip netns exec netns1 ping -c 1 -W 3 {_LATE}"
    with tapped(netns1="veth1") as files:
        ping = subprocess.Popen(command.split(), stdout=subprocess.DEVNULL)
        with ping:
            eventually(lambda: _LATE in ip("-n netns1 neigh"))
            seen = ip("-n netns1 neigh")
            ip(f"-n netns2 addr add {_LATE}/24 dev veth1-peer")
        eventually(lambda: bool(echoes(frames(files["netns1"]))))
        return {"seen": seen, "capture": frames(files["netns1"])}


def _waited(
    seen: str | list[str] | None = None,
    capture: Recording | None = None,
    address: str = _LATE,
) -> Finding:
    """Judge what ``ip neigh`` said in netns1 while the ping waited, and the frames on veth1.

    `seen` is what it printed, or the path of a file with that.
    """
    if isinstance(seen, str) and seen.startswith("/"):
        try:
            seen = Path(seen).read_text(encoding="utf-8")
        except FileNotFoundError:
            seen = None
    if seen is None or capture is None:
        return not_recorded()
    entry = _entry(seen, address)
    recorded = _read(capture)
    asked = arps(recorded, REQUEST, target=address)
    answers = arps(recorded, REPLY, sender=address)
    sent = [packet for packet in echoes(recorded) if packet.destination == address]
    first, answer, echo = ((part[0].time if part else 0) for part in (asked, answers, sent))
    return finding(
        [
            (bool(entry), _("netns1 has no entry for {address} in its neighbour table.")),
            (
                "INCOMPLETE" in entry and "lladdr" not in entry,
                _("The entry was not INCOMPLETE: netns1 already knew the MAC address."),
            ),
            (bool(asked), _("No ARP request for {address} left by veth1.")),
            (_goes_to(asked, BROADCAST), _("The ARP request was not a broadcast.")),
            (bool(answers), _("Nobody answered the ARP request.")),
            (bool(sent), _("The echo request never left.")),
            (
                first < answer < echo,
                _("The echo request did not wait for the answer."),
            ),
        ],
        _(
            "netns1 did not know {address} (INCOMPLETE) and asked by broadcast; the echo request "
            "waited {wait:.1f} ms and left {after:.0f} µs after the answer."
        ),
        (
            (_("ip -n netns1 neigh, while the ping waited"), " ".join(entry) or "-"),
            ("tcpdump -i veth1", _history([*asked, *answers[:1], *sent])),
        ),
        address=address,
        wait=(echo - first) / _MILLI,
        after=(echo - answer) / _MICRO,
    )


def _entry(seen: str | list[str], address: str) -> list[str]:
    """Return the words of the line for an address, out of what ``ip neigh`` printed."""
    lines = seen.splitlines() if isinstance(seen, str) else seen
    return next((words for line in lines if (words := line.split())[:1] == [address]), [])


C26 = Claim(
    "C26",
    LESSON,
    lambda: _("The stack hands an ARP packet to veth1 (and what it does before and after)."),
    _answered_late,
    _waited,
    place="4.6",
)


# C27: veth1-peer gets the request because it is the other end


def _both_ends() -> Mapping[str, Any]:
    chapter.addressed()
    with tapped(netns1="veth1", netns2="veth1-peer") as files:
        namespaces.namespace("netns1").run(["ping", "-c1", "-W2", _ANSWERER], quiet=True)
        eventually(lambda: all(echoes(frames(file), ECHO_REPLY) for file in files.values()))
        return {"near": frames(files["netns1"]), "far": frames(files["netns2"])}


def _same_frame(near: Recording | None = None, far: Recording | None = None) -> Finding:
    """Judge the recordings of veth1 and of its other end."""
    if near is None or far is None:
        return not_recorded()
    peer = links.peer("veth1", "netns1")
    out = arps(_read(near), REQUEST, sender=_ASKER, target=_ANSWERER)
    into = {frame.data: frame for frame in reversed(_read(far))}
    pairs = [(frame, into[frame.data]) for frame in out if frame.data in into]
    took = (pairs[0][1].time - pairs[0][0].time) / _MICRO if pairs else 0.0
    return finding(
        [
            (bool(out), _("veth1 sent no ARP request for {address}.")),
            (bool(pairs), _("The frame that veth1 sent did not reach the other recording.")),
            (
                (peer.name, peer.namespace.inode)
                == ("veth1-peer", namespaces.namespace("netns2").inode),
                _("The other end of veth1 is {peer}."),
            ),
            (took >= 0, _("The frame arrived before it left: the clock was set in between.")),
        ],
        _("The same {size} bytes passed veth1 and, {took:.1f} µs later, {peer}: its other end."),
        (
            ("tcpdump -i veth1", out[0].data.hex(" ") if out else "-"),
            ("tcpdump -i veth1-peer", pairs[0][1].data.hex(" ") if pairs else "-"),
            ("ip -n netns1 link show veth1", f"veth1 -> {peer.name} ({peer.namespace.name})"),
        ),
        address=_ANSWERER,
        peer=peer.name,
        size=len(out[0].data) if out else 0,
        took=took,
    )


C27 = Claim(
    "C27",
    LESSON,
    lambda: _("veth1-peer gets the ARP request because it is the other end of veth1."),
    _both_ends,
    _same_frame,
    place="4.6",
)


# C28: the other stack answers


def _to_the_end() -> Mapping[str, Any]:
    """Record one ping and what follows it, with the five seconds' delay cut to none."""
    chapter.addressed()
    far = namespaces.namespace("netns2")
    chapter.sysctl(far, "net.ipv4.neigh.veth1-peer.delay_first_probe_time=0")
    with tapped(netns1="veth1") as files:
        namespaces.namespace("netns1").run(["ping", "-c1", "-W2", _ANSWERER], quiet=True)
        eventually(lambda: bool(arps(frames(files["netns1"]), REPLY, sender=_ASKER)))
        return {"capture": frames(files["netns1"])}


def _answers(capture: Recording | None = None) -> Finding:
    """Judge the frames from the question to the confirmation, and who was there to answer."""
    if capture is None:
        return not_recorded()
    recorded = _read(capture)
    asked = arps(recorded, REQUEST, sender=_ASKER, target=_ANSWERER)
    answers = arps(recorded, REPLY, sender=_ANSWERER, target=_ASKER)
    requests, replies = echoes(recorded), echoes(recorded, ECHO_REPLY)
    asked_back = arps(recorded, REQUEST, sender=_ANSWERER, target=_ASKER)
    confirmed = arps(recorded, REPLY, sender=_ASKER, target=_ANSWERER)
    if not asked:
        text = _("The recording has no ARP request from netns1: its neighbour table was not empty.")
        return Finding(Outcome.UNKNOWN, text)
    programs = namespaces.pids("netns2")
    steps = [part[0] for part in (answers, requests, replies, asked_back, confirmed) if part]
    asker_mac = _mac(asked[0], "source")
    return finding(
        [
            (bool(answers), _("Nobody answered the ARP request.")),
            (_goes_to(answers, asker_mac), _("The ARP reply was not unicast.")),
            (bool(requests), _("The echo request never followed.")),
            (bool(replies), _("The echo request was not answered.")),
            (not programs, _("Programs run in netns2: {programs}. One of them may answer.")),
            (
                bool(asked_back),
                _("netns2 has not asked back yet: keep recording for six seconds."),
            ),
            (bool(confirmed), _("netns1 did not confirm when netns2 asked back.")),
            (
                steps == sorted(steps, key=lambda frame: frame.time),
                _("The frames are not in the order described."),
            ),
            (
                _goes_to(asked_back, asker_mac),
                _("netns2 asked back by broadcast."),
            ),
        ],
        _(
            "The kernel of netns2, where no program runs, answered ARP by unicast and "
            "then the echo, without asking for netns1's MAC; it confirmed that address "
            "{after:.3f} s later."
        ),
        (
            ("ip netns pids netns2", " ".join(map(str, programs)) or "-"),
            ("tcpdump -i veth1", _history([asked[0], *steps])),
            ("ip -n netns2 neigh", repr(neighbours.neighbours("netns2"))),
        ),
        programs=enumeration(map(str, programs)),
        after=(asked_back[0].time - replies[0].time) / 1e9 if asked_back and replies else 0.0,
    )


C28 = Claim(
    "C28",
    LESSON,
    lambda: _("The other stack answers the ARP request (then the ping, then asks back)."),
    _to_the_end,
    _answers,
    place="4.6",
)
