"""A task for a network of ``lab.faults.wire``: packets of ``netns1`` reach ``netns2`` again."""

from __future__ import annotations

import functools

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.faults.fault_wire import (
    layer_of,
    mend_of,
    standing_wire,
    wire_layer_is_named,
)
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.net import addresses, links, namespaces

_NEAR, _FAR, _ADDRESS = "netns1", "netns2", "172.16.0.2"


def _judge(number: int) -> CheckResult:
    absent = evidence.first_missing(_NEAR, _FAR)
    if absent:
        return evidence.no_namespace(absent)
    unnamed = _unnamed(number)
    return _judge_wire() if unnamed is None else unnamed


def _unnamed(number: int) -> CheckResult | None:
    if standing_wire() != number:
        text = _("there is no wire {number} to look at. Type: lab.faults.wire({number})")
        return missing(text.format(number=number))
    if not wire_layer_is_named():
        text = _("first name the layer of the fault. Type: lab.faults.wire_layer({number})")
        return missing(text.format(number=number))
    return None


def _judge_wire() -> CheckResult:
    # The first ping may still join an ARP question that is older than the repair, and fail with it.
    unreached = evidence.unreached(_NEAR, _FAR, _ADDRESS, tries=2)
    if unreached is not None:
        return unreached
    if not _wired(evidence.owner(_ADDRESS, _FAR)):
        text = _("the ping is answered, but no wire leads from `{near}` to `{far}`.")
        return missing(text.format(near=_NEAR, far=_FAR))
    text = _("`{near}` reaches {address} in `{far}`, over the wire.")
    return right(text.format(near=_NEAR, far=_FAR, address=_ADDRESS))


def _wired(link: str | None) -> bool:
    """Return whether a link of the far namespace is one end of a wire to the near one."""
    if link is None or not evidence.is_veth(link, _FAR):
        return False
    return links.peer(link, _FAR).namespace.inode == namespaces.namespace(_NEAR).inode


def _hints() -> tuple[str, str, str]:
    ends = {name: _end(name) for name in (_NEAR, _FAR)}
    if not all(ends.values()):
        return (
            _("Count the links on each side: a wire has two ends, one in each namespace."),
            _("Compare `ip -n netns2 link` with `ip link`: where is the end that is missing?"),
            _("`ip link set NAME netns NAMESPACE` carries it over; its address it gets there."),
        )
    if not all(evidence.carrier(str(end), name) for name, end in ends.items()):
        return (
            _("Look at the wire before you look at addresses: can it carry anything?"),
            _("Compare the two ends by `ip -n NAMESPACE link`: `UP`, `NO-CARRIER`, `DOWN`."),
            _("An end is switched on by `ip -n NAMESPACE link set NAME up`."),
        )
    return (
        _("The wire is in order. Look at the addresses on its two ends, one after the other."),
        _("Compare `ip -n netns1 addr` and `ip -n netns2 addr`: {listed}").format(listed=_listed()),
        _("`ip -n NAMESPACE addr del ADDRESS/LENGTH dev NAME`, and `addr add` for the right one."),
    )


def _end(name: str) -> str | None:
    if not evidence.exists(name):
        return None
    there = evidence.others_than_lo(name)
    return next((link for link in there if evidence.is_veth(link, name)), None)


def _listed() -> str:
    """Return how many IPv4 addresses each side has, and whether they agree in their network."""
    counts = []
    for name in (_NEAR, _FAR):
        many = [
            entry
            for entry in addresses.addresses(name)
            if entry.link != "lo" and ":" not in entry.address
        ]
        counts.append(_("{name} has {many}").format(name=name, many=len(many)))
    return enumeration(counts, ";")


def wire_fault(number: int) -> Task:
    """Return the task to mend the wire of this number."""
    return Task(functools.partial(_judge, number), _hints, functools.partial(_solution, number))


def _solution(number: int) -> str:
    named = f'lab.faults.wire_layer({number}, "{layer_of(number)}")'
    return "\n".join([named, *(f"!{command}" for command in mend_of(number))])
