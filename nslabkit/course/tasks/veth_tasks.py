"""The tasks of lesson 10: frames cut to size, an end that moves, an MTU that swallows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.claims.further import transfers
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.net import links, namespaces, offloads, routes
from nslabkit.net.namespaces import HOST
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from nslabkit.capture import Recording
    from nslabkit.net.links import Link

_NEAR, _FAR, _THIRD = "netns1", "netns2", "netns3"
_ADDRESS, _NEW_ADDRESS = "172.16.0.2", "172.16.0.3"
_MTU, _HEADER = 1500, 14  # bytes
_WANTED = "7"  # the number by which netns1 is to know netns3
_ENOUGH = 200_000  # bytes of a transfer: some frames of the greatest length, on a slow wire too
_LONG = 1472  # bytes of data in a ping whose packet is as long as the MTU
_BRIDGES = 3


def _judge_cut() -> CheckResult:
    absent = evidence.first_missing(_NEAR, _FAR)
    if absent:
        return evidence.no_namespace(absent)
    unready = _changed_mtu()
    if unready is not None:
        return unready
    try:
        longest = _longest_sent()
    except OSError:  # refused, unreachable, or too slow
        text = _("a TCP connection from `{name}` to {address} does not get through.")
        return missing(text.format(name=_NEAR, address=_ADDRESS))
    if longest > _MTU + _HEADER:
        text = _("`{name}` still sends a frame of {length} bytes.")
        return missing(text.format(name=_NEAR, length=longest))
    text = _("the longest frame that `{name}` sends has {length} bytes.")
    return right(text.format(name=_NEAR, length=longest))


def _changed_mtu() -> CheckResult | None:
    """Return what is wrong with the two ends of the wire, None if nothing is."""
    far = evidence.owner(_ADDRESS, _FAR)
    if far is None:
        return evidence.no_address(_ADDRESS, _FAR)
    near = links.link(str(routes.lookup(_ADDRESS, _NEAR).link), _NEAR)
    for end in (near, links.link(far, _FAR)):
        if end.json["mtu"] != _MTU:
            text = _("the MTU of `{link}` is {mtu}.")
            return missing(text.format(link=end.name, mtu=end.json["mtu"]))
    return None


def _longest_sent() -> int:
    """Return the length of the longest frame of a transfer as it leaves ``netns1``, by any link."""
    with capture(_NEAR, filter=f"tcp and dst {_ADDRESS}", progress=False) as recording:
        transfers.send_bytes(_NEAR, _FAR, _ADDRESS, _ENOUGH)
    return max(packet.length for packet in recording.packets)


def _hints_cut() -> tuple[str, str, str]:
    if evidence.first_missing(_NEAR, _FAR):
        first = _("Run the first cell of section 7 again: it builds the wire.")
    elif evidence.owner(_ADDRESS, _FAR) is None:
        first = _("Look at both ends, `lab.picture()`: the address {address} is missing.")
        first = first.format(address=_ADDRESS)
    elif _changed_mtu() is not None:
        first = _("The MTU says how long a packet may be; the frames are longer *in spite* of it.")
    else:
        states = {row.name: row.on for row in offloads.offloads("veth1", _NEAR)}
        first = _("Who cuts the data into pieces? Look at `tso` in the offloads of `veth1`.")
        if not states["tso"]:
            first = _("`tso` of `veth1` is off. Record a transfer, and see who still sends more.")
    return (
        first,
        _("Compare with section 4: there an offload was switched off, on the side that sends."),
        _("`ethtool -K veth1 … off` in `netns1`, or `lab.offloads.switch`."),
    )


def _judge_moved() -> CheckResult:
    absent = evidence.first_missing(_NEAR, _THIRD)
    if absent:
        return evidence.no_namespace(absent)
    near, far = links.link("veth1", _NEAR), links.peer("veth1", _NEAR)
    if far.namespace.inode != namespaces.namespace(_THIRD).inode:
        return missing(_("the other end of `veth1` is not in `{name}`.").format(name=_THIRD))
    number = near.json.get("link_netnsid")
    if number != int(own("10.2", _WANTED)):
        text = _("`{near}` knows `{far}` by the number {number}.")
        return missing(text.format(near=_NEAR, far=_THIRD, number=number))
    address = own("10.2", _NEW_ADDRESS)
    if evidence.owner(address, _THIRD) is None:
        return evidence.no_address(address, _THIRD)
    silent = _silent(address, far)
    if silent is not None:
        return silent
    text = _("`veth1` leads to `{name}`, known as number {number}, and {address} answers.")
    return right(text.format(name=_THIRD, number=number, address=address))


def _silent(address: str, far: Link) -> CheckResult | None:
    """Return that an address does not answer by the far end of the wire, None if it does."""
    with capture(far, filter="icmp", progress=False) as heard:
        answered = evidence.answers(address, _NEAR)
    if not answered:
        return evidence.no_answer(_NEAR, address)
    if not any(packet.source == address for packet in heard.packets):
        text = _("{address} answers, but not from the other end of `veth1`.")
        return missing(text.format(address=address))
    return None


def _hints_moved() -> tuple[str, str, str]:
    if evidence.first_missing(_NEAR, _THIRD):
        first = _("Run the first cell of section 7 again: it builds the wire.")
    elif not _is_moved():
        first = _("Look at `ip -n netns1 netns list-id`: has `netns1` a number for `netns3`?")
    elif links.link("veth1", _NEAR).json.get("link_netnsid") != int(own("10.2", _WANTED)):
        first = _(
            "The number was given with the move, and stays. Run the first cell of section 7 again."
        )
    else:
        first = _("Look at both ends, `lab.picture()`: what does a moved end lose?")
    return (
        first,
        _("Compare with section 5: when did `netns1` get its number for `netns3`?"),
        own(
            "10.2",
            _("`ip -n … netns set … 7`, then `ip -n … link set … netns …`, address and `up`."),
        ),
    )


def _is_moved() -> bool:
    try:
        far = links.peer("veth1", _NEAR)
    except NslabError:  # no such wire
        return False
    return far.namespace.inode == namespaces.namespace(_THIRD).inode


def _judge_long() -> CheckResult:
    absent = evidence.first_missing(_NEAR, _FAR)
    if absent:
        return evidence.no_namespace(absent)
    with capture(HOST, filter="icmp", progress=False) as way:
        answered = evidence.answers(_ADDRESS, _NEAR)
    if not answered:
        return evidence.no_answer(_NEAR, _ADDRESS)
    passed = len(_bridges(way))
    if passed < _BRIDGES:
        text = _("a ping passes {passed} of the {bridges} bridges.")
        return missing(text.format(passed=passed, bridges=_BRIDGES))
    command = ["ping", "-c", "1", "-W", "2", "-M", "do", "-s", str(_LONG), _ADDRESS]
    if namespaces.namespace(_NEAR).run(command, quiet=True).returncode != 0:
        text = _("a ping of {length} bytes is not answered yet.")
        return missing(text.format(length=_LONG))
    return right(_("pings of {length} bytes pass in one piece.").format(length=_LONG))


def _bridges(way: Recording | None = None) -> set[str]:
    """Return the host's bridges that have a port, or by whose ports a recording saw frames."""
    ports = {link.name: str(link.json["master"]) for link in links.links() if "master" in link.json}
    used = ports if way is None else {packet.interface.name for packet in way.packets}
    return {bridge for port, bridge in ports.items() if port in used}


def _hints_long() -> tuple[str, str, str]:
    narrow = [link.name for link in links.links() if link.json["mtu"] < _MTU]
    if evidence.first_missing(_NEAR, _FAR) or len(_bridges()) < _BRIDGES:
        first = _("Run the cell above this task again: it builds the bridges.")
    elif narrow:
        first = _(
            "Look at the MTU of each link of the host: `ip link`. Which is not like the rest?"
        )
    else:
        first = _("The host's links are wide enough. Look at both ends: `ip -n netns1 link`.")
    return (
        first,
        _("Compare pings of different length: up to which `-s` is there an answer?"),
        _("`ip link set … mtu …` for the end of a wire; a bridge follows its ports."),
    )


TASKS = {
    "10.1": Task(_judge_cut, _hints_cut),
    "10.2": Task(_judge_moved, _hints_moved),
    "10.3": Task(_judge_long, _hints_long),
}
