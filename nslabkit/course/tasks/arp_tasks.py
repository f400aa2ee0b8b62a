"""The tasks of “ARP and the answer”: who is asked for, who answers, and whose MAC it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.course.tasks.wire_fault import wire_fault
from nslabkit.net import links, neighbours, routes

if TYPE_CHECKING:
    from nslabkit.net.neighbours import Neighbour

_NEAR, _FAR = "netns1", "netns2"
_HERE, _THERE, _NOBODY = "172.16.0.1", "172.16.0.2", "172.16.0.7"
_MAC = "02:00:00:00:00:01"


def _judge_asked() -> CheckResult:
    nobody = own("3.1", _NOBODY)
    absent = evidence.first_missing(_NEAR, _FAR)
    if absent:
        return evidence.no_namespace(absent)
    owner = _owner(nobody)
    if owner:
        text = _("`{name}` has {address}; here nobody should have it.")
        return missing(text.format(name=owner, address=nobody))
    entry = _entry(nobody, _NEAR)
    if entry is None:
        text = _("the neighbour table of `{name}` has no entry for {address}.")
        return missing(text.format(name=_NEAR, address=nobody))
    if entry.mac:
        text = _("there is an entry for {address}, but with a MAC address: {mac}.")
        return missing(text.format(address=nobody, mac=entry.mac))
    text = _("`{name}` has asked for {address}, and nobody replied: {state}.")
    return right(text.format(name=_NEAR, address=nobody, state=entry.state))


def _owner(address: str) -> str | None:
    """Return the side that has an address, None if neither has."""
    return next((name for name in (_NEAR, _FAR) if evidence.has_address(address, name)), None)


def _hints_asked() -> tuple[str, str, str]:
    nobody = own("3.1", _NOBODY)
    if evidence.first_missing(_NEAR, _FAR):
        first = evidence.which_is_missing()
    elif owner := _owner(nobody):
        first = _("Somebody has the address: look at `ip -n {name} addr`.").format(name=owner)
    elif _entry(nobody, _NEAR) is None:
        first = _("Look at `ip -n {name} neigh`. When does the kernel make an entry there?").format(
            name=_NEAR
        )
    else:
        first = _("There is an entry. Look at what stands between `dev` and its last word.")
    return (
        first,
        _("Compare with section 3: what was in the table while `ping` waited for 172.16.0.9?"),
        _("`ip netns exec NAMESPACE ping -c 1 -W 1 ADDRESS` has the kernel look for a neighbour."),
    )


def _judge_answered() -> CheckResult:
    nobody = own("3.2", _NOBODY)
    absent = evidence.first_missing(_NEAR, _FAR)
    if absent:
        return evidence.no_namespace(absent)
    if evidence.has_address(nobody, _NEAR):
        text = _("`{name}` itself has {address}: it would talk to itself, through `lo`.")
        return missing(text.format(name=_NEAR, address=nobody))
    if not _reached(nobody):
        return evidence.no_answer(_NEAR, nobody)
    return _judge_learnt(nobody)


def _judge_learnt(address: str) -> CheckResult:
    """Judge from whom the near side has the MAC address of what answers."""
    entry = _entry(address, _NEAR)
    by_hand = _by_hand(address)
    if by_hand is not None:
        text = _("the entry for {address} was set by hand (`{state}`): ARP has not asked.")
        return missing(text.format(address=address, state=by_hand[1]))
    if entry is None or entry.mac is None:
        text = _("{address} answers, but `{name}` has no neighbour entry with a MAC for it.")
        return missing(text.format(name=_NEAR, address=address))
    if entry.mac not in _macs(_FAR):
        text = _("{address} answers with {mac}, which is no MAC address of `{name}`.")
        return missing(text.format(address=address, mac=entry.mac, name=_FAR))
    text = _("{address} answers, and `{near}` has learnt whose MAC it is: {mac} of `{far}`.")
    return right(text.format(address=address, near=_NEAR, far=_FAR, mac=entry.mac))


def _hints_answered() -> tuple[str, str, str]:
    nobody = own("3.2", _NOBODY)
    if evidence.first_missing(_NEAR, _FAR):
        first = evidence.which_is_missing()
    elif _by_hand(nobody) is not None:
        first = _("An entry set by hand hides what ARP would find out: take it away first.")
    elif not evidence.has_address(nobody, _FAR):
        first = _("Who replies to an ARP request? Look at `ip -n {name} addr`.").format(name=_FAR)
    else:
        first = _("The address is there. Look at both ends of the wire: `ip -n {name} link`.")
        first = first.format(name=_FAR)
    return (
        first,
        _("Compare with section 3: what made the waiting ping leave?"),
        _("`ip -n NAMESPACE addr add ADDRESS/24 dev NAME` gives a link one more address."),
    )


def _judge_mac() -> CheckResult:
    mac = own("3.3", _MAC)
    absent = evidence.first_missing(_NEAR, _FAR)
    if absent:
        return evidence.no_namespace(absent)
    link = _way(_THERE, _NEAR)
    if _mac(link) != mac:
        text = _("`{name}` sends by {link}, which has the MAC address {found}, not {mac}.")
        return missing(text.format(name=_NEAR, link=link, found=_mac(link), mac=mac))
    if not _reached(_THERE):
        return evidence.no_answer(_NEAR, _THERE)
    entry = _entry(_HERE, _FAR)
    if entry is None or entry.mac != mac:
        text = _("the ping is answered, but `{name}` knows {address} by another MAC: {mac}.")
        found = "-" if entry is None else str(entry.mac)
        return missing(text.format(name=_FAR, address=_HERE, mac=found))
    text = _("frames of `{near}` come from {mac}, and `{far}` answers to it.")
    return right(text.format(near=_NEAR, far=_FAR, mac=mac))


def _hints_mac() -> tuple[str, str, str]:
    mac = own("3.3", _MAC)
    if evidence.first_missing(_NEAR, _FAR):
        first = evidence.which_is_missing()
    elif _mac(_way(_THERE, _NEAR)) != mac:
        first = _("Where does the kernel get the source MAC from? Look at `ip -n {name} link`.")
        first = first.format(name=_NEAR)
    else:
        first = _("The link has that MAC. Look at what the other side knows: `ip -n {name} neigh`.")
        first = first.format(name=_FAR)
    return (
        first,
        _("Compare `link/ether` of `veth1` with `lladdr` in the neighbour table of `netns2`."),
        _("`ip -n NAMESPACE link set NAME address MAC` changes a link's MAC address."),
    )


def _judge_by_hand() -> CheckResult:
    absent = evidence.first_missing(_NEAR, _FAR)
    if absent:
        return evidence.no_namespace(absent)
    by_hand = _by_hand(_THERE)
    if by_hand is None:
        entry = _entry(_THERE, _NEAR)
        if entry is None:
            text = _("the neighbour table of `{name}` has no entry for {address}.")
            return missing(text.format(name=_NEAR, address=_THERE))
        text = _("the entry for {address} comes from ARP, which may change it: {state}.")
        return missing(text.format(address=_THERE, state=entry.state))
    mac, state = by_hand
    if mac not in _macs(_FAR):
        text = _("the entry for {address} has {mac}, which is no MAC address of `{name}`.")
        return missing(text.format(address=_THERE, mac=mac or "-", name=_FAR))
    if not _reached(_THERE):
        return evidence.no_answer(_NEAR, _THERE)
    text = _("`{name}` reaches {address} by an entry that ARP does not touch: {state}.")
    return right(text.format(name=_NEAR, address=_THERE, state=state))


def _hints_by_hand() -> tuple[str, str, str]:
    if evidence.first_missing(_NEAR, _FAR):
        first = evidence.which_is_missing()
    elif _by_hand(_THERE) is None:
        first = _("Look at `ip -n {name} neigh`: which state has the entry for {address}?")
        first = first.format(name=_NEAR, address=_THERE)
    else:
        first = _("The entry is there. Whose MAC address is it? Look at `ip -n {name} link`.")
        first = first.format(name=_FAR)
    return (
        first,
        _("Compare `ip -n netns2 link` with `lladdr`: the MAC address must be the right one."),
        _("`ip -n NAMESPACE neigh replace ADDRESS lladdr MAC dev NAME nud permanent` sets it."),
    )


def _entry(address: str, namespace: str) -> Neighbour | None:
    """Return what a namespace's neighbour table has of an address, on the link that leads there."""
    table = neighbours.neighbours(namespace, _way(address, namespace))
    return next((entry for entry in table if entry.address == address), None)


def _by_hand(address: str) -> tuple[str, str] | None:
    """Return MAC and state of the near side's entry for an address, None if ARP may change it."""
    return evidence.told_by_hand(_NEAR, _way(address, _NEAR)).get(address)


def _way(address: str, namespace: str) -> str:
    """Return the link by which a namespace sends to an address."""
    return str(routes.lookup(address, namespace).link)


def _mac(link: str) -> str:
    """Return the MAC address of a link of the near side."""
    return str(links.link(link, _NEAR).json.get("address"))


def _macs(namespace: str) -> set[str]:
    return {str(link.json.get("address")) for link in links.links(namespace) if link.name != "lo"}


def _reached(address: str) -> bool:
    """Return whether one of two pings is answered; the first may join an older ARP question."""
    return evidence.answers(address, _NEAR, 3) or evidence.answers(address, _NEAR, 3)


TASKS = {
    "3.1": Task(_judge_asked, _hints_asked),
    "3.2": Task(_judge_answered, _hints_answered),
    "3.3": Task(_judge_mac, _hints_mac),
    "3.4": Task(_judge_by_hand, _hints_by_hand),
    "3.5": wire_fault(2),
}
