"""The hints of the blank page's tasks: where to look, what to compare, the command's name."""

from __future__ import annotations

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence, published, waiting
from nslabkit.course.tasks.capstone_places import (
    BRIDGE,
    HOSTS,
    OUTER,
    OWN_KINDS,
    SHOP,
    SNOOP,
    VAULT,
    VISITOR_AT,
    port,
    process_of,
    unlike_given,
)


def containers() -> tuple[str, str, str]:
    """Return the hints for two waiting processes."""
    unnamed = evidence.first_missing(SHOP, VAULT)
    alone = next((name for name in HOSTS if process_of(name) is None), None)
    if unnamed:
        first = _("Begin with one container, `{name}`: which process is to wait in it?")
        first = first.format(name=unnamed)
    elif alone:
        first = _("Look who is in there: `ip netns pids {name}`. What does it call its host?")
        first = first.format(name=alone)
    else:
        first = _own(SHOP) or _own(VAULT) or _("Look with its eyes: `ls /proc/PID/root/`.")
    return (
        first,
        _("Compare with lesson 7, sections 1 to 3: a folder as `/`, and what process 1 does."),
        _("`unshare --mount --uts --ipc --pid --net --fork`, `pivot_root`, `ip netns attach`."),
    )


def _own(name: str) -> str:
    """Return which kinds a container shares with this notebook, nothing if none."""
    pid = process_of(name)
    apart = waiting.kinds_of_its_own(pid) if pid else []
    shared = [kind for kind in OWN_KINDS if kind not in apart]
    text = _("Look at `ls -l /proc/PID/ns` of `{name}`: which of {kinds} are those of `self`?")
    return text.format(name=name, kinds=enumeration(shared)) if shared else ""


def bridge() -> tuple[str, str, str]:
    """Return the hints for the network of both."""
    if evidence.first_missing(SHOP, VAULT):
        return _first_the_containers()
    if not evidence.has_address(BRIDGE, None):
        first = _("Begin in the host: a bridge, with the address {address}/24.")
        first = first.format(address=BRIDGE)
    else:
        first = _("Look at `lab.picture()`: which of the two wires is not plugged in, or not up?")
    return (
        first,
        _("Compare with lesson 4, section 3: each wire has a port of the bridge, and an `eth0`."),
        _("`ip link add … type bridge`, `… master …`, `… netns …`; and both ends up."),
    )


def way_out() -> tuple[str, str, str]:
    """Return the hints for the way out of the shop."""
    broken = unlike_given()
    if evidence.first_missing(SHOP, VAULT):
        return _first_the_containers()
    if broken:
        first = _("First the world as it was given: {problem}").format(problem=broken)
    elif not evidence.answers(OUTER, SHOP, 1):
        first = _("Look at `ip -n shop route`: does it know a way to {address}?")
        first = first.format(address=VISITOR_AT)
    else:
        first = _(
            "`shop` reaches {address}. Who forwards it from there, and with which source address?"
        )
        first = first.format(address=OUTER)
    return (
        first,
        _("Compare with lesson 4, section 4: a default route, forwarding, a source address."),
        _("`ip -n shop route add default via …`, `sysctl -w`, `nft … postrouting … masquerade`."),
    )


def publishing() -> tuple[str, str, str]:
    """Return the hints for the published page."""
    broken = unlike_given()
    if evidence.first_missing(SHOP, VAULT):
        return _first_the_containers()
    if broken:
        first = _("First the world as it was given: {problem}").format(problem=broken)
    elif not published.listens(SHOP, 80):
        first = _("Begin with the server: `ip netns exec shop ss -ltn` shows none on port 80.")
    elif published.page(f"http://{HOSTS[SHOP]}/", None) != SHOP:
        first = _("Fetch the page from the host first: `curl http://{address}/`.")
        first = first.format(address=HOSTS[SHOP])
    else:
        first = _("The page is there. Who takes what comes to port {port} of the host?")
        first = first.format(port=port())
    return (
        first,
        _("Compare with the NAT of the way out: that changes the source, this the destination."),
        own(
            "20.4",
            _("`nft … type nat hook prerouting …`, and in it `tcp dport 8080 dnat to …`."),
        ),
    )


def keeping() -> tuple[str, str, str]:
    """Return the hints for the vault."""
    broken = unlike_given()
    if evidence.first_missing(SHOP, VAULT):
        return _first_the_containers()
    if broken:
        first = _("First the world as it was given: {problem}").format(problem=broken)
    elif published.page(f"http://{HOSTS[VAULT]}/", SHOP) != VAULT:
        first = _("Begin with what must work: `ip netns exec shop curl http://{address}/`.")
        first = first.format(address=HOSTS[VAULT])
    elif evidence.answers(HOSTS[VAULT], SNOOP, 1):
        first = _("Look from outside: `ip netns exec snoop ping -c 1 {address}`. Who lets it pass?")
        first = first.format(address=HOSTS[VAULT])
    elif evidence.answers(VISITOR_AT, VAULT, 1):
        first = _("Nothing comes in. Look at the other direction: what may leave the vault?")
    else:
        first = _("No answer is not yet no packet. Watch: `ip netns exec vault tcpdump -ni eth0`.")
    return (
        first,
        _("Compare the hooks: what is for the host, and what passes through it to somebody else?"),
        _("`nft … type filter hook forward …`; in it `ip daddr … drop` and `ip saddr … drop`."),
    )


def _first_the_containers() -> tuple[str, str, str]:
    return (
        _('First the two containers: `lab.check.task("20.1")` says what is missing.'),
        _("Compare `ip netns` with the specification: `shop` and `vault` are to be in it."),
        _("`ip netns attach NAME PID` gives a container's network its name."),
    )
