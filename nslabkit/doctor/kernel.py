"""Can a sandbox be made here, and does the kernel in it do what the lessons need?

One sandbox is made and `probe` runs in it.  Only what some lesson uses is tried: kinds of links
that none of them uses (tun, vlan, dummy, ipvlan) and netem are not in the table.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.doctor.check import Check, Status
from nslabkit.language import translate as _
from nslabkit.sandbox.trial import try_sandbox

if TYPE_CHECKING:
    from nslabkit.sandbox.trial import Trial

__all__ = ["FEATURES", "Feature", "checks"]

_PROBE = Path(__file__).with_name("probe.py")
_SECONDS = 10.0


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
    }


def checks() -> tuple[Check, ...]:
    """Make a sandbox and try every feature in it."""
    try:
        trial = try_sandbox([sys.executable, "-I", "-S", str(_PROBE)], timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return (_hanging(), *_untried())
    sandbox = _sandbox(trial)
    if sandbox.status is not Status.OK:
        return (sandbox, *_untried())
    answers = {line["name"]: line for line in map(json.loads, trial.stdout.splitlines())}
    return (sandbox, *(_feature(name, answers.get(name), trial) for name in FEATURES))


def _sandbox(trial: Trial) -> Check:
    title = _("sandbox")
    if trial.error is None:
        seen = _("made; uid map {map}").format(map=trial.map)
        return Check("sandbox", title, Status.OK, seen)
    error = trial.error
    seen = f"`{error.tried}`: {error.said} {error.reason}"
    return Check("sandbox", title, Status.FAIL, seen, error.fix)


def _hanging() -> Check:
    return Check(
        "sandbox",
        _("sandbox"),
        Status.FAIL,
        _("no end after {seconds} s").format(seconds=f"{_SECONDS:.0f}"),
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
    module = FEATURES[name].module
    if module:
        return _(
            "The administrator: if a program is missing, it is named further down; else load the "
            "kernel module with `sudo modprobe {module}`, or boot the distribution's ordinary "
            "kernel."
        ).format(module=module)
    return _(
        "The administrator: install the program that is named here or further down; if none is "
        "missing, look for a refusal in `sudo journalctl -k`."
    )
