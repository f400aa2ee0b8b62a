"""The tasks of lesson 13: a narrow wire, a way around a black hole, a loss that is meant."""

from __future__ import annotations

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.claims.further.narrow_network import ADDRESS
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence, published, transfer_trials
from nslabkit.course.tasks.task import Task
from nslabkit.net import links, namespaces, qdiscs
from nslabkit.show.lab_recording import capture

_NAMES = ("client", "router", "server")
_ENOUGH, _IN_TIME = 250_000, 8.0  # bytes, seconds
_LEAST, _MOST, _QUICK = 0.7, 1.2, 200.0  # Mbit/s, Mbit/s, ms
_LONG, _LONG_TIME = 20_000, 9.0  # trying out how long packets may be takes seconds
_MTU, _RULE = 1400, "icmp type destination-unreachable drop"
_SECOND = "10.2.0.7"
_PINGS, _FEWEST, _MOST_LOST = 100, 15, 55
_BY_MISTAKE = 3  # segments that a busy machine sends again although nothing was lost


def _unready() -> CheckResult | None:
    """Return what is wrong with the network itself, None if nothing is."""
    absent = evidence.first_missing(*_NAMES)
    if absent:
        return evidence.no_namespace(absent)
    if not evidence.has_address(ADDRESS, "server"):
        return evidence.no_address(ADDRESS, "server")
    if evidence.has_address(ADDRESS, "client"):
        text = _("the client itself has the address {address}: who answers, then?")
        return missing(text.format(address=ADDRESS))
    if not published.listens("server", 9000):
        return missing(_("the program in `server` that counts bytes does not run."))
    return None


def _judge_narrow() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    done = transfer_trials.pinged_transfer(_ENOUGH, _IN_TIME)
    if done is None or done.arrived < _ENOUGH:
        return missing(_("the transfer is slower than asked for, or stands still."))
    if not _LEAST <= done.rate <= _MOST:
        text = _("the transfer gets {rate:.2f} Mbit/s, not {least:g} to {most:g}.")
        return missing(text.format(rate=done.rate, least=_LEAST, most=_MOST))
    if done.slowest is None:
        return missing(_("no ping beside the transfer is answered."))
    if done.slowest > _QUICK:
        text = _("a ping beside the transfer takes {slowest:.0f} ms.")
        return missing(text.format(slowest=done.slowest))
    text = _("{rate:.2f} Mbit/s, and the slowest ping beside that takes {slowest:.0f} ms.")
    return right(text.format(rate=done.rate, slowest=done.slowest))


def _hints_narrow() -> tuple[str, str, str]:
    if _unready() is not None:
        first = evidence.build_again()
    elif not _qdisc():
        first = _("No qdisc shapes what leaves `router` for the server: `tc -n router qdisc show`.")
    else:
        first = _("There is a qdisc on `east`. Is its rate right, and how many bytes may wait?")
    return (
        first,
        _("Compare the two queues of section 2. How long do 25,000 bytes take at 1 Mbit/s?"),
        _("`tc -n router qdisc replace dev east root tbf rate … burst … limit …`; or `htb`."),
    )


def _qdisc() -> bool:
    """Return whether ``router``'s link to the server has a qdisc that shapes."""
    try:
        found = qdiscs.qdiscs("east", "router")
    except NslabError:
        return False
    return any(qdisc.kind in {"tbf", "htb"} for qdisc in found)


def _judge_hole() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    changed = _not_as_given()
    if changed is not None:
        return changed
    # What the client has learnt in better times is no way around: it forgets it in ten minutes.
    flush = ["ip", "route", "flush", "cache"]
    namespaces.namespace("client").run(flush, check=True, quiet=True)
    with capture("router/west", filter="icmp[icmptype] = 3", progress=False) as told:
        done = transfer_trials.transfer(_LONG, _LONG_TIME)
    if told.packets:
        return missing(_("`router` no longer drops its message: that rule was not yours."))
    if done is None or done.arrived < _LONG:
        text = _("{size:,} bytes do not arrive within {seconds:g} s.")
        return missing(text.format(size=_LONG, seconds=_LONG_TIME))
    return right(_("all bytes arrive, although nobody tells the client what is too long."))


