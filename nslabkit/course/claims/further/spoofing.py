"""Who claims another's address, and what stops it: claims B31 to B34."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import finding, ip, one_ping
from nslabkit.course.claims.claim import Claim, Finding, not_recorded
from nslabkit.course.claims.further.three_hosts import (
    ADDRESSES,
    EVERYWHERE,
    LESSON,
    MACS,
    as_router,
    claim_address,
    claims_of,
    entry,
    joined,
)
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces, neighbours
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nslabkit.capture import Packet, Recording

_NEAR, _FAR, _BETWEEN = "victim", "server", "attacker"
_TABLE = f"ip -n {_NEAR} neigh"
_RULES = (
    "add table netdev gate",
    'add chain netdev gate in { type filter hook ingress device "port-attacker" priority filter; }',
    "add rule netdev gate in arp saddr ip != 172.16.0.3 counter drop",
)


def _recorded(act: Callable[[], object]) -> Recording:
    """Do something, and return what passed all wires meanwhile."""
    from nslabkit.show.lab_recording import capture

    with capture(*EVERYWHERE, filter="arp or icmp", progress=False) as recording:
        act()
    return recording


def _known() -> tuple[str, str]:
    """Return the row of evidence of what the victim's table has of the server."""
    own = entry(_NEAR, _FAR)
    return _TABLE, "-" if own is None else f"{own.address} lladdr {own.mac} {own.state}"


# B31: an entry follows whoever claims the address


def _claimed() -> None:
    joined()
    claim_address(_FAR, _NEAR)


def _follows() -> Finding:
    namespaces.namespace(_BETWEEN)  # that there is one, or the error that says so
    own = entry(_NEAR, _FAR)
    if own is None or own.mac is None:
        text = _("{name} has no MAC address for {address} yet: ping it, then claim it.")
        return Finding(Outcome.UNKNOWN, text.format(name=_NEAR, address=ADDRESSES[_FAR]))
    return finding(
        [
            (own.mac != MACS[_FAR], _("{name} knows {address} by its true MAC address, {mac}.")),
            (own.mac == MACS[_BETWEEN], _("{name} takes a third one's MAC address: {mac}.")),
            ("PERMANENT" not in own.state, _("The entry was set by hand: nobody claimed it.")),
        ],
        _("{name} takes the attacker's MAC address {mac} for that of {address}."),
        (_known(),),
        name=_NEAR,
        address=ADDRESSES[_FAR],
        mac=own.mac,
    )


B31 = Claim(
    "B31",
    LESSON,
    lambda: _("A neighbour entry follows whoever claims the address."),
    _claimed,
    _follows,
)


# B32: all passes a stranger, and the ping is answered


def _in_the_middle() -> Mapping[str, Any]:
    joined()
    as_router()
    claim_address(_FAR, _NEAR)
    claim_address(_NEAR, _FAR)
    return {"recording": _recorded(lambda: one_ping(namespaces.namespace(_NEAR), ADDRESSES[_FAR]))}


def _passes_a_stranger(recording: Recording | None = None) -> Finding:
    """Judge whether a ping's request and reply pass the attacker, and whether it is answered."""
    if recording is None:
        return not_recorded()
    sent = _echoes(recording, "request", _NEAR, outgoing=True)
    if not sent:
        return not_recorded()
    answers = _echoes(recording, "reply", _NEAR, outgoing=False)
    seen = {
        kind: any(map(_is_for_the_attacker, _echoes(recording, kind, _BETWEEN, outgoing=False)))
        for kind in ("request", "reply")
    }
    rows = [(one.interface.where, one.summary) for one in (*sent[:1], *answers[:1])]
    rows += [(f"ttl, {one.interface.where}", str(_ttl(one))) for one in (*sent[:1], *answers[:1])]
    return finding(
        [
            (bool(answers), _("The ping was not answered.")),
            (seen["request"], _("The request did not pass the attacker.")),
            (seen["reply"], _("The reply did not pass the attacker.")),
        ],
        _("Request and reply passed the attacker, and {name} got its answer, with ttl {ttl}."),
        rows,
        name=_NEAR,
        ttl=_ttl(answers[0]) if answers else "-",
    )


def _echoes(recording: Recording, kind: str, name: str, *, outgoing: bool) -> list[Packet]:
    return [
        one
        for one in recording.packets
        if one.kind == f"ICMP echo {kind}"
        and one.interface.namespace == name
        and one.outgoing is outgoing
        and {one.source, one.destination} == {ADDRESSES[_NEAR], ADDRESSES[_FAR]}
    ]


