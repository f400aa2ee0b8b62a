"""A network over two hosts, as lesson 15 builds it: claims B26 to B30."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import finding, one_ping
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.further.two_hosts import (
    HOSTS,
    bridged,
    full_size_ping,
    routed,
)
from nslabkit.course.verdict import Outcome
from nslabkit.net import bridges, links, namespaces, neighbours, routes
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nslabkit.base.commands import Result
    from nslabkit.capture import Packet, Recording
    from nslabkit.net.links import Link

_LESSON = "15_overlay"
_FAR = "10.42.0.2"
_ROUTED_NEAR, _ROUTED_FAR = "10.244.1.2", "10.244.2.2"
_OVERHEAD = 50  # bytes: Ethernet 14, IPv4 20, UDP 8, VXLAN 8
_EVERYBODY = "00:00:00:00:00:00"


def _last_line(ping: Result) -> tuple[str, str]:
    """Return a line of evidence: the command, and what ping counted."""
    counted = [line for line in ping.stdout.splitlines() if "transmitted" in line]
    return f"ip netns exec c1 {ping.command}", (counted or [ping.stdout + ping.stderr])[-1].strip()


def _mac(name: str) -> str:
    return str(links.link("eth0", name).json["address"])


# B26: containers on two hosts are neighbours


def _joined() -> None:
    bridged()


def _neighbours() -> Finding:
    """Judge what ``c1`` knows of ``c2`` after a ping."""
    c1 = namespaces.namespace("c1")
    ports = [links.peer("eth0", name) for name in ("c1", "c2")]
    tunnels = [_tunnels(port) for port in ports]
    with capture(*ports, *itertools.chain(*tunnels), filter="icmp", progress=False) as heard:
        ping = one_ping(c1, _FAR)
    came_out = {one.interface.where for one in heard.packets if not one.outgoing}
    known = {entry.address: entry.mac for entry in neighbours.neighbours(c1)}
    hosts = [port.namespace.inode for port in ports]
    return finding(
        [
            (hosts[0] != hosts[1], _("Both containers are in the same host.")),
            (all(tunnels), _("No tunnel ends at the bridges of both.")),
            (ping.returncode == 0, _("`c1` gets no answer from {address}.")),
            (
                any(f"{one.namespace.name}/{one.name}" in came_out for one in tunnels[1]),
                _("The ping has not come out of a tunnel: something else joins the hosts."),
            ),
            ("ttl=64" in ping.stdout, _("A router lies between them: the ttl has gone down.")),
            (known.get(_FAR) == _mac("c2"), _("`c1` has another MAC address for {address}.")),
        ],
        _("Two hosts lie between them, and `c1` knows `c2` by its own MAC address, {mac}."),
        [
            _last_line(ping),
            ("ip -n c1 neigh", f"{_FAR} {known.get(_FAR)}"),
            ("ip -n c2 link show eth0", _mac("c2")),
        ],
        address=_FAR,
        mac=_mac("c2"),
    )


def _tunnels(port: Link) -> list[Link]:
    """Return the tunnels that are ports of the same bridge."""
    asked = ["ip", "-j", "link", "show", "type", "vxlan"]
    shown = json.loads(port.namespace.run(asked, quiet=True).stdout or "[]")
    return [
        links.link(one["ifname"], port.namespace)
        for one in shown
        if one.get("master") == port.json.get("master")
    ]


B26 = Claim(
    id="B26",
    lesson=_LESSON,
    summary=lambda: _("By a tunnel, containers on two hosts are neighbours, as on one wire."),
    experiment=_joined,
    examine=_neighbours,
)


# B27: a tunnel adds 50 bytes to each frame, and changes none of it


def _adds_fifty(recording: Recording | None = None) -> Finding:
    """Judge a recording of a container's ping, made at its end and between the hosts."""
    if recording is None:
        return not_recorded()
    sent = {packet.data for packet in recording.packets if packet.inner is None}
    # What else the tunnel carries may come from the hosts' bridges, which report their groups.
    pairs = [
        (packet, packet.inner)
        for packet in recording.packets
        if packet.inner is not None and packet.inner.kind.protocol in ("ARP", "ICMP")
    ]
    added = {packet.length - inner.length for packet, inner in pairs}
    if not pairs:
        text = _("No frame of a tunnel was recorded: record on the hosts' `eth0`, too.")
        return Finding(Outcome.UNKNOWN, text)
    # One frame, as the container sent it and as it went between the hosts.
    last = pairs[-1]
    both = {packet.data: packet for packet in recording.packets}
    shown = [both[packet.data] for packet in reversed(last) if packet.data in both]
    return finding(
        [
            (added == {_OVERHEAD}, _("The frames have become larger by {added} bytes.")),
            (
                all(inner.data in sent for _packet, inner in pairs),
                _("What was inside is not what the containers sent."),
            ),
        ],
        _("Each of the {count} frames became 50 bytes larger, and not one of its bytes changed."),
        [(packet.interface.where, packet.summary) for packet in shown],
        count=len({inner.data for _packet, inner in pairs}),
        added=enumeration(map(str, sorted(added))),
    )


B27 = Claim(
    id="B27",
    lesson=_LESSON,
    summary=lambda: _("The tunnel puts 50 bytes before each frame and changes nothing in it."),
    experiment=lambda: {"recording": bridged()},
    examine=_adds_fifty,
)


# B28: a tunnel learns from what comes in


