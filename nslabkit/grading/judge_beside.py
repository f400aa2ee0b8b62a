"""The judge beside the sandbox: what does the kernel hold, whatever the notebook says?

A notebook's kernel runs a learner's code, which can rewrite `lab.check`, print any verdict, cover
``/bin/ping`` by a mount, and trace or end whatever is its own.  So the judge is a process of the
grader's that takes from the sandbox only what is to be judged: its network, its host name, its
process numbers and its ``/run``, where ``ip netns`` keeps names.  All programs and files that it
uses are those outside.

It stands in the sandbox's *outer* user namespace (decision 011).  There it may do what root of the
sandbox may, but the sandbox's root has no capability over it: neither the judge nor a command that
it runs can be traced from inside (``ptrace(2)``).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base import own_machine
from nslabkit.base.errors import NslabError
from nslabkit.course import variants
from nslabkit.grading import netns_files
from nslabkit.machine.sandbox.launcher import ADMIN_FOLDERS
from nslabkit.machine.system_calls import (
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    StageError,
    clone_tree,
    die_with_parent,
    hide_from_tracers,
    join,
    join_namespace,
    keep_capabilities,
    mount,
    move_tree,
    unshare,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_STRICT = MS_NOSUID | MS_NODEV | MS_NOEXEC
_OF_THE_NOTEBOOK = ("net", "uts", "ipc", "cgroup")
_NOTEBOOK = 1  # the sandbox's process 1 has the namespaces of the notebook's kernel
_MOST = 1 << 16  # bytes of an answer
_ENVIRONMENT = ("LANG", "LC_ALL", "NSLAB_LANG", variants.VARIANT, "PATH", "TZ")


@dataclass(frozen=True)
class Machine:
    """A sandbox that runs.

    Attributes
    ----------
    launcher : int
        The process that stands outside: in the outer user namespace.
    first : int
        The sandbox's process 1, by its number out here.
    map : str
        The uid map in force (`nslabkit.machine.sandbox.id_maps`).
    """

    launcher: int
    first: int
    map: str


def judged(task: str) -> dict[str, Any]:
    """Judge a task where this process stands, by the kit's own check; for `ask`."""
    from nslabkit.course import checks
    from nslabkit.course.tasks import waiting

    waiting.stand_beside(_NOTEBOOK)
    found = checks.task(task)
    return {"passed": bool(found), "sentence": found.sentence}


def ask(machine: Machine, question: Callable[[], Any], seconds: float) -> Any:  # noqa: ANN401 - what `question` returns, by JSON
    """Call `question` beside the sandbox and return what it returns; None where no answer came.

    The caller must have one thread only, and is not changed.

    Parameters
    ----------
    machine : Machine
        The sandbox.
    question : callable
        Returns what JSON can carry.
    seconds : float
        How long to wait for the answer.
    """
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _answer(machine, question, said)
    os.close(said)
    try:
        text = _read(heard, seconds)
    finally:
        os.close(heard)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)  # and with it the judge, which it is the parent of
        os.waitpid(child, 0)
    try:
        return json.loads(text)
    except ValueError:
        return None


def _read(pipe: int, seconds: float) -> bytes:
    import time

    until, text = time.monotonic() + seconds, b""
    while len(text) < _MOST:
        if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            return b""
        part = os.read(pipe, _MOST)
        if not part:
            break
        text += part
    return text


def _answer(machine: Machine, question: Callable[[], Any], said: int) -> None:
    """Be the process between: go beside the sandbox, and start the judge there; never returns."""
    status = 1
    try:
        die_with_parent(signal.SIGKILL)
        outside = str(Path("/proc/self/ns/net").readlink())
        names, own_files = _go_beside(machine)
        # Only a child is in the PID namespace that was joined (setns(2)).
        judge = os.fork()
        if judge == 0:
            netns_files.show(own_files)
            _judge(machine, question, names, outside, said)
        os.close(said)
        status = os.waitstatus_to_exitcode(os.waitpid(judge, 0)[1])
    except (StageError, OSError):
        pass  # the sandbox has ended, or has no room for one more process: no answer is said
    finally:
        os._exit(status & 0xFF)


def _go_beside(machine: Machine) -> tuple[int, dict[str, bytes]]:
    """Join what is to be judged, with this process's own files.

    Returns
    -------
    tuple
        A copy of the sandbox's ``/run``, and its files of ``/etc/netns``.
    """
    launcher, first = os.pidfd_open(machine.launcher), os.pidfd_open(machine.first)
    join(launcher, ("user",))
    join(first, ("pid",))
    unshare("mnt")
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    own = os.open("/proc/self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
    join(first, ("mnt",))  # until the way back nothing may be imported: files are the notebook's
    names, own_files = clone_tree("/run", recursive=True), netns_files.read()
    join_namespace(own, "mnt")
    join(first, _OF_THE_NOTEBOOK)
    os.chdir("/")
    return names, own_files


def _judge(
    machine: Machine, question: Callable[[], Any], names: int, outside: str, said: int
) -> None:
    """Be the judge: look, and say what was found; never returns."""
    status = 1
    try:
        die_with_parent(signal.SIGKILL)
        mount("proc", "/proc", "proc", _STRICT)
        move_tree(names, "/run")
        _mount_sys()
        hide_from_tracers()
        if machine.map == "self":
            keep_capabilities()
        _own_environment(machine, outside)
        _be_quiet(said)
        os.write(said, json.dumps(question()).encode())
        status = 0
    except NslabError as error:
        os.write(said, json.dumps({"passed": False, "sentence": error.reason}).encode())
    except (StageError, OSError):
        pass  # no answer is said
    finally:
        os._exit(status)


def _mount_sys() -> None:
    """Show the sandbox's interfaces in ``/sys``, which ``ip netns exec`` wants to mount anew."""
    for flags in (_STRICT, _STRICT | MS_RDONLY):
        try:
            mount("sysfs", "/sys", "sysfs", flags)
        except StageError:
            continue
        return


def _own_environment(machine: Machine, outside: str) -> None:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    path = kept.get("PATH", os.defpath).split(":")
    kept["PATH"] = ":".join([*path, *(one for one in ADMIN_FOLDERS if one not in path)])
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update({own_machine.SANDBOX: machine.map, own_machine.OUTSIDE: outside})
    # For the Python programs that judges start: nothing of anybody's home.
    os.environ.update(HOME="/", PYTHONNOUSERSITE="1", PYTHONSAFEPATH="1")


def _be_quiet(said: int) -> None:
    """Let nothing but the answer be heard."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        if number != said:
            os.dup2(nowhere, number)