def _is_for_the_attacker(packet: Packet) -> bool:
    """Return whether a frame is sent to the attacker: a bridge may flood those of others, too."""
    return bool(packet.dissection.values["Ethernet", "destination"] == MACS[_BETWEEN])


def _ttl(packet: Packet) -> int:
    return int(packet.dissection.values["IPv4", "ttl"])


B32 = Claim(
    "B32",
    LESSON,
    lambda: _("A ping is answered, although all of it passes a stranger."),
    _in_the_middle,
    _passes_a_stranger,
)


# B33: ARP does not change a static entry


def _by_hand() -> Mapping[str, Any]:
    joined()
    ip(f"-n {_NEAR} neigh replace {ADDRESSES[_FAR]} lladdr {MACS[_FAR]} dev eth0 nud permanent")
    return {"recording": _recorded(lambda: claim_address(_FAR, _NEAR))}


def _stays(recording: Recording | None = None) -> Finding:
    """Judge whether an entry set by hand is still right after false claims have arrived."""
    if recording is None:
        return not_recorded()
    arrived = _arrived(recording)
    own = entry(_NEAR, _FAR)
    if not arrived or own is None:
        return not_recorded()
    if "PERMANENT" not in own.state:
        text = _("The entry of {name} for {address} was not set by hand: {state}.")
        said = text.format(name=_NEAR, address=ADDRESSES[_FAR], state=own.state)
        return Finding(Outcome.UNKNOWN, said, (_known(),))
    arrived = [one for one in arrived if _was_static(recording, one.time)]
    if not arrived:
        text = _("The entry was set by hand after the false claims had come: record them again.")
        return Finding(Outcome.UNKNOWN, text, (_known(),))
    return finding(
        [(own.mac == MACS[_FAR], _("The entry has another MAC address now: {mac}."))],
        _("{count} false claims arrived, and the entry kept {mac}."),
        (_known(), (arrived[0].interface.where, arrived[0].summary)),
        count=len(arrived),
        mac=own.mac,
    )


def _arrived(recording: Recording) -> list[Packet]:
    """Return the false claims of the server's address that came in at the victim."""
    return [
        one
        for one in claims_of(recording, _FAR)
        if one.interface.namespace == _NEAR and not one.outgoing
    ]


def _was_static(recording: Recording, time: int) -> bool:
    """Return whether the victim's entry for the server was one set by hand by a certain time."""
    states = [
        one.detail["state"]
        for one in recording.events
        if (one.kind, one.namespace) == ("neighbour", _NEAR)
        and one.detail.get("dst") == ADDRESSES[_FAR]
        and one.time <= time
    ]
    return bool(states) and "PERMANENT" in states[-1]


B33 = Claim(
    "B33",
    LESSON,
    lambda: _("ARP does not change a static neighbour entry."),
    _by_hand,
    _stays,
)


# B34: a rule at the port stops the false claim, and only that


def _guarded() -> Mapping[str, Any]:
    joined()
    for rule in _RULES:
        HOST.run(["nft", rule], check=True, quiet=True)
    return {"recording": _recorded(lambda: claim_address(_FAR, _NEAR))}


def _stopped(recording: Recording | None = None) -> Finding:
    """Judge whether false claims left the attacker and reached nobody, while honest ARP passes."""
    if recording is None:
        return not_recorded()
    sent = [
        one
        for one in claims_of(recording, _FAR)
        if one.interface.namespace == _BETWEEN and one.outgoing
    ]
    if not sent:
        return not_recorded()
    through = _arrived(recording)
    namespaces.namespace(_BETWEEN).run("ip neigh flush all", quiet=True)
    honest = one_ping(namespaces.namespace(_BETWEEN), ADDRESSES[_NEAR])
    known = entry(_NEAR, _BETWEEN)
    if known is not None:  # that it must ask: an answer is to pass, too, not only a question
        neighbours.remove(known.address, known.link, namespace=_NEAR)
    asked = one_ping(namespaces.namespace(_NEAR), ADDRESSES[_BETWEEN])
    return finding(
        [
            (not through, _("The false claim reached {name}.")),
            (
                honest.returncode == asked.returncode == 0,
                _("The attacker reaches nobody: its honest ARP is dropped."),
            ),
        ],
        _("{count} false claims left the attacker and none arrived; its honest ARP passes."),
        (
            (sent[0].interface.where, sent[0].summary),
            (f"{_NEAR}/eth0", through[0].summary if through else "-"),
            (honest.command, honest.stdout.strip()),
        ),
        name=_NEAR,
        count=len(sent),
    )


B34 = Claim(
    "B34",
    LESSON,
    lambda: _("A rule at a bridge's port stops the false claim, and only that."),
    _guarded,
    _stopped,
)
