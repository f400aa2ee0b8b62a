"""The protocol stack of a network namespace: what is its own, what is shared?  Claim C09."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.companions import running
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nslabkit.net.namespaces import Namespace

_PORT = 8080
_SETTING = "net.ipv4.ip_local_port_range"
_RANGE = "40000 40009"
_ABSTRACT = "@meeting"
_LISTENER = """
import socket, time
doors = [socket.socket(), socket.socket(socket.AF_UNIX)]
doors[0].bind(("", 8080))
doors[1].bind("\\0meeting")
for door in doors:
    door.listen()
time.sleep(600)
"""
_LATE = 30  # seconds that two looks at one clock may lie apart on a slow machine


@dataclass(frozen=True)
class Stack:
    """What one namespace answers about its protocol stack.

    Attributes
    ----------
    setting : str
        A ``net.ipv4`` setting, as ``sysctl -n`` prints it.
    ports : tuple of str
        Where its TCP sockets listen, ``ss -Hltn``.
    abstract : tuple of str
        Unix sockets without a file, of ``/proc/net/unix``.
    devices : tuple of str
        Interfaces in ``/proc/net/dev``.
    file : str
        Device and inode number of the file ``/etc/os-release``.
    clock : float
        Seconds since 1970.
    processors : str
        ``nproc``.
    """

    setting: str
    ports: tuple[str, ...]
    abstract: tuple[str, ...]
    devices: tuple[str, ...]
    file: str
    clock: float
    processors: str


def stack(where: Namespace) -> Stack:
    """Ask one namespace about its stack, with the commands a learner would use.

    Raises
    ------
    NotFoundError, CommandError
        The namespace or a program is missing.
    """

    def answer(*command: str) -> str:
        return where.run(list(command), check=True, quiet=True).stdout.strip()

    unix = (line.split() for line in answer("cat", "/proc/net/unix").splitlines()[1:])
    return Stack(
        setting=" ".join(answer("sysctl", "-n", _SETTING).split()),
        ports=tuple(line.split()[3] for line in answer("ss", "-Hltn").splitlines()),
        abstract=tuple(sorted({words[-1] for words in unix if words[-1].startswith("@")})),
        devices=tuple(
            line.partition(":")[0].strip()
            for line in answer("cat", "/proc/net/dev").splitlines()
            if ":" in line
        ),
        file=answer("stat", "-c", "%d:%i", chapter.FILE),
        clock=float(answer("date", "+%s")),
        processors=answer("nproc"),
    )


def _two_stacks() -> Mapping[str, Any]:
    chapter.addressed()
    first, second = namespaces.namespace("netns1"), namespaces.namespace("netns2")
    chapter.sysctl(first, f"{_SETTING}={_RANGE}")
    listener = [sys.executable, "-I", "-S", "-c", _LISTENER]
    with ExitStack() as programs:
        for where in (first, second):
            # Ready when the last thing it opens is there.
            programs.enter_context(
                running(["ip", "netns", "exec", str(where.name), *listener], _listens)
            )
        return {"stacks": _look(str(first.name), str(second.name)), "now": time.time()}


def _listens(pid: int) -> bool:
    return _ABSTRACT in Path(f"/proc/{pid}/net/unix").read_text()


def _look(one: str, two: str) -> dict[str, Stack]:
    return {
        one: stack(namespaces.namespace(one)),
        two: stack(namespaces.namespace(two)),
        _("host"): stack(HOST),
    }


def _judge_stack(
    stacks: Mapping[str, Stack] | None = None,
    now: float | None = None,
    one: str = "netns1",
    two: str = "netns2",
) -> Finding:
    by_name = _look(one, two) if stacks is None else dict(stacks)
    first, second, host = by_name[one], by_name[two], by_name[_("host")]
    clocks = [each.clock - (time.time() if now is None else now) for each in by_name.values()]
    port = f":{_PORT}"
    listening = [
        name for name, each in by_name.items() if any(p.endswith(port) for p in each.ports)
    ]
    named = [name for name, each in by_name.items() if _ABSTRACT in each.abstract]
    return finding(
        [
            (
                first.setting != host.setting,
                _("{setting} is the same in {name} and on the host: change it in {name}.").format(
                    setting=_SETTING, name=one
                ),
            ),
            (
                second.setting == host.setting,
                _("{setting} has changed in {name}, too.").format(setting=_SETTING, name=two),
            ),
            (
                one in listening and _("host") not in listening,
                _(
                    "Port {port} should have a listener in {one}, and none on the host; "
                    "seen: {names}."
                ).format(port=_PORT, one=one, names=enumeration(listening) or "-"),
            ),
            (
                _("host") not in named and bool(named),
                _(
                    "The abstract socket {socket} should be in the namespaces and not "
                    "on the host; found: {names}."
                ).format(socket=_ABSTRACT, names=enumeration(named) or "-"),
            ),
            (
                first.devices != host.devices,
                _("/proc/net/dev reads the same in {name} and on the host.").format(name=one),
            ),
            (
                len({(each.file, each.processors) for each in by_name.values()}) == 1,
                _("Files or processors differ, which a network namespace alone does not cause."),
            ),
            (
                all(abs(late) < _LATE for late in clocks),
                _("The clocks differ, which a network namespace alone does not cause."),
            ),
        ],
        _(
            "Settings, ports, abstract sockets and /proc/net belong to each namespace; "
            "files, clock and processors are shared."
        ),
        [
            *_rows(_SETTING, {name: each.setting for name, each in by_name.items()}),
            *_rows("ss -ltn", {name: ", ".join(each.ports) for name, each in by_name.items()}),
            *_rows(
                "/proc/net/unix", {name: ", ".join(each.abstract) for name, each in by_name.items()}
            ),
            *_rows(
                "/proc/net/dev", {name: ", ".join(each.devices) for name, each in by_name.items()}
            ),
            *_rows(
                f"stat -c %d:%i {chapter.FILE}", {name: each.file for name, each in by_name.items()}
            ),
            *_rows("nproc", {name: each.processors for name, each in by_name.items()}),
        ],
    )


def _rows(label: str, answers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(label, "\n".join(f"{name}: {text or '-'}" for name, text in answers.items()))]


C09 = Claim(
    "C09",
    lesson="02_own_namespace",
    summary=lambda: _("A network namespace has its own protocol stack."),
    experiment=_two_stacks,
    examine=_judge_stack,
    place="2.1",
)
