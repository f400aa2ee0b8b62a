"""The wire at work, once it carries packets: claims C20 to C22 and C32."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ADDRESSES, ENDS, finding, ip, one_ping
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.verdict import Outcome
from nslabkit.net import addresses, links, namespaces, routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nslabkit.net.namespace import Namespace

_LESSON = "01_one_wire"
_NETWORK = "172.16.0.0/24"
_ICMP_HEADER, _IPV4_HEADER = 8, 20  # bytes, RFC 792 and RFC 791 (without options)

# C20: the address and up commands work


def _address_then_up() -> Mapping[str, Any]:
    chapter.wired()
    ip("-n netns1 addr add 172.16.0.1/24 dev veth1")
    before = _destinations("netns1")
    ip("-n netns1 link set dev veth1 up")
    ip("-n netns2 addr add 172.16.0.2/24 dev veth1-peer")
    ip("-n netns2 link set dev veth1-peer up")
    return {"before_up": before}


def _destinations(name: str) -> list[str]:
    """Return the IPv4 destinations of every routing table, as ``ip -4 route show table all``."""
    return [route.destination for route in routes.routes(name, family=4, table="all")]


def _in_place(before_up: list[str] | None = None) -> Finding:
    """Judge addresses, flags and routes; `before_up` are netns1's destinations before ``up``."""
    after = _destinations("netns1")
    conditions, evidence = [], []
    for name, end in ENDS.items():
        wanted = f"{ADDRESSES[name]}/24"
        given = [entry.address for entry in addresses.addresses(name, end)]
        text = _("{link} in {namespace} lacks the address {address}.")
        conditions += [
            (wanted in given, text.format(link=end, namespace=name, address=wanted)),
            (links.link(end, name).carrier, _("{link} is not up.").format(link=end)),
        ]
        evidence.append((f"ip -n {name} addr show {end}", " ".join(given)))
    conditions.append((_NETWORK in after, _("There is no route to {network} in netns1.")))
    evidence.append(("ip -n netns1 route show table all", " ".join(after)))
    if before_up is not None:
        text = _("The route to {network} existed before the link was up.")
        conditions.append((_NETWORK not in before_up, text))
        evidence.append((_("the same, before it was up"), " ".join(before_up)))
    conditions = [(true, text.replace("{network}", _NETWORK)) for true, text in conditions]
    text = _(
        "Both ends have their address and are up; the route to {network} appeared "
        "when the link came up."
    )
    return finding(conditions, text.format(network=_NETWORK), evidence)


C20 = Claim(
    "C20",
    _LESSON,
    lambda: _("ip addr add and ip link set up configure the two ends."),
    _address_then_up,
    _in_place,
    place="4.3",
)


# C21: how `ip addr` shows the end of a veth pair


def _followed() -> Finding:
    """Judge that ``@ifN`` and the namespace id lead to the other end."""
    near = links.link("veth1", "netns1")
    shown = ip("-n netns1 link show veth1")
    peer_index = re.search(r"veth1@if(\d+):", shown)
    other_place = re.search(r"link-netns(?:id)? (\S+)", shown)
    evidence = [("ip -n netns1 link show veth1", shown.strip())]
    if peer_index is None or other_place is None:
        text = _("veth1's line has no @if and no link-netns: its peer is in the same namespace.")
        return Finding(Outcome.FAILS, text, tuple(evidence))
    far = links.peer("veth1", "netns1")
    evidence.append(
        (f"ip -n {far.namespace.name} link show {far.name}", f"{far.index}: {far.name}")
    )
    # iproute2 prints a name where one leads to the id, the id itself where none does.
    place = other_place[1]
    said_place = place if not place.isdigit() else far.namespace.name
    return finding(
        [
            (int(peer_index[1]) == far.index, _("@if{number} is not the index of {peer}.")),
            (said_place == far.namespace.name, _("The line names {place}; {peer} is elsewhere.")),
            (
                near.json.get("link_netnsid") is not None,
                _("veth1 has no namespace id of its peer."),
            ),
        ],
        _("@if{number} is the index of {peer}, counted in its own namespace {place}."),
        evidence,
        number=peer_index[1],
        peer=far.name,
        place=place,
    )


C21 = Claim(
    "C21",
    _LESSON,
    lambda: _(
        "ip addr shows veth1@if12 and link-netnsid 1; the numbers differ from machine to machine."
    ),
    chapter.addressed,
    _followed,
    place="4.4",
)


# C22: the ping that is answered


def _answered(count: int = 2) -> Finding:
    """Judge `count` pings: all answered, ttl 64, 56 bytes of data and 84 in all."""
    asker = namespaces.namespace("netns1")
    command = ["ping", "-c", str(count), "-i", "0.2", "-W", "1", ADDRESSES["netns2"]]
    result = asker.run(command, quiet=True)
    data = re.search(r"(\d+)\((\d+)\) bytes of data", result.stdout)
    hops = re.findall(r"icmp_seq=\d+ ttl=(\d+)", result.stdout)
    sizes = (0, 0) if data is None else (int(data[1]), int(data[2]))
    said = (result.stdout + result.stderr).strip()
    return finding(
        [
            (result.returncode == 0, _("ping got no answer: {said}")),
            (not _is_own(asker), _("netns1 has {address} itself: nothing crossed the wire.")),
            (len(hops) == count, _("Only {answers} of {count} pings were answered.")),
            (set(hops) == {"64"}, _("The replies' ttl is {ttl}, not 64: somebody changed it.")),
            (sizes == (56, 84), _("ping sent {data} bytes of data, not 56.")),
            (
                sum((sizes[0], _ICMP_HEADER, _IPV4_HEADER)) == sizes[1],
                _("The sizes do not add up."),
            ),
        ],
        _("{answers} answers with ttl 64; 56 bytes of data + 8 ICMP + 20 IPv4 make 84."),
        ((result.command, said),),
        address=ADDRESSES["netns2"],
        said=said.splitlines()[-1] if said else "",
        answers=len(hops),
        count=count,
        ttl=enumeration(sorted(set(hops))),
        data=sizes[0],
    )


def _is_own(where: Namespace) -> bool:
    """Return whether a namespace has the address that is to be on the other side."""
    far = f"{ADDRESSES['netns2']}/"
    return any(row.address.startswith(far) for row in addresses.addresses(where))


C22 = Claim(
    "C22",
    _LESSON,
    lambda: _("ping 172.16.0.2 is answered: ttl 64, 56(84) bytes."),
    chapter.addressed,
    _answered,
    place="4.5",
)


# C32: lo stays down in both namespaces


def _own_address() -> Finding:
    """Judge that one's own address does not answer while ``lo`` is down."""
    asker = namespaces.namespace("netns1")
    own = ADDRESSES["netns1"]
    loopback_up = links.link("lo", asker).up
    route = routes.lookup(own, asker)
    ping = one_ping(asker, own, 1)
    evidence = (
        (f"ip netns exec netns1 ip route get {own}", chapter.way(route)),
        (ping.command, (ping.stdout + ping.stderr).strip()),
    )
    return finding(
        [
            (not loopback_up, _("lo in netns1 is up: the trap is closed.")),
            (route.link == "lo", _("Its own address is not reached through lo here.")),
            (ping.returncode != 0, _("Its own address answers although lo is down.")),
        ],
        _("netns1 does not even reach its own {address}: that goes through lo, and lo is down."),
        evidence,
        address=own,
    )


C32 = Claim(
    "C32",
    _LESSON,
    lambda: _("What the chapter leaves out: lo stays down in both namespaces."),
    chapter.addressed,
    _own_address,
    place="4.3",
)
