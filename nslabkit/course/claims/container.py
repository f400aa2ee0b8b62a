"""A container made of namespaces, and whether it looks like a host: claims C03 and C10."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims import box
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.insiders import hostname, said
from nslabkit.course.claims.membership import (
    CHAPTER_KINDS,
    elsewhere,
    names,
    numbers,
    pids_inside,
    same_file,
)
from nslabkit.net import addresses, cgroups, links, routes

if TYPE_CHECKING:
    from collections.abc import Mapping

_LESSON = "07_container"


def _candidate(pid: int | None) -> int:
    """Return process 1 of another PID namespace that shares least with us, if none is given."""
    if pid is not None:
        return pid
    own = numbers()
    found = elsewhere("pid")
    first = [one for one in found if names(one)[-1] == 1] or found

    def shared(one: int) -> int:
        theirs = numbers(one)
        return sum(theirs[kind] == own[kind] for kind in CHAPTER_KINDS)

    return min(first, key=shared)


# C03: a container is namespaces


def _container() -> Mapping[str, Any]:
    with box.container() as pid:
        box.connect(pid)
        return {"finding": _look_at_container(pid)}


def _judge_container(pid: int | None = None, finding: Finding | None = None) -> Finding:
    return finding if finding is not None else _look_at_container(_candidate(pid))


def _look_at_container(pid: int) -> Finding:
    own, theirs = numbers(), numbers(pid)
    shared = [kind for kind in CHAPTER_KINDS if own[kind] == theirs[kind]]
    limit = cgroups.memory_limit(pid)
    domain = f"nsenter --uts=/proc/{pid}/ns/uts cat /proc/sys/kernel/domainname"
    evidence = [
        ("hostname", f"{said('hostname')} / {hostname(pid)}"),
        (_("processes that it sees"), " ".join(map(str, pids_inside(pid)))),
        (f"ls /proc/{pid}/root", _listing(pid)),
        ("ip -br addr", ", ".join(one.address for one in addresses.addresses(pid)) or "-"),
        (f"cat /proc/{pid}/uid_map", _text(f"/proc/{pid}/uid_map")),
        (_("domain name (NIS, not DNS)"), said(domain)),
        (_("memory limit"), _("none") if limit is None else _bytes(limit)),
    ]
    return finding(
        [
            (
                not shared,
                _("process {pid} shares with this notebook: {shared}. A pod's containers do so."),
            ),
            (
                names(pid)[-1] == 1,
                _("process {pid} is not the first one of its PID namespace."),
            ),
            (not same_file(pid), _("process {pid} has our own root file system.")),
            (hostname(pid) != said("hostname"), _("process {pid} has our own host name.")),
        ],
        _(
            "process {pid} has its own hostname, processes, files, network and root "
            "user: namespaces, put together, are a container."
        ),
        evidence,
        pid=pid,
        shared=enumeration(shared),
    )


def _listing(pid: int) -> str:
    return " ".join(sorted(path.name for path in Path(f"/proc/{pid}/root").iterdir()))


def _text(path: str) -> str:
    return " ".join(Path(path).read_text(encoding="utf-8").split())


def _bytes(number: int) -> str:
    return f"{number / 2**20:g} MiB"


C03 = Claim(
    "C03",
    lesson=_LESSON,
    summary=lambda: _("Namespaces were made above all for light virtualisation: containers."),
    experiment=_container,
    examine=_judge_container,
    place="1.3",
)


# C10: like a separate host, but for what gives it away


def _separate() -> Mapping[str, Any]:
    with box.container() as pid:
        box.connect(pid)
        return {"finding": _look_at_host(pid)}


def _judge_host(pid: int | None = None, finding: Finding | None = None) -> Finding:
    return finding if finding is not None else _look_at_host(_candidate(pid))


def _look_at_host(pid: int) -> Finding:
    ours = {row.address for row in addresses.addresses()}
    theirs = {row.address for row in addresses.addresses(pid) if row.link != "lo"}
    ways = [way for way in routes.routes(pid) if way.destination == "default"]
    evidence = [
        ("ip -br link", f"{_links(None)} / {_links(pid)}"),
        ("ip -br addr", ", ".join(sorted(theirs)) or "-"),
        ("ip route show default", ", ".join(str(way.via) for way in ways) or "-"),
        ("uname -r", _both(pid, "uname -r")),
        ("date +%F", _both(pid, "date +%F")),
        ("grep -c ^processor /proc/cpuinfo", _both(pid, "grep -c ^processor /proc/cpuinfo")),
    ]
    return finding(
        [
            (
                numbers(pid)["net"] != numbers()["net"],
                _("process {pid} is in our own network namespace."),
            ),
            (
                bool(theirs) and not theirs & ours,
                _("process {pid} has no address of its own besides lo's: give its link one."),
            ),
            (bool(ways), _("process {pid} has no default route: it knows no way out.")),
        ],
        _(
            "in the network it is a host of its own, with address and default route; Linux "
            "version, clock and processors give away that it is the same machine."
        ),
        evidence,
        pid=pid,
    )


def _links(pid: int | None) -> str:
    return " ".join(link.name for link in links.links(pid))


def _both(pid: int, command: str) -> str:
    """Return what a command says here and there, with our programs and its other namespaces."""
    enter = f"nsenter --target {pid} --uts --net --ipc"
    return f"{said(command)} / {said(f'{enter} {command}')}"


C10 = Claim(
    "C10",
    lesson=_LESSON,
    summary=lambda: _(
        "A virtual machine or a container in a namespace of its own looks like a separate host."
    ),
    experiment=_separate,
    examine=_judge_host,
    place="2.1",
)
