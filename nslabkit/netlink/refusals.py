"""Refusals by the kernel: what an error number means, and what helps.

The meaning of an error number depends on what was asked: each module tells the cases that are
its own, and this one adds those that are the same everywhere.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nslabkit.base.errors import (
    NoPrivilegeError,
    NotFoundError,
    NotSupportedError,
    NslabError,
    OutOfResourcesError,
    errno_name,
)
from nslabkit.base.language import translate as _
from nslabkit.netlink import FOLDER, EnterError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Meaning(NamedTuple):
    """What an error number stands for: the kind of error, the reason and the fix."""

    kind: type[NslabError]
    reason: str
    fix: str

    def error(self, tried: str, number: int | None = None, said: str | None = None) -> NslabError:
        """Return the error to raise after `tried`."""
        return self.kind(tried, self.reason, self.fix, errno=number, said=said)


def refusal(
    error: OSError, tried: str, meanings: Mapping[int, Meaning] | None = None
) -> NslabError:
    """Return the error to raise for what the kernel refused.

    Parameters
    ----------
    error : OSError
        What the kernel answered.
    tried : str
        The command that does the same.
    meanings : mapping of error number to `Meaning`, optional
        What a number means for this command; looked at first, unless the namespace itself
        could not be entered.
    """
    number = error.errno or 0
    found = None
    if isinstance(error, EnterError):
        found = _of_entering(number, str(error.filename))
    elif meanings:
        found = meanings.get(number)
    meaning = found or _everywhere(number) or _unknown(number)
    return meaning.error(tried, number, _said(error))


def _said(error: OSError) -> str:
    """Return the error's name and number, and the kernel's own sentence where there is one."""
    number = error.errno or 0
    words = f"{os.strerror(number)} ({errno_name(number)}, errno {number})"
    sentence = getattr(error, "said", None)
    return f"{words}: {sentence}" if sentence else words


def names_there() -> str:
    """Return the names of ``ip netns`` for a sentence."""
    try:
        names = [entry.name for entry in Path(FOLDER).iterdir()]
    except OSError:
        names = []
    return ", ".join(sorted(names)) or _("none")


def _of_entering(number: int, path: str) -> Meaning | None:
    """Return what it means that a namespace could not be opened or entered."""
    named = str(Path(path).parent) == FOLDER
    name = Path(path).name
    if number in {errno.ENOENT, errno.ESRCH} and named:
        return Meaning(
            NotFoundError,
            _("There is no network namespace called {name} (any more). There are: {names}.").format(
                name=name, names=names_there()
            ),
            _("Check with `ip netns`, or create it: `ip netns add {name}`.").format(name=name),
        )
    if number in {errno.ENOENT, errno.ESRCH, errno.ENOTDIR}:
        return Meaning(
            NotFoundError,
            _("{path} leads to no namespace; when a process ends, its path goes too.").format(
                path=path
            ),
            _("Give a running process: `lsns -t net` lists some."),
        )
    if number == errno.EINVAL:
        return Meaning(
            NotFoundError,
            _("{path} is a file, but no network namespace is mounted on it.").format(path=path),
            _("Remove what was left behind with `ip netns del {name}`, then add it again.").format(
                name=name
            ),
        )
    return None


def _everywhere(number: int) -> Meaning | None:  # noqa: PLR0911 - a table, one row each
    """Return what a number means whatever was asked; None where that depends."""
    if number in {errno.EPERM, errno.EACCES}:
        return Meaning(
            NoPrivilegeError,
            _(
                "This process is neither root nor inside the kit's sandbox, "
                "so the kernel does not let it change or enter network namespaces."
            ),
            _(
                "Choose the notebook kernel “Network lab”, or start your command with "
                "`nslabkit sandbox -- COMMAND`."
            ),
        )
    if number in {errno.EMFILE, errno.ENFILE}:
        return Meaning(
            OutOfResourcesError,
            _("No file descriptor is left: too many files or sockets are open."),
            _("Close some, or raise the limit that `ulimit -n` shows; a new kernel starts afresh."),
        )
    if number == errno.ENOSPC:
        return Meaning(
            OutOfResourcesError,
            _(
                "The limit on network namespaces is reached ({limit}, user.max_net_namespaces), or "
                "/run is full, which holds their names."
            ).format(limit=_namespaces_allowed()),
            _(
                "Remove some with `ip netns del NAME`, or restart the kernel. NSLAB_LIMITS=off, "
                "set before JupyterLab starts, takes the notebook's limits away."
            ),
        )
    if number in {errno.ENOMEM, errno.ENOBUFS}:
        return Meaning(
            OutOfResourcesError,
            _("The kernel has no memory left for this."),
            _("Remove namespaces and links that you do not need; `free -m` shows the memory."),
        )
    if number in {errno.EOPNOTSUPP, errno.EAFNOSUPPORT}:
        return Meaning(
            NotSupportedError,
            _("This machine's kernel lacks the part that does this (a module, or a build option)."),
            _("`nslabkit doctor` shows what this kernel can do and what to ask for."),
        )
    if number == errno.EAGAIN:
        return Meaning(
            NslabError,
            _("The data changed again and again while the kernel listed it."),
            _("Try once more."),
        )
    return None


def _namespaces_allowed() -> str:
    try:
        return Path("/proc/sys/user/max_net_namespaces").read_text().strip()
    except OSError:
        return "?"  # a container shows its settings to nobody


def _unknown(number: int) -> Meaning:
    return Meaning(
        NslabError,
        _("The kernel refused for a reason that the kit does not know."),
        _("`man 3 errno` explains {name}; check the values in the command.").format(
            name=errno_name(number)
        ),
    )