def _learnt() -> Finding:
    """Judge the table of ``vx`` in ``host1``."""
    entries = [entry for entry in bridges.fdb("host1", "vx") if entry.dst is not None]
    mine = [entry for entry in entries if entry.mac == _mac("c2")]
    return finding(
        [
            (bool(mine), _("`vx` has no line for the MAC address of `c2`.")),
            (
                all(entry.state == "" for entry in mine),
                _("The line for `c2` was not learnt: somebody has set it."),
            ),
            (
                {entry.dst for entry in mine} == {HOSTS["host2"]},
                _("By the line for `c2`, it is at another host."),
            ),
        ],
        _("Nobody has told `vx` that `c2` is at {host}: it has learnt it from what came in."),
        [("bridge -n host1 fdb show dev vx", "\n".join(_line(entry) for entry in entries))],
        host=HOSTS["host2"],
    )


def _line(entry: bridges.ForwardingEntry) -> str:
    return f"{entry.mac} dst {entry.dst} {entry.state}".strip()


B28 = Claim(
    id="B28",
    lesson=_LESSON,
    summary=lambda: _("A tunnel learns from what comes in at which host a MAC address is."),
    experiment=_joined,
    examine=_learnt,
)


# B29: what is too large for the tunnel is dropped without a word


def _dropped() -> Finding:
    """Judge a small ping of ``c1``, and one as large as its link allows."""
    c1 = namespaces.namespace("c1")
    small, full = one_ping(c1, _FAR), full_size_ping(c1, _FAR)
    widths = [links.link("eth0", "c1").json["mtu"], links.link("vx", "host1").json["mtu"]]
    evidence = [_last_line(small), _last_line(full), ("MTU", f"c1 {widths[0]}, vx {widths[1]}")]
    if small.returncode != 0:
        return Finding(Outcome.UNKNOWN, _("Not even a small ping is answered."), tuple(evidence))
    return finding(
        [
            (widths[0] > widths[1], _("`c1` knows of the tunnel: its MTU is {own}.")),
            (full.returncode != 0, _("The large packet was answered, too.")),
            (not _complaint(full), _("Somebody said what is wrong: {said}")),
        ],
        _("Small packets arrive; one of {own} bytes gets no answer, and no error says why."),
        evidence,
        own=widths[0],
        said=_complaint(full),
    )


def _complaint(ping: Result) -> str:
    """Return the line in which ping says what is wrong, nothing if there is none."""
    said = (ping.stdout + ping.stderr).splitlines()
    return next((line for line in said if "error:" in line or "Frag needed" in line), "")


B29 = Claim(
    id="B29",
    lesson=_LESSON,
    summary=lambda: _("A bridge drops what is too large for the tunnel, and tells nobody."),
    experiment=_joined,
    examine=_dropped,
)


# B30: with three entries for each other host nothing is flooded


def _nothing_flooded(recording: Recording | None = None) -> Finding:
    """Judge the entries of both hosts, and a recording between them."""
    inner = [] if recording is None else _carried(recording.packets)
    if not inner:
        return not_recorded()
    way = routes.lookup(_ROUTED_FAR, "host1")
    entries = list(bridges.fdb("host1", "flannel.1"))
    ping = one_ping(namespaces.namespace("c1"), _ROUTED_FAR)
    conditions = [
        *_sends_by_three_entries("host1", _ROUTED_FAR),
        *_sends_by_three_entries("host2", _ROUTED_NEAR),
        (ping.returncode == 0, _("`c1` gets no answer from {address}.")),
        (not any(map(_to_many, inner)), _("A frame to everybody went through the tunnel.")),
    ]
    text = _("A route, a neighbour and a line of the tunnel are enough: nobody had to be asked.")
    evidence = [
        ("ip -n host1 route get", f"{_ROUTED_FAR} via {way.via} dev {way.link}"),
        ("bridge -n host1 fdb", "\n".join(_line(entry) for entry in entries if entry.dst)),
        _last_line(ping),
        *((_("in the tunnel"), packet.summary) for packet in inner[:2]),
    ]
    return finding(conditions, text, evidence, address=_ROUTED_FAR)


def _sends_by_three_entries(host: str, address: str) -> list[tuple[bool, str]]:
    """Return what must be so for a host to send to an address without asking anybody."""
    entries = list(bridges.fdb(host, "flannel.1"))
    conditions = [
        (
            routes.lookup(address, host).link == "flannel.1",
            _("The route of `{name}` does not lead into the tunnel."),
        ),
        (
            all(entry.mac != _EVERYBODY for entry in entries),
            _("The tunnel of `{name}` has a line for everybody: it floods."),
        ),
        (
            all(entry.state == "permanent" for entry in entries if entry.dst),
            _("The tunnel of `{name}` has learnt something."),
        ),
    ]
    return [(so, text.format(name=host)) for so, text in conditions]


def _carried(packets: Iterable[Packet]) -> list[Packet]:
    return [packet.inner for packet in packets if packet.inner is not None]


def _to_many(packet: Packet) -> bool:
    """Whether a frame goes to a group, such as everybody: the first byte of its MAC is odd."""
    return bool(packet.data[:1] and packet.data[0] & 1)


B30 = Claim(
    id="B30",
    lesson=_LESSON,
    summary=lambda: _("With three entries for each other host, nothing is learnt or flooded."),
    experiment=lambda: {"recording": routed()},
    examine=_nothing_flooded,
)
