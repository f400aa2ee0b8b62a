"""The tasks of lesson 4: four hosts on two bridges, a longer prefix, a broken wire."""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.course.tasks.wire_fault import wire_fault
from nslabkit.net import namespaces

_HOSTS = {"a1": "10.1.0.1", "a2": "10.1.0.2", "b1": "10.2.0.1", "b2": "10.2.0.2"}


def _own(text: str) -> str:
    """Return an address, or a sentence with some, as this learner has them in all three tasks."""
    return own("4.1", text)


def _hosts() -> dict[str, str]:
    return {name: _own(address) for name, address in _HOSTS.items()}


def _judge_bridges() -> CheckResult:
    unready = evidence.unfinished(_hosts())
    if unready is not None:
        return unready
    hosts = _hosts()
    unbridged = _unbridged(hosts)
    if unbridged is not None:
        return unbridged
    silent = evidence.silent(hosts)
    if silent is not None:
        return silent
    if evidence.next_to(hosts["b1"], "a1"):
        return missing(_("`a1` reaches `b1` with no router between them."))
    return right(_("all four hosts reach each other, by two bridges and a router."))


def _unbridged(hosts: dict[str, str]) -> CheckResult | None:
    """Return which hosts are not on the bridges that they belong to, None if all are."""
    bridges = {name: evidence.bridge_of(address, name) for name, address in hosts.items()}
    for name, bridge in bridges.items():
        if bridge is None:
            text = _("`{name}` hangs on no bridge: the other end of its wire is no port of one.")
            return missing(text.format(name=name))
    if bridges["a1"] != bridges["a2"] or bridges["b1"] != bridges["b2"]:
        return missing(_("two hosts of one network are to hang on the same bridge."))
    if bridges["a1"] == bridges["b1"]:
        return missing(_("all four hosts hang on one bridge; here it is to be two."))
    return None


def _hints_bridges() -> tuple[str, str, str]:
    if evidence.unfinished(_hosts()) is not None:
        first = _("Begin with the four hosts: each needs a wire to its bridge, and its address.")
    elif not _plugged_in():
        first = _("Look at `ip link`: which `master` does each of the wires' ends name?")
    else:
        first = _own(_("Look at `ip -n a1 route get 10.2.0.1` and `ip -n b1 route get 10.1.0.1`."))
    return (
        first,
        _("Compare with sections 2 and 3: an address on each bridge, forwarding, two ways back."),
        _("`ip link add … type bridge`, `… master …`, `ip route add … via …`, `sysctl -w`."),
    )


def _plugged_in() -> bool:
    """Return whether all four hosts are there, each with its address and on its bridge."""
    return evidence.unfinished(_hosts()) is None and _unbridged(_hosts()) is None


def _first_the_network() -> str:
    return _('First the network of task 4.1 must work: `lab.check.task("4.1")`.')


def _judge_prefix() -> CheckResult:
    unready = evidence.unfinished(_hosts())
    if unready is not None:
        return unready
    kept, lost = _own(_HOSTS["b1"]), _own(_HOSTS["b2"])
    if not evidence.answers(kept, "a1"):
        return evidence.no_answer("a1", kept)
    if _has_way("a1", lost):
        return missing(_own(_("the routes of `a1` still lead to 10.2.0.2.")))
    if not evidence.answers(kept, "a2"):
        return evidence.no_answer("a2", kept)
    if not evidence.answers(lost, "a2"):
        text = _("`a2` does not reach 10.2.0.2 either; only `a1` was to lose its way.")
        return missing(_own(text))
    return right(_own(_("`a1` has a way to 10.2.0.1 and none to 10.2.0.2; `a2` has both.")))


def _has_way(name: str, address: str) -> bool:
    """Return whether the routes lead there; the kernel refuses a route that says no, too."""
    where = namespaces.namespace(name)
    return where.run(["ip", "route", "get", address], quiet=True).returncode == 0


def _hints_prefix() -> tuple[str, str, str]:
    if not _plugged_in():
        first = _first_the_network()
    elif not all(_has_way("a2", _own(_HOSTS[name])) for name in ("b1", "b2")):
        first = _("Look at `ip -n a2 route`: `a2` was to keep both ways.")
    elif not evidence.answers(_own(_HOSTS["b2"]), "a2", 1):
        first = _first_the_network()
    else:
        text = _("Look at `ip -n a1 route`: which line leads to 10.2.0.2, and how long is it?")
        first = _own(text)
    return (
        first,
        _("Compare /24 with /32: where two routes fit, the one with the longer prefix wins."),
        _("`ip route add blackhole …` is a route that leads nowhere (`man ip-route`)."),
    )


def _judge_one_way() -> CheckResult:
    unready = evidence.unfinished(_hosts())
    if unready is not None:
        return unready
    hosts, stopped = _hosts(), [("b1", "a1")]
    if not _has_way("a1", hosts["b2"]):  # as task 4.2 may have left it
        stopped += [("a1", "b2"), ("b2", "a1")]
    silent = evidence.silent(hosts, may_be=stopped)
    if silent is not None:
        return silent
    if evidence.answers(hosts["a1"], "b1", 1, "-c 3 -i 0.2"):
        return missing(_own(_("a ping that `b1` begins towards 10.1.0.1 is still answered.")))
    return right(_("`a1` may begin with `b1`, and `b1` may only answer."))


def _hints_one_way() -> tuple[str, str, str]:
    if not (_plugged_in() and evidence.answers(_own(_HOSTS["b2"]), "a2", 1)):
        first = _first_the_network()
    elif not evidence.answers(_own(_HOSTS["b1"]), "a1", 1):
        first = _("`a1` gets no answer: what you stop is its answer, too. They go the same way.")
    elif not evidence.answers(_own(_HOSTS["a1"]), "b1", 1):
        first = _(
            "`a1` no longer answers `b1`. Look at what else you have stopped: "
            "who else gets no answer?"
        )
    else:
        first = _("Look at the packets: both ways the same addresses. Which one comes first?")
    return (
        first,
        _("Compare an echo request with an echo reply, or a new connection with a known one."),
        _("`nft … type filter hook forward …`, in it `ip saddr … ip daddr … ct state new drop`."),
    )


TASKS = {
    "4.1": Task(_judge_bridges, _hints_bridges),
    "4.2": Task(_judge_prefix, _hints_prefix),
    "4.3": Task(_judge_one_way, _hints_one_way),
    "4.4": wire_fault(3),
}
