"""Checks of the machine's limits: memory, namespaces, sub-uids, a folder for sockets."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

from nslabkit.base.language import translate as _
from nslabkit.doctor.check import Check, Status
from nslabkit.machine import kernel_settings, socket_folder
from nslabkit.machine.sandbox.id_maps import next_free_range, sub_id_ranges
from nslabkit.machine.sandbox.sandbox_diagnosis import diagnose
from nslabkit.machine.system_calls import StageError

# JupyterLab's server and one sandbox kernel took 117 MiB together (their shares of memory as
# /proc/PID/smaps_rollup counts them, Debian 12, JupyterLab 4.6); pictures take more.
_LEAST_MEMORY = 128
_GOOD_MEMORY = 400
# A lesson makes up to ten network namespaces, and several notebooks may be open.
_GOOD_LIMIT = 50
_MIB = 1024 * 1024


def checks(*, sandbox_needed: bool = True) -> tuple[Check, ...]:
    """Check what does not need a sandbox.

    Parameters
    ----------
    sandbox_needed : bool
        False where the lessons run on a Linux kernel of their own: then what only a sandbox
        needs is no failure.
    """
    every = (sub_ids(), limits(), folder(), memory())
    if sandbox_needed:
        return every
    only = ("sub-uids", "limits")
    return tuple(
        replace(check, status=Status.WARN)
        if check.name in only and check.status is Status.FAIL
        else check
        for check in every
    )


def sub_ids() -> Check:
    """Return whether further users can exist in a sandbox (``subuid(5)``)."""
    title = _("sub-uids")
    if os.geteuid() == 0:
        return Check("sub-uids", title, Status.OK, _("not needed by root"))
    found = sub_id_ranges(os.geteuid())
    if found is not None:
        first, count = found[0]
        return Check("sub-uids", title, Status.OK, f"/etc/subuid: {first}–{first + count - 1}")
    return Check(
        "sub-uids",
        title,
        Status.WARN,
        _(
            "no entries for you in /etc/subuid and /etc/subgid; the map `self` is "
            "used, in which you keep your own uid and some programs refuse to act as "
            "root"
        ),
        _(
            "The administrator, if a lesson asks for it: `sudo usermod --add-subuids {range} "
            "--add-subgids {range} USER`, with your user name for USER; nobody has that range in "
            "/etc/subuid now"
        ).format(range=next_free_range()),
    )


def limits() -> Check:
    """Return whether enough namespaces may be made (``proc_sys_user(5)``)."""
    title = "user.max_*_namespaces"
    numbers = {kind: n for kind, n in kernel_settings.read().limits.items() if n is not None}
    if not numbers:
        return Check("limits", title, Status.WARN, _("unreadable: /proc/sys/user"), _sysctl("user"))
    kind = min(numbers, key=lambda kind: numbers[kind])
    lowest = _("the lowest: user.max_{kind}_namespaces = {number}").format(
        kind=kind, number=numbers[kind]
    )
    if numbers[kind] >= _GOOD_LIMIT:
        return Check("limits", title, Status.OK, lowest)
    status = Status.WARN if numbers[kind] else Status.FAIL
    return Check("limits", title, status, lowest, _sysctl(kind))


def _sysctl(kind: str) -> str:
    return _(
        "The administrator: `sudo sysctl -w user.max_{kind}_namespaces=15000`, and the same line "
        "without `sudo sysctl -w` in /etc/sysctl.d/60-nslabkit.conf to keep it"
    ).format(kind=kind)


def folder() -> Check:
    """Return whether a kernel finds a short folder in which it can open a socket."""
    title = _("folder for sockets")
    try:
        made = socket_folder.make()
    except StageError as failed:
        error = diagnose(failed)
        return Check("folder", title, Status.FAIL, error.reason, error.fix)
    place = str(made.path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as trial:
            trial.bind(f"{made.address}-1")
    except OSError as error:
        return Check("folder", title, Status.FAIL, f"{place}: {error.strerror}", _other_folder())
    finally:
        made.remove()
    wanted = os.environ.get("NSLAB_TMP")
    if wanted and Path(wanted) != Path(place):
        seen = _("NSLAB_TMP={wanted} cannot be used; {place} is used instead").format(
            wanted=wanted, place=place
        )
        return Check("folder", title, Status.WARN, seen, _other_folder())
    return Check("folder", title, Status.OK, place)


def _other_folder() -> str:
    return _(
        "You: set NSLAB_TMP to a folder of your own with a short path outside /run, "
        "for example `mkdir -m 700 ~/t; export NSLAB_TMP=~/t`"
    )


def memory(proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> Check:
    """Return whether JupyterLab and a kernel find room (``proc_meminfo(5)``, control groups)."""
    title = _("free memory")
    free = available(proc)
    left = _left_in_group(groups)
    if left is not None and (free is None or left < free):
        free = left
    if free is None:
        return Check("memory", title, Status.WARN, _("unreadable: /proc/meminfo"), _close())
    seen = f"{free} MiB"
    if free >= _GOOD_MEMORY:
        return Check("memory", title, Status.OK, seen)
    status = Status.FAIL if free < _LEAST_MEMORY else Status.WARN
    return Check("memory", title, status, seen, _close())


def _close() -> str:
    return _(
        "You: close other programs and shut down kernels (`nslabkit ps` lists them). Or the "
        "administrator: give the machine or container at least {good} MiB more."
    ).format(good=_GOOD_MEMORY)


def available(proc: Path) -> int | None:
    """Return how many MiB of memory programs could still have; None where nothing says so."""
    try:
        lines = (proc / "meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) // 1024 if found else None


def _left_in_group(groups: Path) -> int | None:
    """Return what a container's memory limit leaves, None without one (cgroup v2)."""
    try:
        limit = (groups / "memory.max").read_text(encoding="ascii").strip()
        used = (groups / "memory.current").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return None if limit == "max" else max(0, int(limit) - int(used)) // _MIB
