"""The veth pair that joins two namespaces, and its fate: claims C16 to C19 and C31."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ADDRESSES, ENDS, finding, followed_by, ip, one_ping
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.companions import eventually
from nslabkit.course.verdict import Outcome
from nslabkit.net import addresses, links, namespaces, routes
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

_LESSON = "01_one_wire"
_DESTINATION = ADDRESSES["netns2"]
_TAKEN = "File exists"  # strerror(EEXIST), open(2)


# C16: different namespaces cannot reach each other directly


def _all_but_a_wire() -> None:
    """Give each side an address and a working link of its own that leads nowhere else."""
    chapter.namespaces_made()
    for name, address in ADDRESSES.items():
        ip(f"-n {name} link set lo up")
        ip(f"-n {name} link add own type veth peer name own-peer")
        ip(f"-n {name} addr add {address}/24 dev own")
        ip(f"-n {name} link set own up")
        ip(f"-n {name} link set own-peer up")


def _no_way_between() -> Finding:
    asker = namespaces.namespace("netns1")
    try:
        route = routes.lookup(_DESTINATION, asker)
    except NotFoundError as error:
        # "Network is unreachable" would be said of a namespace alone in the world, too.
        text = _("netns1 has no route to {address}: give each side an address and a link first.")
        return Finding(
            Outcome.UNKNOWN, text.format(address=_DESTINATION), ((error.tried, error.said),)
        )
    working = links.link(str(route.link), asker).carrier
    other_side = any(
        address.address.startswith(f"{_DESTINATION}/") for address in addresses.addresses("netns2")
    )
    ping = one_ping(asker, _DESTINATION, 1)
    evidence = (
        (f"ip netns exec netns1 ip route get {_DESTINATION}", chapter.way(route)),
        (ping.command, (ping.stdout + ping.stderr).strip()),
    )
    return finding(
        [
            (working, _("{link} in netns1 has no carrier: the ping proves nothing.")),
            (other_side, _("{address} does not exist in netns2: the ping proves nothing.")),
            (ping.returncode != 0, _("{address} answered: something joins the two namespaces.")),
            (
                not _leads_out(str(route.link)),
                _("{link} leads out of netns1, so something else may be keeping the answer back."),
            ),
        ],
        _(
            "netns1 has an address, a route and a working link, {address} exists in netns2, and "
            "still no answer comes."
        ),
        evidence,
        link=route.link,
        address=_DESTINATION,
    )


def _leads_out(link: str) -> bool:
    """Return whether the other end of a link of netns1, or of a port of it, is elsewhere."""
    return any(
        "link_netnsid" in found.json and link in {found.name, found.json.get("master")}
        for found in links.links("netns1")
    )


C16 = Claim(
    "C16",
    _LESSON,
    lambda: _("Different namespaces cannot reach each other directly."),
    _all_but_a_wire,
    _no_way_between,
    place="4.1",
)


# C17: one must create a veth pair inside the namespace


def _two_ways() -> Mapping[str, Any]:
    """Join the namespaces as the chapter does, and two others by macvlan."""
    chapter.addressed()
    ip("link add trunk type veth peer name trunk-peer")
    for end in ("trunk", "trunk-peer"):
        ip(f"link set {end} up")
    for number, name in enumerate(("netns3", "netns4"), start=3):
        ip(f"netns add {name}")
        ip(f"link add link trunk name mac{number} netns {name} type macvlan mode bridge")
        ip(f"-n {name} addr add 172.16.9.{number}/24 dev mac{number}")
        ip(f"-n {name} link set mac{number} up")
    return {"other_way": one_ping(namespaces.namespace("netns3"), "172.16.9.4", 1)}


def _one_way_of_several(other_way: Any = None) -> Finding:  # noqa: ANN401 - a commands.Result, or none
    """Judge the wire; `other_way` is a ping between namespaces that macvlan joins."""
    near = links.link("veth1", "netns1")
    far = links.peer("veth1", "netns1")
    asker = namespaces.namespace("netns1")
    ping = one_ping(asker, _DESTINATION, 1)
    evidence = [
        ("ip -n netns1 link show veth1", f"{near.index}: {near.name}@if{far.index}"),
        (ping.command, ping.stdout.strip()),
    ]
    in_two = far.namespace.inode == namespaces.namespace("netns2").inode
    if not in_two or ping.returncode != 0:
        text = _("The veth pair does not join netns1 and netns2: that has to work first.")
        return Finding(Outcome.UNKNOWN, text, tuple(evidence))
    text = _("The pair was made in the host and moved, so it does not have to be created inside.")
    if other_way is not None:
        evidence.append((other_way.command, other_way.stdout.strip()))
        if other_way.returncode == 0:
            more = _(
                "Two other namespaces, joined by macvlan with no veth end inside, "
                "reach each other, too."
            )
            text = followed_by(text, more)
    return Finding(Outcome.FAILS, text, tuple(evidence))


C17 = Claim(
    "C17",
    _LESSON,
    lambda: _("To communicate, one must create a veth pair inside the namespace."),
    _two_ways,
    _one_way_of_several,
    place="4.1",
    expected=Outcome.FAILS,
)


# C18: the listing runs `ip netns add netns1` a second time


def _second_add() -> Mapping[str, Any]:
    ip("netns add netns1")
    return {"second": HOST.run("ip netns add netns1", quiet=True)}


def _refused(second: Any = None) -> Finding:  # noqa: ANN401 - a commands.Result, or none: try it now
    """Judge the second ``ip netns add netns1``; None runs it, if a first one was run."""
    if second is None:
        if "netns1" not in namespaces.names():
            text = _("There is no netns1 yet: create it, then create it again.")
            return Finding(Outcome.UNKNOWN, text)
        second = HOST.run("ip netns add netns1", quiet=True)
    evidence = ((second.command, (second.stderr + second.stdout).strip()),)
    if second.returncode == 0:
        text = _("The command was accepted: no netns1 existed before it.")
        return Finding(Outcome.HOLDS, text, evidence)
    if _TAKEN not in second.stderr:
        return Finding(Outcome.UNKNOWN, _("It was refused for another reason."), evidence)
    text = _("The second ip netns add netns1 is refused, because the first one created it.")
    return Finding(Outcome.FAILS, text, evidence)


C18 = Claim(
    "C18",
    _LESSON,
    lambda: _("Its listings run ip netns add netns1 twice."),
    _second_add,
    _refused,
    place="4.2",
    expected=Outcome.FAILS,
)


# C19: new interfaces start down


def _both_down() -> Finding:
    ends = [links.link(end, name) for name, end in ENDS.items()]
    links.peer(ends[0].name, ends[0].namespace)  # says so where that is no end of a pair
    evidence = [
        (f"ip -n {end.namespace.name} link show {end.name}", ",".join(end.json["flags"]))
        for end in ends
    ]
    return finding(
        [
            (not end.up, _("{link} is already up: somebody set it up.").format(link=end.name))
            for end in ends
        ],
        _("Both ends of the new pair are down: neither has the flag UP."),
        evidence,
    )


C19 = Claim(
    "C19",
    _LESSON,
    lambda: _("New interfaces start in the state DOWN."),
    chapter.wired,
    _both_down,
    place="4.3",
)


# C31: what deleting a namespace does to its wire


def _delete_one() -> Mapping[str, Any]:
    chapter.wired()
    before = links.links("netns2")
    ip("netns delete netns1")
    return {"before": before}


def _peer_gone(before: Any = None) -> Finding:  # noqa: ANN401 - what links() gave, or none
    """Judge that veth1-peer went with netns1; `before` is what netns2 held until then."""
    if "netns1" in namespaces.names():
        return Finding(Outcome.UNKNOWN, _("netns1 is still there: delete it first."))
    if before is not None and not any(link.name == "veth1-peer" for link in before):
        return Finding(Outcome.UNKNOWN, _("There was no veth1-peer in netns2 to begin with."))
    gone = eventually(lambda: all(link.name != "veth1-peer" for link in links.links("netns2")))
    evidence = (("ip -n netns2 link", repr(links.links("netns2"))),)
    if gone:
        text = _(
            "When netns1 went, so did its end of the wire, and with it the other end in netns2."
        )
        return Finding(Outcome.HOLDS, text, evidence)
    text = _("veth1-peer is still in netns2: something keeps the deleted namespace alive.")
    return Finding(Outcome.FAILS, text, evidence)


C31 = Claim(
    "C31",
    _LESSON,
    lambda: _("Cleaning up, which the chapter omits: a deleted namespace takes its wire with it."),
    _delete_one,
    _peer_gone,
    place="4.7",
)
