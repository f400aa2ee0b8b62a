"""The subcommands of `ip netns`: claim C12."""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import finding, ip, lines
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.companions import eventually, is_program, running
from nslabkit.net import namespaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class SubcommandAnswers:
    """What ``ip netns`` answers about one namespace, and the kernel's own numbers beside it.

    Attributes
    ----------
    names : tuple of str
        ``ip netns list``.
    aliases : tuple of str
        Those of them that are names of this namespace.
    inode : int
        The namespace's number, as its file shows it.
    inside : str
        ``ip netns exec NAME readlink /proc/self/ns/net``.
    pids : dict of int to int
        ``ip netns pids NAME``, each with the number of the namespace that it is in.
    identified : str
        ``ip netns identify PID`` for the first of them: one of its names.
    identity : int or None
        Its id in ``ip netns list-id``.
    """

    names: tuple[str, ...]
    aliases: tuple[str, ...]
    inode: int
    inside: str
    pids: Mapping[int, int]
    identified: str
    identity: int | None


def _ask(name: str) -> SubcommandAnswers:
    inode = namespaces.namespace(name).inode
    listed = tuple(line.split()[0] for line in lines(ip("netns list")))
    aliases = tuple(each for each in listed if namespaces.namespace(each).inode == inode)
    pids = {
        int(pid): namespaces.namespace(int(pid)).inode for pid in ip(f"netns pids {name}").split()
    }
    first = next(iter(pids), None)
    ids = json.loads(ip("-j netns list-id") or "[]")
    return SubcommandAnswers(
        names=listed,
        aliases=aliases,
        inode=inode,
        inside=ip(f"netns exec {name} readlink /proc/self/ns/net").strip(),
        pids=pids,
        identified="" if first is None else ip(f"netns identify {first}").strip(),
        # One line for each id, with one of the namespace's names.
        identity=next((row["nsid"] for row in ids if row.get("name") in aliases), None),
    )


def _every_subcommand() -> Mapping[str, Any]:
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.NamedTemporaryFile())
        monitor = ["stdbuf", "-oL", "ip", "netns", "monitor"]
        stack.enter_context(running(monitor, _watches, log.file))
        ip("netns add netns1")
        ip("netns add short")
        ip("netns del short")
        ip("netns set netns1 auto")  # a number may still belong to one that is going
        sleeper = ["ip", "netns", "exec", "netns1", "sleep", "60"]
        pid = stack.enter_context(running(sleeper, is_program("sleep")))
        ip(f"netns attach nickname {pid}")
        written = Path(log.name)
        eventually(lambda: "add nickname" in written.read_text())
        return {"log": written.read_text(), "answers": _ask("netns1")}


def _watches(pid: int) -> bool:
    """Whether a process has begun to watch a folder (``inotify(7)``)."""
    return any("inotify" in entry.read_text() for entry in Path(f"/proc/{pid}/fdinfo").iterdir())


def _judge_commands(
    log: str | Sequence[str] = "", name: str = "netns1", answers: SubcommandAnswers | None = None
) -> Finding:
    said = _ask(name) if answers is None else answers
    events = lines(log)
    removed = {event.removeprefix("delete ") for event in events if event.startswith("delete ")}
    return finding(
        [
            (f"add {name}" in events, _("The log of `ip netns monitor` has no line “add {name}”.")),
            (
                bool(removed - set(said.names)),
                _("The log of `ip netns monitor` shows no name that was removed and stayed away."),
            ),
            (name in said.names, _("`ip netns list` does not show {name}.")),
            (
                said.inside == f"net:[{said.inode}]",
                _("`ip netns exec` led to a namespace other than {name}."),
            ),
            (bool(said.pids), _("`ip netns pids` shows no process: start one in {name}.")),
            (
                set(said.pids.values()) <= {said.inode},
                _("`ip netns pids` named a process that is elsewhere."),
            ),
            (
                said.identified in said.aliases,
                _("`ip netns identify` does not lead back to {name}."),
            ),
            (
                len(said.aliases) > 1,
                _("The namespace has only one name: give it a second one with `ip netns attach`."),
            ),
            (said.identity is not None, _("{name} has no id: give it one with `ip netns set`.")),
        ],
        _(
            "`ip netns` creates, lists, enters, queries, changes and removes; what it says is what "
            "the kernel says."
        ),
        [
            ("ip netns monitor", "\n".join(events)),
            ("ip netns list", ", ".join(said.names)),
            (f"ip netns exec {name} readlink /proc/self/ns/net", said.inside),
            (f"ip netns pids {name}", ", ".join(map(str, said.pids)) or "-"),
            ("ip netns identify", said.identified or "-"),
            ("ip netns list-id", "-" if said.identity is None else f"nsid {said.identity}"),
        ],
        name=name,
    )


C12 = Claim(
    "C12",
    lesson="02_own_namespace",
    summary=lambda: _("`ip netns` creates, removes, queries and changes network namespaces."),
    experiment=_every_subcommand,
    examine=_judge_commands,
    place="3.1",
)
