"""Checks of the Linux kernel: can a machine be made, and can it do what the lessons need?

One sandbox is made and `probe` runs in it; where none can be made, a Linux kernel of its own is
started if there is one (`nslabkit.machine.choice`).  Only what some lesson uses is tried
(`lesson_needs`): kinds of links that none of them uses (tun, vlan, dummy, ipvlan) are not in the
table, nor is netem, for which lesson 13 has a rule with a random number where it is missing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from nslabkit.base.language import translate as _
from nslabkit.doctor.check import Check, Status
from nslabkit.machine import choice
from nslabkit.machine.system_calls import StageError
from nslabkit.machine.trial import Trial, try_sandbox, try_uml
from nslabkit.machine.uml import kernel_file
from nslabkit.machine.uml.uml_diagnosis import explain

_PROBE = Path(__file__).with_name("probe.py")
_SECONDS = 60.0  # an emulated machine took 12
_UML_SECONDS = 90.0  # it boots a Linux kernel
_COMMAND = (sys.executable, "-I", "-S", str(_PROBE))


@dataclass(frozen=True)
class Feature:
    """Something that `probe` tries.

    Attributes
    ----------
    title : str
        What it is, in English; translated when shown.
    module : str
        The kernel module that brings it, empty where it is part of every kernel.
    first : bool
        Whether the first lesson needs it.
    """

    title: str
    module: str = ""
    first: bool = False


FEATURES = {
    "namespace": Feature("ip netns add", first=True),
    "netns-exec": Feature("ip netns exec", first=True),
    "veth": Feature("veth pair", "veth", first=True),
    "first-ping": Feature("ping from netns to netns", first=True),
    "bridge": Feature("bridge", "bridge"),
    "forwarding": Feature("forwarding (sysctl)"),
    "nftables": Feature("nft table", "nf_tables"),
    "nat": Feature("nft NAT", "nft_masq"),
    "conntrack": Feature("conntrack", "nf_conntrack"),
    "raw-socket": Feature("raw socket"),
    "packet-socket": Feature("AF_PACKET socket", "af_packet"),
    "eight-kinds": Feature("eight kinds of namespace"),
    "macvlan": Feature("macvlan", "macvlan"),
    "dnat": Feature("nft dnat", "nft_nat"),
    "chance": Feature("nft numgen", "nft_numgen"),
    "tbf": Feature("tc tbf", "sch_tbf"),
    "htb": Feature("tc htb", "sch_htb"),
    "ipv6": Feature("IPv6 without ARP", "ipv6"),
    "vxlan": Feature("VXLAN", "vxlan"),
    "nft-families": Feature("nft for ARP frames", "nf_tables"),
}


def _titles() -> dict[str, str]:
    """Return the titles that are words of a language; the others are commands and names."""
    return {
        "veth": _("veth pair"),
        "first-ping": _("ping from netns to netns"),
        "bridge": _("bridge"),
        "forwarding": _("forwarding (sysctl)"),
        "nftables": _("nft table"),
        "raw-socket": _("raw socket"),
        "packet-socket": _("AF_PACKET socket"),
        "eight-kinds": _("eight kinds of namespace"),
        "ipv6": _("IPv6 without ARP"),
        "nft-families": _("nft for ARP frames"),
    }


def checks() -> tuple[Check, ...]:
    """Make a machine, the first way that works, and try every feature in it."""
    try:
        ways = choice.ways()
    except StageError as failed:
        error = explain(failed)
        return (Check("sandbox", _("sandbox"), Status.FAIL, error.reason, error.fix), *_untried())
    rows: list[Check] = []
    for way in ways:
        if way == choice.UML and rows and kernel_file.find() is None:
            break  # the other way's explanation is the one that helps
        begun = time.monotonic()
        try:
            trial = try_uml(_COMMAND, timeout=_UML_SECONDS) if way == choice.UML else _sandboxed()
        except subprocess.TimeoutExpired:
            rows.append(_hanging(way))
            continue
        rows.append(_machine(way, trial, time.monotonic() - begun))
        if rows[-1].status is Status.OK:
            # What the lessons do not need, because another way works, is no failure.
            rows = [replace(row, status=Status.WARN) for row in rows[:-1]] + rows[-1:]
            answers = {line["name"]: line for line in map(json.loads, trial.stdout.splitlines())}
            return (*rows, *(_feature(name, answers.get(name), trial) for name in FEATURES))
    return (*rows, *_untried())


def _sandboxed() -> Trial:
    return try_sandbox(_COMMAND, timeout=_SECONDS)


def _machine(way: str, trial: Trial, seconds: float) -> Check:
    name, title = _named(way)
    if trial.error is not None:
        error = trial.error
        answer = f"`{error.tried}`: {error.said} {error.reason}"
        return Check(name, title, Status.FAIL, answer, error.fix)
    if way == choice.SANDBOX:
        return Check(name, title, Status.OK, _("made; uid map {map}").format(map=trial.map))
    answer = _(
        "used: it booted and tried everything below in {seconds} s. It is slower than "
        "a sandbox, has one processor, and lacks time namespaces"
    ).format(seconds=f"{seconds:.0f}")
    return Check(name, title, Status.OK, answer)


def _named(way: str) -> tuple[str, str]:
    if way == choice.UML:
        return "uml", _("Linux kernel of its own")
    return "sandbox", _("sandbox")


def _hanging(way: str) -> Check:
    seconds = _UML_SECONDS if way == choice.UML else _SECONDS
    name, title = _named(way)
    return Check(
        name,
        title,
        Status.FAIL,
        _("did not end within {seconds} s").format(seconds=f"{seconds:.0f}"),
        _("You: close other programs and try again; the machine may be overloaded."),
    )


def _untried() -> tuple[Check, ...]:
    reason = _("not tried, because there is no sandbox")
    return tuple(Check(name, _title(name), Status.UNTRIED, reason) for name in FEATURES)


def _title(name: str) -> str:
    return _titles().get(name, FEATURES[name].title)


def _feature(name: str, answer: dict[str, str] | None, trial: Trial) -> Check:
    if answer is not None and answer["works"]:
        return Check(name, _title(name), Status.OK, answer["seen"])
    # A probe without an answer: the script itself died, and its last words say why.
    seen = answer["seen"] if answer is not None else " ".join(trial.stderr.split()[-20:])
    status = Status.FAIL if FEATURES[name].first else Status.WARN
    return Check(name, _title(name), status, seen, _remedy(name))


def _remedy(name: str) -> str:
    if name == "eight-kinds":
        return _(
            "Nobody: a Linux that runs as a program has no time namespaces. On any "
            "other: the administrator boots the distribution's ordinary kernel."
        )
    module = FEATURES[name].module
    if module:
        return _(
            "The administrator: if a program is missing, it is named further down; "
            "otherwise load the kernel module with `sudo modprobe {module}`, or boot "
            "the distribution's ordinary kernel."
        ).format(module=module)
    return _(
        "The administrator: install the program named here or further down; if none is "
        "missing, look for a refusal in `sudo journalctl -k`."
    )
