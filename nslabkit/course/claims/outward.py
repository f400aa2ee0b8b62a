"""Networks that reach further than the chapter's: host, bridge, world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.course.claims.chapter import ip, one_ping, sysctl
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from nslabkit.base.commands import Result

OUTSIDE = "203.0.113.9"  # of a network that is reserved for examples (RFC 5737)
_GATEWAY = "172.16.5.254"
# As `nft -f` reads it: whatever leaves by the link wan gets the address of that link.
_TRANSLATE = """
table ip gate {
    chain leaving {
        type nat hook postrouting priority srcnat;
        oifname "wan" masquerade
    }
}
"""


def to_the_host() -> tuple[Result, Result]:
    """Lay a wire from the host to netns1; return a ping in each direction."""
    ip("link add to-netns1 type veth peer name to-host netns netns1")
    ip("addr add 10.0.0.1/24 dev to-netns1")
    ip("link set to-netns1 up")
    ip("-n netns1 addr add 10.0.0.2/24 dev to-host")
    ip("-n netns1 link set to-host up")
    return one_ping(HOST, "10.0.0.2"), one_ping(namespaces.namespace("netns1"), "10.0.0.1")


def to_everybody() -> tuple[Result, ...]:
    """Put three namespaces on a bridge in ``switch``, and NAT between them and ``outside``.

    Returns
    -------
    tuple of Result
        Pings of the first of the three: to the second, to the third, and to the outside.
    """
    ip("netns add switch")
    ip("-n switch link add br0 type bridge")
    ip(f"-n switch addr add {_GATEWAY}/24 dev br0")
    ip("-n switch link set br0 up")
    for number in (1, 2, 3):
        _plug_in(number)
    _open_the_gate()
    first = namespaces.namespace("guest1")
    return tuple(one_ping(first, address) for address in ("172.16.5.2", "172.16.5.3", OUTSIDE))


def _plug_in(number: int) -> None:
    name, port = f"guest{number}", f"port{number}"
    ip(f"netns add {name}")
    ip(f"-n switch link add {port} type veth peer name eth0 netns {name}")
    ip(f"-n switch link set {port} master br0 up")
    ip(f"-n {name} addr add 172.16.5.{number}/24 dev eth0")
    ip(f"-n {name} link set eth0 up")
    ip(f"-n {name} route add default via {_GATEWAY}")


def _open_the_gate() -> None:
    ip("netns add outside")
    ip("-n switch link add wan type veth peer name eth0 netns outside")
    ip("-n switch addr add 203.0.113.1/24 dev wan")
    ip("-n switch link set wan up")
    ip(f"-n outside addr add {OUTSIDE}/24 dev eth0")
    ip("-n outside link set eth0 up")
    switch = namespaces.namespace("switch")
    sysctl(switch, "net.ipv4.ip_forward=1")
    switch.run(["nft", _TRANSLATE], check=True, quiet=True)
