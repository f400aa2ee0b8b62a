"""Faults of a small network: what each changes in a whole one, and which layer it belongs to.

A fault takes the place of single lines of `WHOLE`, or is done after them, so that it is the only
thing that is wrong.  Its place in `LEVELS` is chosen by a number (`numbered`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nslabkit.course.faults.fault_numbers import place_of

# The network without a fault, line by line, each with the name by which a fault changes it.
WHOLE = {
    "client wire": "ip -n client link add eth0 type veth peer name left netns router",
    "server wire": "ip -n server link add eth0 type veth peer name right netns router",
    "client address": "ip -n client addr add 10.1.0.2/24 dev eth0",
    "left address": "ip -n router addr add 10.1.0.1/24 dev left",
    "right address": "ip -n router addr add 10.2.0.1/24 dev right",
    "server address": "ip -n server addr add 10.2.0.2/24 dev eth0",
    "client up": "ip -n client link set eth0 up",
    "left up": "ip -n router link set left up",
    "right up": "ip -n router link set right up",
    "server up": "ip -n server link set eth0 up",
    "client route": "ip -n client route add default via 10.1.0.1",
    "server route": "ip -n server route add default via 10.2.0.1",
    "forwarding": "ip netns exec router sysctl -qw net.ipv4.ip_forward=1",
}
# In the third level the router has the server's page on a port of its own, too.
PUBLISHED = (
    "ip netns exec router nft 'add table ip nat; "
    "add chain ip nat prerouting { type nat hook prerouting priority -100; }; "
    "add rule ip nat prerouting ip daddr 10.1.0.1 tcp dport 80 dnat to 10.2.0.2:8080'"
)


@dataclass(frozen=True)
class Fault:
    """One broken piece.

    Attributes
    ----------
    layer : str
        Where it is, as `nslabkit.course.faults.fault_layers` names it.
    changes : dict
        Lines of `WHOLE` that are other ones, or none.
    after : str, optional
        What is done when the network stands.
    also : str, optional
        A second layer that is as good an answer.
    service : str
        How the service is started: ``"everywhere"``, ``"loopback"``, or ``"taken"``.
    published : bool
        Whether the port of the third level is published.
    mend : str
        A command that takes it away, for those that a task may have by a learner's variant.
    """

    layer: str
    changes: dict[str, str | None] = field(default_factory=dict)
    after: str | None = None
    also: str | None = None
    service: str = "everywhere"
    published: bool = True
    mend: str = ""


def _filter(name: str, hook: str, rule: str) -> str:
    return (
        f"ip netns exec {name} nft 'add table inet filter; "
        f"add chain inet filter {hook} {{ type filter hook {hook} priority 0; }}; "
        f"add rule inet filter {hook} {rule}'"
    )


def _strict(name: str, **links: int) -> str:
    """Return the command that sets, link by link, how a machine looks at where a packet is from."""
    settings = " ".join(f"net.ipv4.conf.{link}.rp_filter={value}" for link, value in links.items())
    return f"ip netns exec {name} sysctl -qw {settings}; "


# The router answers the client by a second wire, which is allowed; and looks with too strict an eye
# at what comes by the first.  Each machine says what it does: a new namespace may copy any value.
_SECOND_WIRE = (
    "ip -n client link add eth1 type veth peer name left2 netns router; "
    "ip -n client addr add 10.3.0.2/24 dev eth1; ip -n client link set eth1 up; "
    "ip -n router addr add 10.3.0.1/24 dev left2; ip -n router link set left2 up; "
    "ip -n router route add 10.1.0.2 via 10.3.0.2; "
    + _strict("client", all=0, eth0=0, eth1=0)
    + _strict("router", all=0, right=0, left2=0, left=1)
)
_FIRST = (
    Fault("route", {"client route": None}),
    Fault("wire", {"right up": None}),
    Fault("route", {"client route": "ip -n client route add default via 10.1.0.9"}),
    Fault("route", {"server address": "ip -n server addr add 10.2.0.20/24 dev eth0"}),
    Fault(
        "wire",
        {
            "server wire": "ip -n server link add eth0 type veth peer name right netns client",
            "right address": None,  # without the link these lines came to nothing
            "right up": None,
        },
    ),
    Fault("program", service="loopback"),
    Fault("far", after=_filter("server", "input", "tcp dport 8080 drop")),
)
_SECOND = (
    Fault("route", {"client address": "ip -n client addr add 10.1.0.2/8 dev eth0"}),
    Fault(
        "route", {"forwarding": "ip netns exec router sysctl -qw net.ipv4.ip_forward=0"}, also="far"
    ),
    Fault("far", {"server route": None}, also="route"),
    Fault(
        "route",
        {
            "left address": "ip -n router addr add 10.2.0.1/24 dev left",
            "right address": "ip -n router addr add 10.1.0.1/24 dev right",
        },
    ),
    Fault("neighbour", after="ip -n server link set eth0 arp off"),
    Fault(
        "neighbour",
        after="ip -n router neigh replace 10.2.0.2 lladdr 02:00:00:00:02:02 dev right",
    ),
    Fault("program", service="taken"),
)
_THIRD = (
    Fault("route", after="ip -n router route add blackhole 10.2.0.2"),
    Fault(
        "route",
        after="ip -n router addr add 10.2.0.2/32 dev left",
        mend="ip -n router addr del 10.2.0.2/32 dev left",
    ),
    Fault(
        "far",
        after=_filter("router", "forward", "iifname right tcp sport 8080 drop"),
        mend="ip netns exec router nft delete table inet filter",
    ),
    Fault(
        "far",
        after=_filter("server", "input", "tcp dport 8080 reject with tcp reset"),
        mend="ip netns exec server nft delete table inet filter",
    ),
    Fault(
        "wire",
        after="ip -n router link set right mtu 600",
        mend="ip -n router link set right mtu 1500",
    ),
    Fault(
        "route",
        after="ip -n router rule add from 10.1.0.0/24 to 10.2.0.0/24 pref 100 blackhole",
        also="far",
    ),
    Fault("far", after="ip netns exec server sysctl -qw net.ipv4.ip_default_ttl=1"),
    Fault("far", published=False, mend=PUBLISHED),
    Fault("route", after=_SECOND_WIRE, also="far"),
)
LEVELS = (_FIRST, _SECOND, _THIRD)
# Of each level those of which any will do where a lesson has one: in the third, a ping is answered
# and a page is not.  In the others the lesson's own words are about the fault that it has.
_ALIKE = ((), (), (1, 2, 3, 4, 7))
_MANY = sum(map(len, LEVELS))


def numbered(number: int) -> tuple[int, int]:
    """Return a number's level and the place of its fault in it, both from 0 on.

    The first level has the first numbers, and so on; after the last it begins again, mixed anew.

    Raises
    ------
    InvalidValueError
        It is no such number.
    """
    place_of(number, 1, "lab.faults.build")
    round_, rest = divmod(number - 1, _MANY)
    level = 0
    while rest >= len(LEVELS[level]):
        rest -= len(LEVELS[level])
        level += 1
    many = len(LEVELS[level])
    number_of_level = round_ * many + rest + 1
    return level, place_of(number_of_level, many, f"lab.faults.build {level}", _ALIKE[level])


def level_of(number: int) -> int:
    """Return the level of a number, from 1 on."""
    return numbered(number)[0] + 1
