"""The name and content of a new network namespace: claims C13 and C15."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import finding, ip, lines, one_ping
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.companions import running
from nslabkit.course.verdict import Outcome
from nslabkit.net import links, namespaces
from nslabkit.net.link_names import FALLBACK
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LESSON = "02_own_namespace"
_FOLDER = "/run/netns"


# C13: the mount point


def _named_and_unnamed() -> Mapping[str, Any]:
    namespaces.add("netns1")
    own = HOST.inode
    by_hand = Path(_FOLDER, "handmade")

    def left(pid: int) -> bool:
        return namespaces.namespace(pid).inode != own

    with running(["unshare", "--net", "sleep", "60"], left) as pid:
        before = ip("netns list")
        by_hand.touch()
        HOST.run(["mount", "--bind", f"/proc/{pid}/ns/net", str(by_hand)], check=True, quiet=True)
        return {"before": before, "inode": namespaces.namespace(pid).inode}


def _judge_mount(
    before: str | Sequence[str] | None = None,
    pid: int | str | Sequence[str] | None = None,
    inode: int | None = None,
    name: str = "netns1",
    by_hand: str = "handmade",
) -> Finding:
    unnamed = _number(pid) if inode is None else inode
    if not before or unnamed is None:
        return Finding(
            Outcome.UNKNOWN,
            _(
                "The evidence is missing: what `ip netns` listed before the mount by hand, and the "
                "process id of `unshare`."
            ),
        )
    mounts = _mounts()
    listed = [line.split()[0] for line in lines(before)]
    inside = "-"
    if name in mounts:
        inside = ip(f"netns exec {name} readlink /proc/self/ns/net").strip()
    return finding(
        [
            (
                name in mounts,
                _("Nothing of type nsfs is mounted on {path}.").format(path=f"{_FOLDER}/{name}"),
            ),
            (
                mounts.get(name) == inside,
                _(
                    "The namespace mounted on {path} is not the one that `ip netns exec` enters."
                ).format(path=f"{_FOLDER}/{name}"),
            ),
            (
                by_hand not in listed,
                _("{name} was listed before it was mounted.").format(name=by_hand),
            ),
            (
                mounts.get(by_hand) == f"net:[{unnamed}]",
                _("{path} is not a mount of the namespace that `unshare` made.").format(
                    path=f"{_FOLDER}/{by_hand}"
                ),
            ),
        ],
        _(
            "A mount of type nsfs keeps the namespace; `ip` makes that mount, not the "
            "kernel: the namespace made by `unshare` was listed only after it was "
            "mounted by hand."
        ),
        [
            *((f"/proc/self/mountinfo: {_FOLDER}/{each}", root) for each, root in mounts.items()),
            (f"ip netns exec {name} readlink /proc/self/ns/net", inside),
            (_("`ip netns` before the mount by hand"), ", ".join(listed)),
            (_("the namespace that `unshare` made"), f"net:[{unnamed}]"),
        ],
    )


def _number(pid: int | str | Sequence[str] | None) -> int | None:
    """Return the number of the namespace that a process is in, by its id or a cell's output."""
    said = lines(str(pid) if isinstance(pid, int) else pid or "")
    if len(said) != 1 or not said[0].isdecimal():
        return None  # nothing, or cat's complaint
    return namespaces.namespace(int(said[0])).inode


def _mounts() -> dict[str, str]:
    """Return the names in /run/netns on which a namespace is mounted, with its identity.

    The fields of a line are those of ``proc_pid_mountinfo(5)``; octal escapes cannot appear in
    the names that the lessons use.
    """
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        root, point, kind = fields[3], Path(fields[4]), fields[fields.index("-") + 1]
        if kind == "nsfs" and str(point.parent) == _FOLDER:
            mounts[point.name] = root
    return mounts


C13 = Claim(
    "C13",
    lesson=_LESSON,
    summary=lambda: _("`ip netns add` makes a mount point under /var/run/netns."),
    experiment=_named_and_unnamed,
    examine=_judge_mount,
    place="3.3",
)


# C15: what is in a new one


def _fresh() -> None:
    namespaces.add("netns1")


def _judge_new(name: str = "netns1") -> Finding:
    there = list(links.links(name))
    surplus = {link.name for link in there} - {"lo"}
    loopback = links.link("lo", name)
    ping = one_ping(namespaces.namespace(name), "127.0.0.1", 1)
    said = (ping.stderr + ping.stdout).strip()
    tunnels = ", ".join(sorted(surplus & FALLBACK))
    return finding(
        [
            (
                surplus <= FALLBACK,
                _("{name} has more than lo: {links}.").format(
                    name=name, links=enumeration(sorted(surplus - FALLBACK))
                ),
            ),
            (
                not any(link.up for link in there),
                _("lo is up: somebody set it up in {name}.").format(name=name)
                if loopback.up
                else _("An interface of {name} is up.").format(name=name),
            ),
            (ping.returncode != 0, _("127.0.0.1 answered although lo is down.")),
        ],
        _("{name} has only lo, and it is down: not even 127.0.0.1 can be reached.").format(
            name=name
        )
        if not tunnels
        else _(
            "{name} has lo, down, and devices for tunnels that this kernel adds: {links}."
        ).format(name=name, links=tunnels),
        [
            *(
                (f"ip -n {name} link show {link.name}", ",".join(link.json["flags"]))
                for link in there
            ),
            (f"ip netns exec {name} ping 127.0.0.1", said.splitlines()[-1] if said else "-"),
        ],
    )


C15 = Claim(
    "C15",
    lesson=_LESSON,
    summary=lambda: _("A new network namespace holds only the loopback device lo, and it is down."),
    experiment=_fresh,
    examine=_judge_new,
    place="3.5",
)
