"""Sight between processes: what one namespace shows, and what it hides.  Claim C04."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import FILE, finding, lines
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.insiders import hostname, sleeping, with_host_name
from nslabkit.course.claims.membership import elsewhere, names, pids_inside, same_file
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LESSON = "06_eight_kinds"


class _Sight(NamedTuple):
    """What was seen from both sides."""

    outside: list[int]  # the numbers of the process inside: ours, then its own
    inside: list[int]  # the processes that it sees
    listed: bool  # whether a network namespace still shows our process
    same_file: bool  # and the same file


def _who_sees_whom() -> Mapping[str, Any]:
    namespaces.add("netns1")
    with sleeping("--pid --mount-proc") as pid:
        sight = _look(pid, "netns1")
    with with_host_name("box") as pid:
        told = hostname(pid, "changed"), hostname(pid)
    return {"sight": sight, "told": told}


def _look(pid: int, network: str | int) -> _Sight:
    if isinstance(network, int):  # a process that is in the network namespace
        listed, same = os.getpid() in pids_inside(network), same_file(network, FILE)
    else:
        where = namespaces.namespace(network)
        listed = (
            str(os.getpid()) in where.run(["ls", "/proc"], check=True, quiet=True).stdout.split()
        )
        stat = ["stat", "-c", "%d %i", FILE]
        same = len({one.run(stat, check=True, quiet=True).stdout for one in (where, HOST)}) == 1
    return _Sight(names(pid), pids_inside(pid), listed, same)


def _judge_sight(
    pid: int | None = None,
    network: str | int | None = None,
    told: tuple[str | Sequence[str], str | Sequence[str]] | None = None,
    sight: _Sight | None = None,
) -> Finding:
    if sight is None:
        sight = _look(_first_of_its_own(pid), _some_network(network))
    said, heard = (lines(text) for text in told) if told else ([], [])
    inner = sight.outside[-1]
    evidence = [
        ("grep NSpid /proc/PID/status", " / ".join(map(str, sight.outside))),
        (_("ps ax, inside the PID namespace"), " ".join(map(str, sight.inside))),
        (_("ls /proc, inside the network namespace"), _yes(sight.listed)),
        (_("stat {file}, inside the network namespace").format(file=FILE), _yes(sight.same_file)),
    ]
    if told:
        evidence.append((_("One member set the host name, another read it"), _pair(said, heard)))
    return finding(
        [
            (
                len(sight.outside) > 1,
                _("this process has only one number: it is in our own PID namespace."),
            ),
            (
                os.getpid() not in sight.inside and inner in sight.inside,
                _("the process inside sees processes outside: its /proc is the old one."),
            ),
            (said == heard, _("one member set {said}, and another one read {heard}.")),
            (
                sight.listed,
                _("the network namespace hides our process, so it is not the only new one."),
            ),
            (
                sight.same_file,
                _("the network namespace hides our files, so it is not the only new one."),
            ),
        ],
        _(
            "this is true of what a kind isolates, and of nothing else: a PID "
            "namespace hides the outside from process {inner}, which we see as "
            "{outer}; a network namespace hides no process and no file."
        ),
        evidence,
        inner=inner,
        outer=sight.outside[0],
        said=" ".join(said),
        heard=" ".join(heard),
    )


def _yes(same: bool) -> str:  # noqa: FBT001 - it only puts a bool into words
    return _("the same as outside") if same else _("not the same as outside")


def _pair(one: Sequence[str], other: Sequence[str]) -> str:
    return f"{' '.join(one)} / {' '.join(other)}"


def _first_of_its_own(pid: int | None) -> int:
    """Return the process given, or process 1 of another PID namespace, best with its own /proc."""
    if pid is not None:
        return pid
    found = elsewhere("pid")
    firsts = [one for one in found if names(one)[-1] == 1] or found
    return min(firsts, key=lambda one: os.getpid() in pids_inside(one))


def _some_network(network: str | int | None) -> str | int:
    """Return a named network namespace, unless one is given."""
    if network is not None:
        return network
    named = sorted(namespaces.names())
    if not named:
        raise NotFoundError(
            "ip netns list",
            _("There is no named network namespace to look from."),
            _("Create one: `ip netns add netns1`."),
        )
    return named[0]


C04 = Claim(
    "C04",
    lesson=_LESSON,
    summary=lambda: _(
        "Processes in one namespace notice each other's changes and know nothing of the outside."
    ),
    experiment=_who_sees_whom,
    examine=_judge_sight,
    place="1.4",
)
