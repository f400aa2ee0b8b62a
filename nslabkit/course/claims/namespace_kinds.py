"""Kinds of namespaces: how many there are, and what each isolates.  Claims C01 and C02."""

from __future__ import annotations

import contextlib
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

from nslabkit.base.errors import NslabError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.insiders import hostname, said, sleeping, with_host_name
from nslabkit.course.claims.membership import CHAPTER_KINDS, KINDS, elsewhere, numbers
from nslabkit.course.verdict import Outcome
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

_LESSON = "06_eight_kinds"
_ALL_BUT_TIME = "--mount --uts --ipc --pid --net --user --map-root-user --cgroup --mount-proc"


# C01: one command, two namespaces, two answers


def _two_names() -> Mapping[str, Any]:
    with with_host_name("box") as pid:
        here, there = numbers()["uts"], numbers(pid)["uts"]
        answers = said("hostname"), hostname(pid)
    again = said("unshare --uts readlink /proc/self/ns/uts")
    return {"seen": ((here, there), answers), "again": again}


def _judge_isolation(
    pid: int | None = None,
    seen: tuple[tuple[int, int], tuple[str, str]] | None = None,
    again: str | None = None,
) -> Finding:
    if seen is None:
        other = _renamed() if pid is None else pid
        seen = (numbers()["uts"], numbers(other)["uts"]), (said("hostname"), hostname(other))
    (here, there), (our_answer, their_answer) = seen
    evidence = [
        ("readlink /proc/self/ns/uts", f"uts:[{here}] / uts:[{there}]"),
        ("hostname", f"{our_answer} / {their_answer}"),
    ]
    if again is not None:
        evidence.append((_("The next namespace made after that one ended"), again))
    return finding(
        [
            (
                here != there,
                _("both processes have the same number, {there}: they are in one namespace."),
            ),
            (
                our_answer != their_answer,
                _("both answered {theirs}: nobody has changed the name on either side yet."),
            ),
        ],
        _(
            "the same command answered {ours} in namespace {here} and {theirs} in namespace "
            "{there}."
        ),
        evidence,
        here=here,
        there=there,
        ours=our_answer,
        theirs=their_answer,
    )


def _renamed() -> int:
    """Return a process in another UTS namespace, where there is one a process with another name."""
    found, ours = elsewhere("uts"), said("hostname")
    for pid in found:
        with contextlib.suppress(NslabError):  # it has ended meanwhile
            if hostname(pid) != ours:
                return pid
    return found[0]


C01 = Claim(
    "C01",
    lesson=_LESSON,
    summary=lambda: _("Namespaces isolate resources of the kernel."),
    experiment=_two_names,
    examine=_judge_isolation,
    place="1.1",
)


# C02: how many kinds


class _Trial(NamedTuple):
    """A kind's small experiment: prepare inside, then ask the same question on both sides."""

    kind: str
    option: str
    prepare: str
    question: str


# A control group namespace changes what nobody can see before he has moved into another group,
# which needs delegation: its question is its number.
_TRIALS = (
    _Trial("mnt", "--mount", "mount -t tmpfs none /mnt", "grep -c ' /mnt ' /proc/self/mounts"),
    _Trial("uts", "--uts", "hostname box", "hostname"),
    _Trial("ipc", "--ipc", "ipcmk -Q >/dev/null", "ipcs -q | grep -c 0x"),
    _Trial("pid", "--pid --fork", "true", "sh -c 'echo $PPID'"),
    _Trial("net", "--net", "true", "ip -br link show lo | grep -ow -e DOWN -e UNKNOWN"),
    _Trial("user", "--user", "true", "id -u"),
    _Trial("cgroup", "--cgroup", "true", "readlink /proc/self/ns/cgroup"),
    _Trial("time", "--time --boottime 864000 --fork", "true", "cut -d. -f1 /proc/uptime"),
)


def _each_kind() -> Mapping[str, Any]:
    answers = {}
    for trial in _TRIALS:
        if trial.kind in numbers():
            script = shlex.quote(f"{trial.prepare}; {trial.question}")
            inside = f"unshare {trial.option} sh -c {script}"
            # grep counts to 0 with exit status 1: the answer counts, not the status.
            both = [HOST.run(text, quiet=True).stdout for text in (trial.question, inside)]
            answers[trial.kind] = (trial.question, *(text.strip() for text in both))
    # A Linux that runs as a program has no time namespaces.
    everything = f"{_ALL_BUT_TIME} --time" if "time" in numbers() else _ALL_BUT_TIME
    with sleeping(everything) as pid:
        return {"answers": answers, "theirs": numbers(pid)}


def _judge_number_of_kinds(
    pid: int | None = None,
    theirs: Mapping[str, int] | None = None,
    answers: Mapping[str, tuple[str, str, str]] | None = None,
) -> Finding:
    own = numbers()
    if theirs is None:
        theirs = numbers(_most_foreign() if pid is None else pid)
    evidence = [(f"ls /proc/self/ns ({len(own)})", ", ".join(own))]
    for kind in own:
        question, here, there = (answers or {}).get(kind, (f"/proc/…/ns/{kind}", "", ""))
        value = f"{own[kind]} / {theirs[kind]}"
        evidence.append((f"{kind}: {question}", f"{here} / {there}" if here or there else value))
    shared = [kind for kind in own if theirs[kind] == own[kind]]
    if shared:
        text = _("the process shares with this notebook: {kinds}; so nothing is shown about these.")
        return Finding(Outcome.FAILS, text.format(kinds=enumeration(shared)), tuple(evidence))
    silent = [kind for kind, (_asked, here, there) in (answers or {}).items() if here == there]
    if silent:
        text = _("both sides gave the same answer for: {kinds}.").format(kinds=enumeration(silent))
        return Finding(Outcome.FAILS, text, tuple(evidence))
    later = [f"{kind} ({KINDS.get(kind, '?')})" for kind in own if kind not in CHAPTER_KINDS]
    if not later:
        text = _("this kernel has the six kinds that the chapter names, and no others.")
        return Finding(Outcome.HOLDS, text, tuple(evidence))
    text = _(
        "this kernel has {number} kinds; the chapter's six are among them, and these "
        "were added since: {later} (in brackets the Linux version)."
    )
    sentence = text.format(number=len(own), later=enumeration(later))
    return Finding(Outcome.OUTDATED, sentence, tuple(evidence))


def _most_foreign() -> int:
    """Return the process that shares the fewest namespaces with us."""
    own = numbers()

    def shared(pid: int) -> int:
        theirs = numbers(pid)
        return sum(theirs[kind] == own[kind] for kind in own)

    return min(elsewhere("user"), key=shared)


C02 = Claim(
    "C02",
    lesson=_LESSON,
    summary=lambda: _("There are six kinds: mount, UTS, IPC, PID, network and user namespaces."),
    experiment=_each_kind,
    examine=_judge_number_of_kinds,
    place="1.2",
    expected=Outcome.OUTDATED,
)
