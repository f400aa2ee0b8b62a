"""The tasks of lesson 1: a loopback that answers, a third namespace."""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.course.tasks.wire_fault import WIRE_FAULT

__all__ = ["TASKS"]

_SOLO, _THIRD, _FAR = "solo", "netns3", "10.0.3.2"


def _judge_solo() -> CheckResult:
    if not evidence.exists(_SOLO):
        return evidence.no_namespace(_SOLO)
    extra = evidence.others_than_lo(_SOLO)
    if extra:
        text = _("`{name}` has more than its loopback: {links}. Here it is to have no other link.")
        return missing(text.format(name=_SOLO, links=", ".join(extra)))
    if not evidence.answers("127.0.0.1", _SOLO, 1):
        return missing(_("in `{name}`, a ping of 127.0.0.1 is not answered.").format(name=_SOLO))
    return right(_("`{name}` has nothing but `lo`, and answers itself.").format(name=_SOLO))


def _hints_solo() -> tuple[str, str, str]:
    if not evidence.exists(_SOLO):
        first = _("Begin with the namespace: the first command of this lesson makes one.")
    else:
        first = _("Look at `ip -n {name} link`: what state does its only link have?").format(
            name=_SOLO
        )
    return (
        first,
        _("Compare with the host: `ip link show lo` there says UP. What does yours say?"),
        _("A link is switched on by `ip link set NAME up`; `ip -n NAMESPACE` does it inside."),
    )


def _judge_third() -> CheckResult:
    absent = evidence.first_missing("netns1", _THIRD)
    if absent:
        return evidence.no_namespace(absent)
    if not evidence.has_address(_FAR, _THIRD):
        text = _("no link of `{name}` has the address {address}.")
        return missing(text.format(name=_THIRD, address=_FAR))
    if not evidence.answers(_FAR, "netns1"):
        text = _("`netns1` gets no answer from {address} yet.")
        return missing(text.format(address=_FAR))
    link = evidence.owner(_FAR, _THIRD)
    if link is None or not evidence.is_veth(link, _THIRD):
        return missing(_("it answers, but not over a wire: the address is on no veth."))
    return right(_("`netns1` reaches {address} in `{name}`.").format(address=_FAR, name=_THIRD))


def _hints_third() -> tuple[str, str, str]:
    if evidence.first_missing("netns1", _THIRD):
        first = evidence.which_is_missing()
    elif not evidence.others_than_lo(_THIRD):
        first = _("`{name}` has no wire yet: a pair, one end in it, the other in `netns1`.").format(
            name=_THIRD
        )
    elif not evidence.has_address(_FAR, _THIRD):
        first = _("The wire is there. Look at `ip -n {name} addr`.").format(name=_THIRD)
    else:
        first = _("Look from `netns1`: `ip netns exec netns1 ip route get {address}`.").format(
            address=_FAR
        )
    return (
        first,
        _("Compare both ends: each needs an address of the same network (`/24`), and `UP`."),
        _("`ip link add … type veth peer name …`, `ip link set … netns …`, `ip -n … addr add`."),
    )


TASKS = {
    "1.1": Task(_judge_solo, _hints_solo),
    "1.2": Task(_judge_third, _hints_third),
    "1.3": WIRE_FAULT,
}
