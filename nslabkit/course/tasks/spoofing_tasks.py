"""The tasks of lesson 16: an attack that goes on, held off by hand and by rule, and its author."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base import processes
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.claims.further.three_hosts import ADDRESSES, MACS, claims_of, entry
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.net import links, namespaces, neighbours
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from nslabkit.capture import Recording

_DECEIVED = ("victim", "server")
_PAIRS = (("victim", "server"), ("server", "victim"))
_NOBODY, _FOUND = "172.16.0.254", "found"
_PROGRAM = b"/run/spoof.py"
_LOOKING, _PAUSE = 2.5, 0.1  # seconds: several claims come in that time; between two looks
_LOOKS = 4  # so often at most: a program has just been started, or the machine is busy
# Nanoseconds within which the kernel does not change an entry again: `locktime` of arp(7).
_LOCKED = 1_000_000_000
_DIRECT = "ttl=64"


def _claims(address: str) -> list[int]:
    """Return the processes that run the lesson's program to claim an address."""
    found = []
    for process in processes.running():
        try:
            words = Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended meanwhile
            continue
        if _PROGRAM in words[:-1] and words[words.index(_PROGRAM) + 1] == address.encode():
            found.append(process.pid)
    return found


def _unready() -> CheckResult | None:
    """Return what is missing before an attack can be judged, None if it goes on against both."""
    unfinished = evidence.unfinished(ADDRESSES)
    if unfinished is not None:
        return unfinished
    if not all(_claims(ADDRESSES[name]) for name in _DECEIVED):
        return missing(_("the attack has ended. Run the cell that starts it once more."))
    return None


def _deceived() -> CheckResult | None:
    """Return who is deceived, or that nobody tries to; None if false claims come, in vain."""
    port = links.peer(str(evidence.owner(ADDRESSES["attacker"], "attacker")), "attacker")
    for _look in range(_LOOKS):
        # The port hears each frame before any rule can drop it.
        with capture(port, filter="arp", progress=False) as heard:
            deceived = _false_entry()
        if deceived is not None:
            near, far, mac = deceived
            text = _("`{near}` takes {mac} for `{far}`: the frames for it go astray.")
            return missing(text.format(near=near, mac=mac or "-", far=far))
        silent = [name for name in _DECEIVED if not _claimed_in_earnest(heard, name)]
        if not silent:
            return None
    text = _("no false claims about `{name}` reach `{port}`. Wait until they do, then ask again.")
    return missing(text.format(name=silent[0], port=port.name))


def _false_entry() -> tuple[str, str, str | None] | None:
    """Look for some seconds; return who has, or had meanwhile, a false or no entry for whom."""
    deadline = time.monotonic() + _LOOKING
    while time.monotonic() < deadline:
        for near, far in _PAIRS:
            known = entry(near, far)
            mac = known.mac if known else evidence.told_by_hand(near).get(ADDRESSES[far], ("",))[0]
            if mac != MACS[far]:
                return near, far, mac
        time.sleep(_PAUSE)
    return None


def _claimed_in_earnest(heard: Recording, name: str) -> bool:
    """Return whether a host was claimed once more when no entry was locked any longer."""
    times = [one.time for one in claims_of(heard, name)]
    return bool(times) and times[-1] - times[0] > _LOCKED


def _by_hand() -> tuple[str, str, str] | None:
    """Return who has an entry set by hand, for what, in which state; None if nobody has."""
    for name in _DECEIVED:
        for address, (_mac, state) in evidence.told_by_hand(name).items():
            if address in ADDRESSES.values():
                return name, address, state
    return None


def _goes_directly() -> bool:
    """Return whether one of two pings is answered by way of no router."""
    command = ["ping", "-c", "2", "-W", "2", ADDRESSES["server"]]
    said = namespaces.namespace("victim").run(command, quiet=True).stdout
    return _DIRECT in said and re.search(r"ttl=(?!64\b)", said) is None


def _judge_direct() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    if not _goes_directly():
        return missing(_("a ping of `victim` is not answered by `server` directly (ttl=64)."))
    deceived = _deceived()
    if deceived is not None:
        return deceived
    return right(_("the attack goes on, and `victim` and `server` speak directly."))