def _not_as_given() -> CheckResult | None:
    """Return which of the router's two faults is gone, None if both are there."""
    try:
        mtu = links.link("east", "router").json["mtu"]
    except NslabError:
        return missing(_("`router` has no link `east` any more."))
    if mtu != _MTU:
        return missing(_("the MTU of `east` is {mtu}, not {given}.").format(mtu=mtu, given=_MTU))
    rules = namespaces.namespace("router").run(["nft", "list", "ruleset"], quiet=True).stdout
    if _RULE not in rules:
        return missing(_("`router` no longer drops its message: that rule was not yours."))
    return None


def _hints_hole() -> tuple[str, str, str]:
    if _unready() is not None:
        first = evidence.build_again()
    elif _not_as_given() is not None:
        first = _("Run the cell above again, which makes the black hole. Then leave it alone.")
    else:
        first = _("Record a transfer at `client/eth0`: how long are the frames sent in vain?")
    return (
        first,
        _("Compare what client and server tell each other at first: the option `mss` in a SYN."),
        _(
            "A route can have an `mtu`, a link has one, a rule can set `tcp option maxseg size`, "
            "and the kernel can try for itself: `net.ipv4.tcp_mtu_probing`."
        ),
    )


def _judge_loss() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    second = own("13.3", _SECOND)
    if not evidence.has_address(second, "server"):
        return evidence.no_address(second, "server")
    lost = _PINGS - transfer_trials.answered(_PINGS, 0.02, second)
    if not _FEWEST <= lost <= _MOST_LOST:
        text = _("{lost} of {count} pings get no answer.")
        return missing(text.format(lost=lost, count=_PINGS))
    for address in (ADDRESS, second):
        gone = _lost_by_tcp(address)
        if gone is None:
            return missing(_("the transfer is slower than asked for, or stands still."))
        if gone > _BY_MISTAKE:
            text = _("TCP lost {lost} segments on the way to {address} or back.")
            return missing(text.format(lost=gone, address=address))
    text = _("{lost} of {count} pings get no answer, and TCP sends nothing twice.")
    return right(text.format(lost=lost, count=_PINGS))


def _lost_by_tcp(address: str) -> int | None:
    """Return how many segments a transfer to the server loses, None if it stands still.

    The least of up to three: a busy machine may repeat a whole window by mistake, but a rule that
    loses TCP's packets loses some of each transfer.
    """
    least = None
    for _attempt in range(3):
        before = transfer_trials.lost()
        if transfer_trials.transfer(100_000, _IN_TIME, address) is None:
            return None
        gone = transfer_trials.lost() - before
        least = gone if least is None else min(least, gone)
        if least <= _BY_MISTAKE:
            break
    return least


def _hints_loss() -> tuple[str, str, str]:
    if _unready() is not None:
        first = evidence.build_again()
    elif not evidence.has_address(own("13.3", _SECOND), "server"):
        first = _("Begin with the address: a link can have several, so `server` keeps its first.")
    elif not transfer_trials.answered(5, 0.02, own("13.3", _SECOND)):
        first = _("No ping is answered at all. By chance, not always: what decides?")
    else:
        first = _("Look at the rule of section 5: of which packets does it lose some?")
    return (
        first,
        _("Compare it with the rule of section 3, which finds echo requests and nothing else."),
        _("In a rule, `icmp type …` and `numgen random mod …` may stand one after the other."),
    )


TASKS = {
    "13.1": Task(_judge_narrow, _hints_narrow),
    "13.2": Task(_judge_hole, _hints_hole),
    "13.3": Task(_judge_loss, _hints_loss),
}
