"""Checks of the programs that the lessons call: are they installed, and do they run?

The list is ``system-packages.txt``, the same that ``make system`` reads.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib import resources

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.doctor.check import Check, Status
from nslabkit.machine.sandbox.launcher import ADMIN_FOLDERS

_SECONDS = 2.0
# How each is asked for its version, and a word that only the right program says (busybox has an
# `ip` and a `ping` too, which know less).
_VERSION = {
    "ip": ("-V", "iproute2"),
    "ping": ("-V", "iputils"),
    "nft": ("--version", "nftables"),
    "tcpdump": ("--version", "tcpdump"),
    "ps": ("--version", "procps"),
}
# Without these the first lesson stops; the others belong to later ones.
_FIRST = ("ip", "ping")


@dataclass(frozen=True)
class Needed:
    """One line of the list.

    Attributes
    ----------
    kind, name : str
        ``command ip`` or ``python ensurepip``.
    debian, fedora : str
        The packages that bring it.
    """

    kind: str
    name: str
    debian: str
    fedora: str


def needed() -> tuple[Needed, ...]:
    """Return what a learner needs (the lines of the set ``lab``)."""
    text = (
        resources.files("nslabkit.doctor")
        .joinpath("system-packages.txt")
        .read_text(encoding="utf-8")
    )
    return tuple(_needed(line) for line in text.splitlines() if line.startswith("lab|"))


def _needed(line: str) -> Needed:
    _set, probe, debian, fedora, *_why = line.split("|")
    kind, name = probe.split(" ")
    return Needed(kind, name, debian, fedora)


def checks() -> tuple[Check, ...]:
    """Find each program as a sandbox will find it, and ask it for its version."""
    return tuple(_check(item) for item in needed())


def _check(item: Needed) -> Check:
    if item.kind == "python":
        return _module(item)
    where = shutil.which(item.name, path=_search_path())
    if where is None:
        folders = _("not found on PATH or in {folders}").format(folders=enumeration(ADMIN_FOLDERS))
        return Check(item.name, item.name, _severity(item.name), folders, _install(item))
    if item.name not in _VERSION:
        return Check(item.name, item.name, Status.OK, where)
    return _version(item, where)


def _version(item: Needed, where: str) -> Check:
    option, expected = _VERSION[item.name]
    try:
        done = subprocess.run(
            [where, option], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        said = done.stdout or done.stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        said = str(error)
    first = next(iter(said.strip().splitlines()), "")
    if expected in said:
        return Check(item.name, item.name, Status.OK, first)
    seen = _("{where} is not the one from {package}: {said}").format(
        where=where, package=item.debian, said=first
    )
    return Check(item.name, item.name, _severity(item.name), seen, _install(item))


def _module(item: Needed) -> Check:
    if importlib.util.find_spec(item.name) is not None:
        return Check(item.name, item.name, Status.OK, _("there"))
    seen = _("not found; only making a new environment needs it")
    return Check(item.name, item.name, Status.WARN, seen, _install(item))


def _severity(name: str) -> Status:
    return Status.FAIL if name in _FIRST else Status.WARN


def _search_path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *ADMIN_FOLDERS])


def _install(item: Needed) -> str:
    path = _search_path()
    commands = {
        "apt-get": f"sudo apt-get install {item.debian}",
        "dnf": f"sudo dnf install {item.fedora}",
    }
    here = [command for tool, command in commands.items() if shutil.which(tool, path=path)]
    if len(here) == 1:
        return _("The administrator: `{command}`").format(command=here[0])
    return _("The administrator: `{apt}` (Debian, Ubuntu) or `{dnf}` (Fedora)").format(
        apt=commands["apt-get"], dnf=commands["dnf"]
    )