def _judge_by_rule() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    by_hand = _by_hand()
    if by_hand is not None:
        name, address, state = by_hand
        text = _("the entry of `{name}` for {address} was set by hand (`{state}`).")
        return missing(text.format(name=name, address=address, state=state))
    for name in _DECEIVED:
        neighbours.flush("attacker")
        if not evidence.answers(ADDRESSES[name], "attacker", 2):
            return evidence.no_answer("attacker", ADDRESSES[name])
        # And by an answer to ARP, not only by what its own question has told.
        known = entry(name, "attacker")
        if known is not None:
            neighbours.remove(known.address, known.link, namespace=name)
        if not evidence.answers(ADDRESSES["attacker"], name, 2):
            return evidence.no_answer(name, ADDRESSES["attacker"])
    found = _judge_direct()
    if found and _limits_begin_anew():
        fooled = _deceived()
        if fooled is not None:
            text = _("a rule with `limit` lets false claims through now and then: {why}")
            return missing(text.format(why=fooled.sentence))
    return found


def _limits_begin_anew() -> bool:
    """Let each rule with a limit begin anew, as after a quiet hour; return whether there is one.

    Whatever it lets through within a minute or an hour, it lets through now: that is not to wait
    for.  To replace a rule by itself does so and changes nothing else.
    """
    limited = False
    for name in (None, *ADDRESSES):
        where = namespaces.namespace(name)
        said = where.run(["nft", "-j", "list", "ruleset"], quiet=True).stdout
        listed = json.loads(said)["nftables"] if said else []
        for rule in (one["rule"] for one in listed if "rule" in one):
            if any("limit" in part for part in rule["expr"]):
                again = json.dumps({"nftables": [{"replace": {"rule": rule}}]})
                limited |= where.run(["nft", "-j", again], quiet=True).returncode == 0
    return limited


def _hints_direct() -> tuple[str, str, str]:
    first = _first_hint() or _("Look at both tables: `ip -n victim neigh`, `ip -n server neigh`.")
    return (
        first,
        _("Compare with section 4: which entry held, and which side had none?"),
        _("`ip -n NAMESPACE neigh replace ADDRESS lladdr MAC dev eth0 nud permanent`, twice."),
    )


def _hints_by_rule() -> tuple[str, str, str]:
    by_hand = None if evidence.first_missing(*ADDRESSES) else _by_hand()
    first = _first_hint()
    if first is None and by_hand is not None:
        first = _("Take away the entries that were set by hand: `ip -n {name} neigh del …`.")
        first = first.format(name=by_hand[0])
    return (
        first or _("Which frames are to be dropped, and at which port do they come in?"),
        _("Compare with section 5: what does the rule look at that a false claim cannot hide?"),
        _("`nft`, family netdev or bridge: `arp saddr ip != …` at `port-attacker`, and `drop`."),
    )


def _first_hint() -> str | None:
    """Return where to look first if the attack is not there to be held off."""
    if evidence.first_missing(*ADDRESSES):
        return evidence.build_again()
    if not all(_claims(ADDRESSES[name]) for name in _DECEIVED):
        return _("Nobody attacks: `ip netns pids attacker`. Run the cell that starts the attack.")
    return None


def _judge_found() -> CheckResult:
    liar, found = _liar(), Path("/run") / own("16.3", _FOUND)
    if liar is None:
        text = _("nobody claims {address} now. Run the cell that draws lots once more.")
        return missing(text.format(address=_NOBODY))
    try:
        said = found.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return missing(_("there is no file {path} yet.").format(path=found))
    if said not in ADDRESSES:
        text = _("{path} holds “{said}”, which is none of the three names.")
        return missing(text.format(path=found, said=said[:30]))
    if said != liar:
        text = _("`{name}` claims nothing: look for the source MAC of a frame with {address}.")
        return missing(text.format(name=said, address=_NOBODY))
    return right(_("it is `{name}` that claims {address}.").format(name=liar, address=_NOBODY))


def _liar() -> str | None:
    """Return the namespace in which the program claims the address that nobody has."""
    names = [namespaces.identify(pid) for pid in _claims(_NOBODY)]
    return next((name for name in names if name is not None), None)


def _hints_found() -> tuple[str, str, str]:
    if evidence.first_missing(*ADDRESSES):
        first = evidence.build_again()
    elif not _claims(_NOBODY):
        first = _("Nobody claims the address: run the cell that draws lots.")
    else:
        first = _("All frames pass the bridge. What do those with 172.16.0.254 have as source MAC?")
    return (
        first,
        _("Compare that MAC address with those of the three: `ip -n NAMESPACE link`."),
        own("16.3", _("`tcpdump -ne -c 3 -i br0 arp`, then `echo NAME >/run/found`.")),
    )


TASKS = {
    "16.1": Task(_judge_direct, _hints_direct),
    "16.2": Task(_judge_by_rule, _hints_by_rule),
    "16.3": Task(_judge_found, _hints_found),
}
