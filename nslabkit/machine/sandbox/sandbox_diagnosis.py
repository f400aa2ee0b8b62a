"""Diagnosis of a sandbox that does not start: why, what helps, and who must do it.

`diagnose` turns the step that failed into an explanation; what the Linux kernel itself refuses
is explained by `kernel_refusals`.  `probes` tries every step and says how far it got.
"""

from __future__ import annotations

import errno as _errno
import getpass
from typing import TYPE_CHECKING

from nslabkit.base.errors import SandboxError
from nslabkit.base.language import translate as _
from nslabkit.machine.kernel_settings import Settings, read
from nslabkit.machine.sandbox import kernel_refusals
from nslabkit.machine.sandbox.id_maps import next_free_range
from nslabkit.machine.sandbox.kernel_refusals import command_for
from nslabkit.machine.tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.machine.sandbox.kernel_refusals import Explained
    from nslabkit.machine.system_calls import StageError

_SAID_BY_A_PROGRAM = ("launcher", "veth", "timeout")


def diagnose(failed: StageError, settings: Settings | None = None) -> SandboxError:
    """Explain why a sandbox could not be made.

    Parameters
    ----------
    failed : StageError
        The step and what the kernel answered.
    settings : Settings, optional
        The machine's settings; read now if not given.

    Returns
    -------
    SandboxError
        Cause, remedy, and who must apply it; not raised here.
    """
    if settings is None:
        settings = read()
    for rule in _RULES:
        explained = rule(failed, settings)
        if explained is not None:
            tried, reason, fix = explained
            said = failed.detail if failed.stage in _SAID_BY_A_PROGRAM else None
            return SandboxError(tried, reason, fix, errno=failed.errno or None, said=said)
    raise AssertionError(failed)  # the last rule explains everything


def _no_folder(failed: StageError, _settings: Settings) -> Explained:
    if failed.stage != "folder":
        return None
    return (
        "mktemp -d",
        _(
            "The kernel's sockets need a writable folder whose path is at most 80 "
            "bytes long; none of these qualifies: {places}."
        ).format(places=failed.detail),
        _(
            "You: set NSLAB_TMP to a folder of your own with a short path and start "
            "again, for example `mkdir -m 700 ~/t; export NSLAB_TMP=~/t`. Or the "
            "administrator: make /tmp writable for everybody with `sudo chmod 1777 "
            "/tmp`, or free space on it."
        ),
    )


def _no_tool(failed: StageError, _settings: Settings) -> Explained:
    if failed.stage != "tool":
        return None
    debian, fedora = TOOLS[failed.detail]
    return (
        f"command -v {failed.detail}",
        _("The program {program} is missing; the lessons use it from the first cell on.").format(
            program=failed.detail
        ),
        _(
            "The administrator: install it with `sudo apt install {debian}` (Debian, Ubuntu) or "
            "`sudo dnf install {fedora}` (Fedora)."
        ).format(debian=debian, fedora=fedora),
    )


def _wrong_map(failed: StageError, _settings: Settings) -> Explained:
    if failed.stage == "map-choice":
        return (
            f"NSLAB_UIDMAP={failed.detail}",
            _(
                "NSLAB_UIDMAP is auto, self, shifted or full; shifted and full are for root only, "
                "and self for anybody but root."
            ),
            _("You: remove the variable with `unset NSLAB_UIDMAP`; the best map is then used."),
        )
    if failed.stage == "map-shifted":
        return (
            "NSLAB_UIDMAP=shifted",
            _(
                "Root's numbers cannot be shifted here: it takes Linux 5.12 and file systems that "
                "allow it (ext4, xfs, btrfs), for the lessons, the home folder and Python."
            ),
            _(
                "You: run the lessons as an ordinary user, or remove the variable with `unset "
                "NSLAB_UIDMAP`; the map `full` is taken then, in which you are the real root."
            ),
        )
    if failed.stage != "map-auto":
        return None
    return (
        "newuidmap",
        _(
            "NSLAB_UIDMAP=auto needs the program newuidmap, entries for you in "
            "/etc/subuid and /etc/subgid, and a process that may gain privileges; one "
            "of these is missing here."
        ),
        _(
            "You: remove the variable with `unset NSLAB_UIDMAP`; the map `self` needs none of "
            "this. Or the administrator: `sudo apt install uidmap` and `sudo usermod "
            "--add-subuids {range} --add-subgids {range} {user}`."
        ).format(user=_user(), range=next_free_range()),
    )


def _no_command(failed: StageError, _settings: Settings) -> Explained:
    if failed.stage != "exec":
        return None
    return (
        failed.detail,
        _("The sandbox was ready, but this program could not be started in it."),
        _("You: check its name and that it is installed: `command -v {program}`.").format(
            program=failed.detail
        ),
    )


def _out_of_something(failed: StageError, _settings: Settings) -> Explained:
    if failed.errno not in (_errno.EAGAIN, _errno.ENOMEM, _errno.EMFILE, _errno.ENFILE):
        return None
    return (
        command_for(failed),
        _("A limit on processes, memory or open files has been reached."),
        _(
            "You: close programs and shut down kernels (`nslabkit ps` lists them), and "
            "compare with `ulimit -a`. Or the administrator: raise the limit in "
            "/etc/security/limits.conf."
        ),
    )


def _anything(failed: StageError, _settings: Settings) -> Explained:
    return (
        command_for(failed),
        _("The step {stage} failed for a reason not yet known.").format(stage=failed.stage),
        _("You: run `nslabkit doctor --report` and send the file with a bug report."),
    )


# Asked in this order; the first that answers is right.
_RULES: tuple[Callable[[StageError, Settings], Explained], ...] = (
    _no_folder,
    _no_tool,
    _wrong_map,
    _no_command,
    _out_of_something,
    *kernel_refusals.RULES,
    _anything,
)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        return "USER"
