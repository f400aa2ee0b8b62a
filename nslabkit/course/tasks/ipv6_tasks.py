"""The tasks of lesson 14: a router steps down, an address from a MAC, a firewall too strict."""

from __future__ import annotations

import ipaddress
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.further.ipv6_network import is_learnt
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.net import addresses, links, namespaces, neighbours, routes

if TYPE_CHECKING:
    from nslabkit.net.addresses import Address

_NEAR, _FAR = "netns1", "netns2"
_WANTED, _ITS_MAC = "fe80::5054:ff:fe12:3456", "52:54:00:12:34:56"
_OTHER, _OTHER_FOUR = "fe80::ff:fe00:2", "172.16.0.2"
_WAY = f"{_OTHER}%veth1"  # with the link by which netns1 is to send
_PATIENCE = 5.0  # seconds that the kernel may need to make an address and to check it
_PORTS = (80, 8080)
_NEW = "fd00:7::"  # a /64
_HOUR = 3600  # seconds


def _without_namespace() -> CheckResult | None:
    absent = evidence.first_missing(_NEAR, _FAR)
    return evidence.no_namespace(absent) if absent else None


def _of(name: str, address: str) -> Address | None:
    """Return the address of a namespace, without its prefix length, with all that is said of it."""
    found = addresses.addresses(name)
    return next((one for one in found if one.address.partition("/")[0] == address), None)


# 14.1: the router steps down, and the network gets a new number


def _new() -> ipaddress.IPv6Network:
    return ipaddress.IPv6Network(f"{own('14.1', _NEW)}/64")


def _judge_farewell() -> CheckResult:
    unready = _without_namespace()
    if unready is not None:
        return unready
    made = _made()
    if not made:
        text = _("`{name}` has no address in {network} yet.")
        return missing(text.format(name=_NEAR, network=_new()))
    if not all(is_learnt(one, _NEAR) for one in made):
        text = _("the address {address} was given by hand, not made after an advertisement.")
        return missing(text.format(address=made[0].address))
    long = next((one for one in made if _lives_too_long(one)), None)
    if long is not None:
        # RFC 4862, 5.5.3 e): otherwise a forged advertisement could take an address away.
        text = _(
            "{address} is valid for {seconds} s, which is more than an hour. Once less than two "
            "hours are left, no advertisement shortens that: delete the address "
            "(`ip -n {name} addr del {address} dev {link}`), then send another."
        )
        life = long.json["valid_life_time"]
        where = {"address": long.address, "name": _NEAR, "link": long.link}
        return missing(text.format(seconds=life, **where))
    if any(one.destination == "default" for one in routes.routes(_NEAR, family=6)):
        text = _("`{name}` still has a default route for IPv6: `ip -n {name} -6 route`.")
        return missing(text.format(name=_NEAR))
    text = _("`{name}` has made itself {address}, and no router is its default any more.")
    return right(text.format(name=_NEAR, address=made[0].address))


def _made() -> list[Address]:
    """Return the addresses in the new network, but for those that change day by day (RFC 8981)."""
    return [
        one
        for one in addresses.addresses(_NEAR)
        if ipaddress.ip_interface(one.address).ip in _new() and not one.json.get("temporary")
    ]


def _lives_too_long(one: Address) -> bool:
    return int(one.json["valid_life_time"]) > _HOUR


def _hints_farewell() -> tuple[str, str, str]:
    absent = _without_namespace() is not None
    made = [] if absent else _made()
    if absent:
        first = evidence.which_is_missing()
    elif not made or not all(is_learnt(one, _NEAR) for one in made):
        first = _("Look at the frame's fields in section 4: from which one was the address made?")
    elif any(_lives_too_long(one) for one in made):
        first = _("The new address lives too long. Delete it, and advertise a shorter time.")
    else:
        first = _("The new address is there. Look at `ip -n {name} -6 route` and its `default`.")
        first = first.format(name=_NEAR)
    return (
        first,
        _("Compare the fields of the frame: one says for how long its sender is a router."),
        _("`/run/advertise.py LIMIT LIFETIME PREFIX VALID`: lifetime 0 means *no router*."),
    )


# 14.2: a link-local address by its MAC address


def _judge_link_local() -> CheckResult:
    wanted, its_mac = own("14.2", _WANTED), own("14.2", _ITS_MAC)
    unready = _without_namespace()
    if unready is not None:
        return unready
    if any(one.json.get("address") == its_mac for one in links.links(_NEAR)):
        eventually(_is_settled, _PATIENCE)
    found = _of(_NEAR, wanted)
    if found is None:
        return evidence.no_address(wanted, _NEAR)
    mac = links.link(found.link, _NEAR).json.get("address")
    if mac != its_mac:
        text = _("{address} is there, but the MAC address of {link} is {mac}: it was not made so.")
        return missing(text.format(address=wanted, link=found.link, mac=mac))
    if found.json.get("tentative"):
        text = _("{address} is still tentative. Check again.")
        if found.json.get("dadfailed"):
            text = _("somebody else on the wire has {address}, too (`dadfailed`).")
        return missing(text.format(address=wanted))
    # The far side may still be checking its own address, without which it cannot ask.
    if not eventually(lambda: _is_reached_from_the_far_side(wanted), _PATIENCE):
        return evidence.no_answer(_FAR, wanted)
    text = _("`{name}` reaches {address}, which comes from the MAC address {mac}.")
    return right(text.format(name=_FAR, address=wanted, mac=its_mac))


