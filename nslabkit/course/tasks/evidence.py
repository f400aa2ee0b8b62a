"""What a task's judge asks the kernel: is it there, does it answer, how is it wired?

Each function reads at the moment of the call and changes nothing but neighbour tables, which a
ping fills.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing
from nslabkit.net import addresses, links, namespaces
from nslabkit.net.link_names import GIVEN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


def exists(*names: str) -> bool:
    """Return whether all these namespaces have a name: ``ip netns``."""
    return set(names) <= set(namespaces.names())


def first_missing(*names: str) -> str | None:
    """Return the first of these namespaces that is not there, None if all are."""
    known = namespaces.names()
    return next((name for name in names if name not in known), None)


def no_namespace(name: str) -> CheckResult:
    """Return the answer of a judge that lacks a namespace."""
    return missing(_("there is no namespace `{name}` yet.").format(name=name))


def no_address(address: str, name: str) -> CheckResult:
    """Return the answer of a judge that finds an address on no link of a namespace."""
    text = _("no link of `{name}` has the address {address}.")
    return missing(text.format(name=name, address=address))


def no_answer(name: str, address: str) -> CheckResult:
    """Return the answer of a judge whose ping from a namespace stays unanswered."""
    text = _("`{name}` gets no answer from {address} yet.")
    return missing(text.format(name=name, address=address))


def another_answers(name: str) -> CheckResult:
    """Return the answer of a judge whose ping is answered by whoever it is not for."""
    text = _("the ping is answered, but not by `{name}`: who answers?")
    return missing(text.format(name=name))


def second_name(*names: str) -> CheckResult | None:
    """Return which of these is another name of the host or of one of them; None if none is."""
    known = {namespaces.HOST.inode: _("the host")}
    for name in names:
        inode = namespaces.namespace(name).inode
        if inode in known:
            text = _("`{name}` is a second name of {other}, not a namespace of its own.")
            return missing(text.format(name=name, other=known[inode]))
        known[inode] = f"`{name}`"
    return None


def unfinished(hosts: Mapping[str, str]) -> CheckResult | None:
    """Return which of these namespaces is none, or lacks its address; None if none does."""
    absent = first_missing(*hosts)
    if absent:
        return no_namespace(absent)
    second = second_name(*hosts)
    if second is not None:
        return second
    for name, address in hosts.items():
        if not has_address(address, name):
            return no_address(address, name)
    return None


def silent(
    hosts: Mapping[str, str],
    before: Callable[[], None] = lambda: None,
    may_be: Collection[tuple[str, str]] = (),
) -> CheckResult | None:
    """Return which of these gets no answer from which, None if everyone does from everyone.

    `before` is called before each ping; of which pairs it makes no difference, `may_be` says.
    """
    for near, far in itertools.permutations(hosts, 2):
        if (near, far) in may_be:
            continue
        before()
        if not answers(hosts[far], near):
            return no_answer(near, hosts[far])
    return None


def which_is_missing() -> str:
    """Return the first hint where one of a task's two namespaces is not there."""
    return _("Look at what is there: `ip netns`. Which of the two namespaces is missing?")


def build_again() -> str:
    """Return the first hint where something is missing that the lesson, not the learner, builds."""
    return _("`lab.catch_up()` lists the steps: one of them rebuilds what is missing.")


def answers(address: str, namespace: str | None, seconds: int = 3, options: str = "") -> bool:
    """Return whether one ping from a namespace is answered: ``ping -c 1 -W SECONDS``."""
    where = namespaces.namespace(namespace)
    command = ["ping", "-c", "1", "-W", str(seconds), *options.split(), address]
    return where.run(command, quiet=True).returncode == 0


def next_to(address: str, namespace: str) -> bool:
    """Return whether a ping is answered that no router would pass on: ``ping -t 1``."""
    return answers(address, namespace, options="-t 1")


def unreached(near: str, far: str, address: str, tries: int = 1) -> CheckResult | None:
    """Return that no ping from one namespace is answered, or not by the other; None if one is."""
    before = counters(far, "Icmp")["InEchos"]
    if not any(answers(address, near) for _try in range(tries)):
        return no_answer(near, address)
    return another_answers(far) if counters(far, "Icmp")["InEchos"] == before else None


def bridge_of(address: str, namespace: str) -> tuple[int, str] | None:
    """Return the bridge on which the link with an address hangs, with its namespace's number.

    None where there is no such link, where it is no veth, or where its other end is no port.
    """
    try:
        port = links.peer(owner(address, namespace) or "", namespace)
    except NslabError:  # no veth
        return None
    master = port.json.get("master")
    return None if master is None else (port.namespace.inode, str(master))


def has_address(address: str, namespace: str | None) -> bool:
    """Return whether a link of a namespace has this address, with whatever prefix length."""
    return owner(address, namespace) is not None


def owner(address: str, namespace: str | None) -> str | None:
    """Return the link of a namespace that has this address, None if none has."""
    for entry in addresses.addresses(namespace):
        if entry.address.split("/")[0] == address:
            return entry.link
    return None


def others_than_lo(namespace: str | None) -> list[str]:
    """Return the names of a namespace's links but for those that a kernel itself puts there."""
    return [link.name for link in links.links(namespace) if link.name not in GIVEN]


def carrier(link: str, namespace: str | None) -> bool:
    """Return whether a link is there, up, and has a carrier."""
    try:
        return links.link(link, namespace).carrier
    except NslabError:
        return False


def is_veth(link: str, namespace: str | None) -> bool:
    """Return whether a link is one end of a veth pair whose other end can be seen."""
    try:
        links.peer(link, namespace)
    except NslabError:
        return False
    return True


def counters(namespace: str, protocol: str) -> dict[str, int]:
    """Return a protocol's counters of a namespace, ``"Ip"`` or ``"Tcp"``: ``/proc/net/snmp``."""
    where = namespaces.namespace(namespace)
    text = where.run(["cat", "/proc/net/snmp"], check=True, quiet=True).stdout
    rows = [line.split()[1:] for line in text.splitlines() if line.startswith(f"{protocol}:")]
    return dict(zip(rows[0], map(int, rows[1]), strict=True))


def told_by_hand(namespace: str, link: str | None = None) -> dict[str, tuple[str, str]]:
    """Return the neighbours whose MAC address was set by a command: address -> MAC and state.

    They are those of one link, or of all.  `neighbours` leaves out what is ``NOARP``, as
    ``ip neigh`` does unless it is asked for it.
    """
    shown = ["ip", "-j", "neigh", "show", "nud", "permanent", "nud", "noarp"]
    shown += ["dev", link] if link else []
    said = namespaces.namespace(namespace).run(shown, quiet=True).stdout
    return {
        one["dst"]: (one.get("lladdr", ""), one["state"][0]) for one in json.loads(said or "[]")
    }
