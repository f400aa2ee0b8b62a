"""Keepers: what keeps a network namespace alive?  Claim C14.

A veth pair leads from the host into the namespace.  When the namespace dies its end of the pair
dies, and the host's end with it: so a look at the host's own interfaces tells.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import finding, lines
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.companions import eventually, running
from nslabkit.course.verdict import Outcome
from nslabkit.net import links, namespaces
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

_NAME = "kept"
_IN_THE_LESSON = ("name", "process")  # the others are for the learner to find
# A socket made inside is carried out of the namespace: the file descriptor survives both execs.
_CARRY_OUT = "exec 9<>/dev/udp/127.0.0.1/9; exec nsenter --net=/proc/1/ns/net sleep 60"


def _keepers() -> dict[str, Callable[[], AbstractContextManager[object]]]:
    """Return what can keep a namespace, in the order of the lesson, by its evidence's key."""
    return {
        "name": nullcontext,
        "process": lambda: running(["ip", "netns", "exec", _NAME, "sleep", "60"], _is_inside),
        "file": _open_file,
        "socket": lambda: running(
            ["ip", "netns", "exec", _NAME, "bash", "-c", _CARRY_OUT], _is_out
        ),
    }


def _is_inside(pid: int) -> bool:
    return namespaces.namespace(pid).inode == namespaces.namespace(_NAME).inode


def _is_out(pid: int) -> bool:
    """Whether a process has a socket as file descriptor 9 and is on the host again."""
    socket = str(Path(f"/proc/{pid}/fd/9").readlink()).startswith("socket:")
    return socket and namespaces.namespace(pid).inode == HOST.inode


@contextmanager
def _open_file() -> Iterator[None]:
    descriptor = os.open(namespaces.namespace(_NAME).path, os.O_RDONLY)
    try:
        yield
    finally:
        os.close(descriptor)


def _remove_each_keeper() -> Mapping[str, Any]:
    kept, lost = {}, {}
    for keeper, held in _keepers().items():
        namespaces.add(_NAME)
        links.add_veth("wire", "inside", peer_namespace=_NAME)
        links.up("lo", namespace=_NAME)
        with held():
            if keeper != "name":
                namespaces.remove(_NAME)
            let_the_kernel_tidy_up()
            kept[keeper] = _said_of_the_wire()
        if keeper == "name":
            namespaces.remove(_NAME)
        eventually(lambda: not _is_there("wire"))
        lost[keeper] = _said_of_the_wire()
    return {"kept": kept, "lost": lost}


def _said_of_the_wire() -> list[str]:
    answer = HOST.run("ip -br link show wire", quiet=True)
    return lines(answer.stdout + answer.stderr)


def _is_there(link: str) -> bool:
    return any(found.name == link for found in links.links())


def let_the_kernel_tidy_up() -> None:
    """Wait until what was given up before now is gone.

    The kernel removes namespaces one batch after the other (``cleanup_net``): once one that is
    given up now has gone, so has every one that was given up earlier.  A closed netlink socket
    gives its namespace up only a moment later, at the latest when a batch ends (``rcu_barrier``):
    hence two batches.
    """
    for _batch in range(2):
        namespaces.add("fence")
        links.add_veth("fence", "inside", peer_namespace="fence")
        namespaces.remove("fence")
        eventually(lambda: not _is_there("fence"))


def _judge_keepers(
    kept: Mapping[str, str | Sequence[str]] | None = None,
    lost: Mapping[str, str | Sequence[str]] | None = None,
) -> Finding:
    """Judge by what ``ip -br link show wire`` said with each keeper, and without it."""
    held, gone = kept or {}, lost or {}
    words = {
        "name": _("a name, and no process"),
        "process": _("a process, and no name"),
        "file": _("an open file descriptor for it"),
        "socket": _("an open socket made in it"),
    }
    tried = {keeper: what for keeper, what in words.items() if keeper in held and keeper in gone}
    missing = [words[keeper] for keeper in _IN_THE_LESSON if keeper not in tried]
    rows = [
        (what, f"{_shown(held.get(keeper))}\n{_shown(gone.get(keeper))}")
        for keeper, what in words.items()
        if keeper in _IN_THE_LESSON or keeper in tried
    ]
    if missing:
        sentence = _("Not tried yet: {keepers}.").format(keepers=enumeration(missing, ";"))
        return Finding(Outcome.UNKNOWN, sentence, tuple(rows))
    died = _("It did not survive with this alone: {keeper}.")
    stayed = _("It survived after this was taken away: {keeper}.")
    conditions = []
    for keeper, what in tried.items():
        conditions.append((_names_the_wire(held[keeper]), died.format(keeper=what)))
        conditions.append((not _names_the_wire(gone[keeper]), stayed.format(keeper=what)))
    if len(tried) == len(words):
        text = _(
            "The name alone keeps it, with no process in it. So does a process, an "
            "open file descriptor or an open socket, without any name; when the last "
            "of them goes, so does the namespace."
        )
    else:
        text = _(
            "The name alone keeps it, with no process in it. So does a process without any name; "
            "with the last of them it is gone."
        )
    return finding(conditions, text, rows)


def _names_the_wire(said: str | Sequence[str]) -> bool:
    """Whether ip described the link, rather than saying that it does not exist."""
    return any(line.startswith("wire@") for line in lines(said))


def _shown(said: str | Sequence[str] | None) -> str:
    return "?" if said is None else " ".join(lines(said))


C14 = Claim(
    "C14",
    lesson="02_own_namespace",
    summary=lambda: _("The mount point keeps a network namespace alive with no process in it."),
    experiment=_remove_each_keeper,
    examine=_judge_keepers,
    place="3.3",
)
