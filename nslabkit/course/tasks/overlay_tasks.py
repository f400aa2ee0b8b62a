"""The tasks of lesson 15: packets that fit, a third host, a MAC address that has changed."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.live.snapshot import snapshot
from nslabkit.net import bridges, links, namespaces, neighbours
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from nslabkit.capture import Recording
    from nslabkit.net.links import Link

_ENDS = {"c1": "10.42.0.1", "c2": "10.42.0.2"}
_THIRD, _THIRD_HOST = "10.42.0.3", "192.168.0.3"
_ROUTED = {"c1": "10.244.1.2", "c2": "10.244.2.2"}
_NETWORK = 42
_SMALLEST = 1450  # bytes: what is left of 1500 when the tunnel has taken its part
_HEADERS = 28  # bytes of IPv4 and ICMP around ping's data
_EVERYBODY = "00:00:00:00:00:00"
_FAR_END = "10.244.1.0"  # of the tunnel, as seen from host2


# 15.1: packets that fit


def _judge_fitting() -> CheckResult:
    unready = evidence.unfinished(_ENDS)
    if unready is not None:
        return unready
    silent = evidence.silent(_ENDS)
    if silent is not None:
        return silent
    sizes = {}
    for near, far in itertools.permutations(_ENDS, 2):
        size = sizes[near] = _believed(near, _ENDS[far])
        values = {"name": near, "size": size, "address": _ENDS[far]}
        if size < _SMALLEST:
            text = _("`{name}` splits up what is larger than {size} bytes: that is too careful.")
            return missing(text.format(**values))
        where = namespaces.namespace(near)
        data = str(size - _HEADERS)
        ping = ["ping", "-M", "do", "-s", data, "-c", "1", "-W", "2", _ENDS[far]]
        if where.run(ping, quiet=True).returncode != 0:
            text = _(
                "a packet of {size} bytes, the largest that `{name}` dares to send, gets no "
                "answer from {address}."
            )
            return missing(text.format(**values))
    return right(_("packets of {size} bytes arrive, both ways.").format(size=min(sizes.values())))


def _believed(name: str, address: str) -> int:
    """Return the largest packet that a namespace sends to an address in one piece.

    What it was told of the way is forgotten first (``ip route flush cache``): that would last for
    ten minutes only.
    """
    where = namespaces.namespace(name)
    where.run(["ip", "route", "flush", "cache"], quiet=True)
    said = where.run(["ip", "-j", "route", "get", address], check=True, quiet=True).stdout
    (route,) = json.loads(said)
    mtu = links.link(route["dev"], where).json["mtu"]
    told = [metric["mtu"] for metric in route.get("metrics", []) if "mtu" in metric]
    return int(min([mtu, *told]))


def _hints_fitting() -> tuple[str, str, str]:
    if evidence.unfinished(_ENDS) is not None:
        first = evidence.build_again()
    elif _believed("c1", _ENDS["c2"]) != _believed("c2", _ENDS["c1"]):
        first = _("One side sends smaller packets by now. Its answer comes from the other side.")
    else:
        first = _("Look at the MTU of each link on the way: `ip -n c1 link`, `ip -n host1 link`.")
    return (
        first,
        _("Compare: which link is the narrowest, and who does not know of it?"),
        _("`ip link set … mtu …` on a link, or `ip route change … mtu …` for a route."),
    )


# 15.2: a third host


def _all() -> dict[str, str]:
    """Return the three containers, each with its address."""
    return {**_ENDS, "c3": own("15.2", _THIRD)}


def _judge_third() -> CheckResult:
    ends = _all()
    unready = evidence.unfinished({**ends, "host3": own("15.2", _THIRD_HOST)})
    if unready is not None:
        return unready
    tunnels = _tunnels_of(ends)
    for name, found in tunnels.items():
        if not found:
            text = _("`{name}` is on no bridge that has a port in network {network}.")
            return missing(text.format(name=name, network=_NETWORK))
    hosts = {name: found[0].namespace.name for name, found in tunnels.items()}
    if len(set(hosts.values())) < len(hosts):
        return missing(_("two of the containers are on bridges of the same host."))
    with capture(*itertools.chain(*tunnels.values()), filter="icmp", progress=False) as heard:
        # One ping teaches a tunnel what the next one needs: each is to do without.
        silent = evidence.silent(ends, lambda: _forget(hosts))
    if silent is not None:
        return silent
    came_out = _came_out(heard)
    for near, far in itertools.permutations(ends, 2):
        if (ends[near], ends[far], hosts[far]) not in came_out:
            text = _("`{near}` reaches {far}, but not through network {network}: by which wire?")
            return missing(text.format(near=near, far=ends[far], network=_NETWORK))
    return right(_("three hosts, one network: each container reaches the others."))


def _tunnels_of(ends: dict[str, str]) -> dict[str, list[Link]]:
    """Return for each container the ports of its bridge that lead into the network."""
    found: dict[str, list[Link]] = {}
    # By inode: a host may have more names than one.
    hosts = {
        namespaces.namespace(space["name"]).inode: space
        for space in snapshot().namespaces
        if not space["host"]
    }
    for name, address in ends.items():
        inode, bridge = evidence.bridge_of(address, name) or (0, "")
        host = hosts.get(inode)
        found[name] = [
            links.link(link["name"], host["name"] if host else None)
            for link in (host["links"] if host else ())
            if link["vni"] == _NETWORK and link["master"] == bridge
        ]
    return found


def _came_out(heard: Recording) -> set[tuple[str, str, str | None]]:
    """Return from which address to which a ping or its answer has come out of a tunnel, where."""
    return {
        (packet.source, packet.destination, packet.interface.namespace)
        for packet in heard.packets
        if not packet.outgoing
    }


def _forget(hosts: dict[str, str | None]) -> None:
    """Forget what containers and tunnels have learnt; what somebody has set stays."""
    for name, host in hosts.items():
        for entry in bridges.fdb(host):
            if entry.dst is not None and not entry.state:
                words = ["bridge", "fdb", "del", entry.mac, "dev", entry.link, "dst", entry.dst]
                namespaces.namespace(host).run(words, quiet=True)
        namespaces.namespace(name).run(["ip", "neigh", "flush", "all"], quiet=True)


def _hints_third() -> tuple[str, str, str]:
    absent = evidence.first_missing("c1", "c2", "host1", "host2")
    if absent:
        first = evidence.build_again()
    elif evidence.first_missing("c3", "host3"):
        first = _("Look at `host1` in `lab.picture()`: `host3` needs the same links.")
    elif not all(_tunnels_of(_all()).values()):
        first = _("Look at `ip -n host3 -d link`: which links say `master`, and what is `vx`?")
    else:
        first = _("Look at the lines with zeros: `bridge -n host1 fdb show dev vx`, in each host.")
    return (
        first,
        _("Compare with sections 1 and 2. To whom must each host send what is for everybody?"),
        _("`bridge fdb append 00:00:00:00:00:00 dev vx dst …`: two such lines in each host."),
    )


# 15.3: a MAC address that has changed


def _judge_routed() -> CheckResult:
    unready = evidence.unfinished(_ROUTED)
    if unready is not None:
        return unready
    for host, address in (("host1", _ROUTED["c2"]), ("host2", _ROUTED["c1"])):
        if not evidence.exists(host):
            return evidence.no_namespace(host)
        tunnel = _tunnel(host, address)
        if tunnel is None:
            text = _("the route of `{name}` to {address} does not lead into a tunnel.")
            return missing(text.format(name=host, address=address))
        if any(entry.mac == _EVERYBODY for entry in bridges.fdb(host, tunnel)):
            text = _("the tunnel of `{name}` has a line with zeros: it floods.")
            return missing(text.format(name=host))
    silent = evidence.silent(_ROUTED)
    if silent is not None:
        return silent
    return right(_("`c1` and `c2` reach each other through the tunnel, and nothing is flooded."))


def _tunnel(host: str, address: str) -> str | None:
    """Return the VXLAN link by which a host sends to an address, None if it is another link."""
    where = namespaces.namespace(host)
    done = where.run(["ip", "-j", "route", "get", address], quiet=True)
    if done.returncode != 0:
        return None
    name = str(json.loads(done.stdout)[0]["dev"])
    shown: list[dict[str, Any]] = json.loads(
        where.run(["ip", "-j", "-d", "link", "show", name], check=True, quiet=True).stdout
    )
    kind = shown[0].get("linkinfo", {}).get("info_kind")
    return name if kind == "vxlan" else None


def _hints_routed() -> tuple[str, str, str]:
    if evidence.first_missing("host1", "host2", *_ROUTED):
        first = evidence.build_again()
    elif _tunnel("host1", _ROUTED["c2"]) is None:
        first = _("Look at `ip -n host1 route get 10.244.2.2`: is the tunnel still the way?")
    elif _has_lost_the_neighbour():
        first = _(
            "A link whose MAC address changes loses its neighbour entries. Look at "
            "`ip -n host2 neigh`: which one is missing?"
        )
    else:
        first = _("Look at `ip -n host2 link show flannel.1`: which part of it is new?")
    return (
        first,
        _("Compare that with the entries of `host1`: `ip -n host1 neigh`, `bridge -n host1 fdb`."),
        _("`ip neigh replace … lladdr …` and `bridge fdb add …`, both with the new MAC address."),
    )


def _has_lost_the_neighbour() -> bool:
    """Return whether ``host2`` no longer knows which MAC address the end of the tunnel has.

    Who gives ``flannel.1`` its old MAC address back has found the cause, and has thereby lost this
    entry: the kernel removes even permanent ones when the address of their link changes.
    """
    known = neighbours.neighbours("host2")
    return not any(one.address == _FAR_END and one.mac for one in known)


TASKS = {
    "15.1": Task(_judge_fitting, _hints_fitting),
    "15.2": Task(_judge_third, _hints_third),
    "15.3": Task(_judge_routed, _hints_routed),
}