def _is_settled() -> bool:
    """Return whether the wanted address is there and no longer on probation."""
    found = _of(_NEAR, own("14.2", _WANTED))
    return found is not None and not found.json.get("tentative")


def _is_reached_from_the_far_side(wanted: str) -> bool:
    """Return whether a link of the far side leads to the wanted address."""
    return any(
        evidence.answers(f"{wanted}%{link}", _FAR, 2) for link in evidence.others_than_lo(_FAR)
    )


def _hints_link_local() -> tuple[str, str, str]:
    if _without_namespace() is not None:
        first = evidence.which_is_missing()
    elif any(one.json.get("address") == own("14.2", _ITS_MAC) for one in links.links(_NEAR)):
        first = _("The MAC address is right. When does the kernel make the address from it?")
    else:
        first = _("Go back from the address to the MAC: take `ff:fe` out, and flip the bit again.")
    return (
        first,
        _("Look at section 1 again: which command brought the link-local address?"),
        _("`ip -n NAMESPACE link set NAME address MAC`, with the link down before and up after."),
    )


# 14.3: pings stay out, and neighbour discovery works


def _judge_discovery() -> CheckResult:
    unready = _without_namespace()
    if unready is None:
        unready = _without_other()
    if unready is not None:
        return unready
    pinged = _pinged()
    if pinged is not None:
        text = _("a ping of `{name}` is answered by {address}; it is to stay unanswered.")
        return missing(text.format(name=_NEAR, address=pinged))
    for forgetful in ((_NEAR, _FAR), (_FAR,)):  # later, it is the far side that must ask
        for name in forgetful:
            neighbours.flush(name)
        for address in (_OTHER_FOUR, _WAY):
            if not _hears_tcp(address):
                text = _("TCP packets of `{name}` do not get through to {address} yet.")
                return missing(text.format(name=_NEAR, address=address))
    if _OTHER in evidence.told_by_hand(_NEAR):
        return missing(_("an entry set by hand (`PERMANENT`) hides that nothing is discovered."))
    text = _("`{name}` discovers {address} and reaches its TCP ports; pings stay unanswered.")
    return right(text.format(name=_NEAR, address=_OTHER))


def _without_other() -> CheckResult | None:
    for address in (_OTHER_FOUR, _OTHER):
        if not evidence.has_address(address, _FAR):
            return evidence.no_address(address, _FAR)
    return None


def _pinged() -> str | None:
    """Return an address of the far side of the wire that answers a ping, None if none does."""
    link = evidence.owner(_OTHER, _FAR)
    every = [one.address.partition("/")[0] for one in addresses.addresses(_FAR, link)]
    ways = [f"{one}%veth1" if one.startswith("fe80:") else one for one in every]
    with ThreadPoolExecutor(len(ways)) as pool:  # each of them waits for a second
        answered = list(pool.map(lambda way: evidence.answers(way, _NEAR, 1), ways))
    return next((way for way, one in zip(ways, answered, strict=True) if one), None)


def _hears_tcp(address: str) -> bool:
    """Return whether the far side accepts or refuses connections: both are an answer."""
    return all(_port_answers(address, port) for port in _PORTS)


def _port_answers(address: str, port: int) -> bool:
    opened = ["timeout", "4", "bash", "-c", f": >/dev/tcp/{address}/{port}"]
    said = namespaces.namespace(_NEAR).run(["env", "LC_ALL=C", *opened], quiet=True)
    return said.returncode == 0 or "Connection refused" in said.stderr


def _hints_discovery() -> tuple[str, str, str]:
    if _without_namespace() is not None:
        first = evidence.which_is_missing()
    elif not evidence.exists(_NEAR) or "drop" not in _rules():
        first = _("Nothing drops pings in `{name}` any more. Run the cell with the rules again.")
        first = first.format(name=_FAR)
    elif evidence.has_address(_OTHER, _FAR) and _pinged():
        first = _("Pings are answered. Which rule of `{name}` lets them in, before any drops them?")
        first = first.format(name=_FAR)
    else:
        first = _("Look at `ip -n {name} neigh` after a try: which state has {address}, and why?")
        first = first.format(name=_NEAR, address=_OTHER)
    return (
        first,
        _("Compare the messages of section 2: which two of ICMPv6 does a ping need before it?"),
        _("`nft insert rule … icmpv6 type { nd-neighbor-solicit, … } accept`, before the `drop`."),
    )


def _rules() -> str:
    return namespaces.namespace(_FAR).run(["nft", "list", "ruleset"], quiet=True).stdout


TASKS = {
    "14.1": Task(_judge_farewell, _hints_farewell),
    "14.2": Task(_judge_link_local, _hints_link_local),
    "14.3": Task(_judge_discovery, _hints_discovery),
}
