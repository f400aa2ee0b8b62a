"""The tasks of lesson 1: a loopback that answers, a third namespace."""

from __future__ import annotations

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.course.tasks.wire_fault import wire_fault

_SOLO, _THIRD, _FAR = "solo", "netns3", "10.0.3.2"


def _judge_solo() -> CheckResult:
    solo = own("1.1", _SOLO)
    if not evidence.exists(solo):
        return evidence.no_namespace(solo)
    second = evidence.second_name(solo)
    if second is not None:
        return second
    extra = evidence.others_than_lo(solo)
    if extra:
        text = _("`{name}` has more than its loopback: {links}. Here it is to have no other link.")
        return missing(text.format(name=solo, links=enumeration(extra)))
    if not evidence.answers("127.0.0.1", solo, 1):
        return missing(_("in `{name}`, a ping of 127.0.0.1 is not answered.").format(name=solo))
    return right(_("`{name}` has nothing but `lo`, and answers itself.").format(name=solo))


def _hints_solo() -> tuple[str, str, str]:
    solo = own("1.1", _SOLO)
    if not evidence.exists(solo):
        first = _("Begin with the namespace: the first command of this lesson makes one.")
    elif evidence.others_than_lo(solo):
        first = _("Look at `ip -n {name} link`: which of these links is one too many?").format(
            name=solo
        )
    else:
        first = _("Look at `ip -n {name} link`: what state does its only link have?").format(
            name=solo
        )
    return (
        first,
        _("Compare with the host: `ip link show lo` there says UP. What does yours say?"),
        _("A link is switched on by `ip link set NAME up`; `ip -n NAMESPACE` does it inside."),
    )


def _judge_third() -> CheckResult:
    third, far = own("1.2", _THIRD), own("1.2", _FAR)
    unready = _no_third(third)
    if unready is not None:
        return unready
    if not evidence.has_address(far, third):
        return evidence.no_address(far, third)
    unreached = evidence.unreached("netns1", third, far)
    if unreached is not None:
        return unreached
    link = evidence.owner(far, third)
    if link is None or not evidence.is_veth(link, third):
        return missing(_("it answers, but not over a wire: the address is on no veth."))
    if not evidence.next_to(far, "netns1"):
        text = _("it answers, but by way of another namespace: no wire joins it to `netns1`.")
        return missing(text)
    return right(_("`netns1` reaches {address} in `{name}`.").format(address=far, name=third))


def _no_third(name: str) -> CheckResult | None:
    """Return which namespace is missing, or is none of its own; None if there is a third one."""
    absent = evidence.first_missing("netns1", name)
    if absent:
        return evidence.no_namespace(absent)
    second = ["netns2"] if evidence.exists("netns2") else []
    return evidence.second_name("netns1", *second, name)


def _hints_third() -> tuple[str, str, str]:
    third, far = own("1.2", _THIRD), own("1.2", _FAR)
    if evidence.first_missing("netns1", third):
        first = evidence.which_is_missing()
    elif not evidence.others_than_lo(third):
        first = _("`{name}` has no wire yet: a pair, one end in it, the other in `netns1`.").format(
            name=third
        )
    elif not evidence.has_address(far, third):
        first = _("The wire is there. Look at `ip -n {name} addr`.").format(name=third)
    else:
        first = _("Look from `netns1`: `ip netns exec netns1 ip route get {address}`.").format(
            address=far
        )
    return (
        first,
        _("Compare both ends: each needs an address of the same network (`/24`), and `UP`."),
        _("`ip link add … type veth peer name …`, `ip link set … netns …`, `ip -n … addr add`."),
    )


TASKS = {
    "1.1": Task(_judge_solo, _hints_solo),
    "1.2": Task(_judge_third, _hints_third),
    "1.3": wire_fault(1),
}
