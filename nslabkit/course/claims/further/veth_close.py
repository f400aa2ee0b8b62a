"""A veth pair from close up: claims B01, B02 and B05."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ADDRESSES, ENDS, finding, ip, one_ping
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.further import transfers
from nslabkit.course.verdict import Outcome
from nslabkit.net import links, namespaces

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from nslabkit.net.links import Link

_LESSON = "10_veth_close_up"
_NEAR, _FAR = ENDS  # the namespaces
_DESTINATION = ADDRESSES[_FAR]
_SENT = 200  # datagrams
_ENOUGH = 0.9  # of them: where the processor is busy, the kernel may put the work off


# B01: the call that sends ends when the frame is with the receiver


def _no_queue() -> Finding:
    one, two = namespaces.namespace(_NEAR), namespaces.namespace(_FAR)
    discipline = str(links.link(ENDS[_NEAR], one).json["qdisc"])
    try:
        with one.socket() as sender, two.socket() as receiver:
            there = _there_at_once(sender, receiver)
    except OSError as error:  # no address, no route, or no answer to ARP
        text = _("Nothing gets from {near} to {far}: the wire has to work first.")
        rows = ((_("Kernel:"), str(error)),)
        return Finding(Outcome.UNKNOWN, text.format(near=_NEAR, far=_FAR), rows)
    evidence = (
        (f"ip -n {_NEAR} link show {ENDS[_NEAR]}", f"qdisc {discipline}"),
        (_("arrived when the call that sent it returned"), f"{there} / {_SENT}"),
    )
    return finding(
        [
            (
                there >= _ENOUGH * _SENT,
                _("Only {there} of {sent} datagrams had arrived when the call returned."),
            )
        ],
        _("{there} of {sent} datagrams had arrived when the call that sent them returned."),
        evidence,
        there=there,
        sent=_SENT,
    )


def _there_at_once(sender: socket.socket, receiver: socket.socket) -> int:
    """Send many datagrams, each received before the next; count those already there."""
    receiver.bind((_DESTINATION, 0))
    place = receiver.getsockname()
    receiver.settimeout(2.0)
    sender.sendto(b"first", place)  # this one waits for ARP
    receiver.recv(9)
    receiver.settimeout(0)
    there = 0
    for number in range(_SENT):
        sender.sendto(b"%d" % number, place)
        try:
            receiver.recv(9)
        except BlockingIOError:
            continue
        there += 1
    return there


B01 = Claim(
    "B01",
    _LESSON,
    lambda: _("On a veth pair, a frame has arrived by the time the call that sent it returns."),
    chapter.addressed,
    _no_queue,
)


# B02: what is too long for the far end is dropped on the wire, and both ends count it


def _narrow_far_end() -> None:
    chapter.addressed()
    ip(f"-n {_FAR} link set {ENDS[_FAR]} mtu 1000")


def _dropped_on_the_wire() -> Finding:
    near, far = links.link(ENDS[_NEAR], _NEAR), links.link(ENDS[_FAR], _FAR)
    wide, narrow = int(near.json["mtu"]), int(far.json["mtu"])
    evidence = [(f"mtu {end.name}", str(end.json["mtu"])) for end in (near, far)]
    if narrow >= wide:
        text = _("{far} takes all that {near} sends: give it a smaller MTU first.")
        return Finding(Outcome.UNKNOWN, text.format(near=near.name, far=far.name), tuple(evidence))
    asker = namespaces.namespace(_NEAR)
    if one_ping(asker, _DESTINATION).returncode != 0:
        text = _("{address} does not answer a short ping: the wire has to work first.")
        return Finding(Outcome.UNKNOWN, text.format(address=_DESTINATION), tuple(evidence))
    before = _dropped()
    size = min(wide - 28, narrow + 100)
    command = ["ping", "-c", "2", "-i", "0.2", "-W", "1", "-s", str(size), _DESTINATION]
    ping = asker.run(command, quiet=True)
    counted = [after - was for after, was in zip(_dropped(), before, strict=True)]
    evidence += [
        (ping.command, (ping.stdout + ping.stderr).strip()),
        (f"{near.name} TX dropped", f"+{counted[0]}"),
        (f"{far.name} RX dropped", f"+{counted[1]}"),
    ]
    return finding(
        [
            (ping.returncode != 0, _("The long ping was answered.")),
            (all(count > 0 for count in counted), _("Not both ends counted the loss.")),
        ],
        _("What is longer than the far end's MTU was dropped, and both ends counted it."),
        evidence,
    )


def _dropped() -> tuple[int, int]:
    """Return what the near end has dropped of what it sent, and the far end of what came."""
    near, far = (links.link(end, name) for name, end in ENDS.items())
    return transfers.dropped(near, "tx"), transfers.dropped(far, "rx")


B02 = Claim(
    "B02",
    _LESSON,
    lambda: _("A frame that is too long for the far end is dropped, and both ends count it."),
    _narrow_far_end,
    _dropped_on_the_wire,
)


# B05: a moved end stays the other end


def _moved_on() -> Mapping[str, Any]:
    chapter.addressed()
    before = links.peer(ENDS[_NEAR], _NEAR)
    ip("netns add netns3")
    ip(f"-n {_FAR} link set {ENDS[_FAR]} netns netns3")
    eventually(lambda: not links.link(ENDS[_NEAR], _NEAR).carrier)
    return {"before": before}


def _still_the_other_end(before: Link | None = None) -> Finding:
    """Judge the other end of ``veth1``; `before` is what it was before the move."""
    if before is None:
        return Finding(Outcome.UNKNOWN, _("Keep what `lab.links.peer` says before the move."))
    far = links.peer(ENDS[_NEAR], _NEAR)
    near = links.link(ENDS[_NEAR], _NEAR)
    where = far.namespace.name or far.namespace.path
    evidence = (
        (
            f"ip -n {_NEAR} -j link show {near.name}",
            f"link_netnsid {near.json.get('link_netnsid', '-')}",
        ),
        (_("other end before"), f"{before.namespace.name}: {before.json['address']}"),
        (_("other end now"), f"{where}: {far.json['address']}"),
    )
    if far.namespace == before.namespace:
        text = _("{link} is still in {namespace}: move it first.")
        return Finding(Outcome.UNKNOWN, text.format(link=far.name, namespace=where), evidence)
    return finding(
        [
            (
                (far.json["address"], near.index)
                == (before.json["address"], before.json["link_index"]),
                _("This is another wire, not the one that was there before the move."),
            ),
        ],
        _("{link} moved to {namespace}, and is still the other end of {near}."),
        evidence,
        link=far.name,
        namespace=where,
        near=near.name,
    )


B05 = Claim(
    "B05",
    _LESSON,
    lambda: _("An end that is moved away stays the other end of the same wire."),
    _moved_on,
    _still_the_other_end,
)
