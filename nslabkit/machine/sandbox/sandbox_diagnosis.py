"""Why can a sandbox not start here, what helps, and who must do it?

`diagnose` turns the step that failed into an explanation; the machine's settings tell apart what
the kernel's error number leaves open.  `probes` tries every step and says how far it got.
Sources: ``user_namespaces(7)``, ``namespaces(7)``, ``proc_sys_user(5)``, ``unshare(2)``,
``mount(2)``, and Ubuntu's release notes 24.04 for ``kernel.apparmor_restrict_unprivileged_userns``.
"""

from __future__ import annotations

import errno as _errno
import getpass
from typing import TYPE_CHECKING

from nslabkit.base.errors import SandboxError
from nslabkit.base.language import translate as _
from nslabkit.machine.kernel_settings import Settings, read
from nslabkit.machine.tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.machine.system_calls import StageError

__all__ = ["diagnose"]

_SAID_BY_A_PROGRAM = ("launcher", "veth", "timeout")
_REFUSED = (_errno.EPERM, _errno.EACCES)


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


_Explained = tuple[str, str, str] | None


def _no_folder(failed: StageError, _settings: Settings) -> _Explained:
    if failed.stage != "folder":
        return None
    return (
        "mktemp -d",
        _(
            "The kernel's sockets need a folder that can be written and whose path has at most 80 "
            "bytes; none of these has both: {places}."
        ).format(places=failed.detail),
        _(
            "You: set NSLAB_TMP to a short folder of your own and start again, for instance "
            "`mkdir -m 700 ~/t; export NSLAB_TMP=~/t`. Or the administrator: make /tmp writable "
            "for everybody with `sudo chmod 1777 /tmp`, or free space on it."
        ),
    )


def _no_tool(failed: StageError, _settings: Settings) -> _Explained:
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


def _wrong_map(failed: StageError, _settings: Settings) -> _Explained:
    if failed.stage == "map-choice":
        return (
            f"NSLAB_UIDMAP={failed.detail}",
            _(
                "NSLAB_UIDMAP is auto, self or full; full is for root only, and self for anybody "
                "but root."
            ),
            _("You: remove the variable with `unset NSLAB_UIDMAP`; the best map is taken then."),
        )
    if failed.stage != "map-auto":
        return None
    return (
        "newuidmap",
        _(
            "NSLAB_UIDMAP=auto needs the program newuidmap, lines of yours in /etc/subuid and "
            "/etc/subgid, and a process that may gain privileges; one of them is missing here."
        ),
        _(
            "You: remove the variable with `unset NSLAB_UIDMAP`; the map `self` needs none of "
            "this. Or the administrator: `sudo apt install uidmap` and `sudo usermod "
            "--add-subuids 100000-165535 --add-subgids 100000-165535 {user}`."
        ).format(user=_user()),
    )


def _none_allowed(failed: StageError, settings: Settings) -> _Explained:
    if failed.stage != "user-namespace" or failed.errno != _errno.ENOSPC:
        return None
    if settings.limit("user") != 0:
        return _limit_reached(failed, settings)
    return (
        "unshare --user",
        _("The setting user.max_user_namespaces is 0: nobody may make user namespaces here."),
        _(
            "The administrator: `sudo sysctl -w user.max_user_namespaces=15000`, and the line "
            "`user.max_user_namespaces=15000` in /etc/sysctl.d/60-nslabkit.conf to keep it. It "
            "lets every local user make user namespaces, which opens more of the Linux kernel to "
            "them (docs/threat-model.md). If this is a container, its own host may set it."
        ),
    )


def _limit_reached(failed: StageError, settings: Settings) -> _Explained:
    kind, _dash, word = failed.stage.partition("-")
    if word != "namespace" or failed.errno not in (_errno.ENOSPC, _errno.EUSERS):
        return None
    name = f"user.max_{kind}_namespaces"
    return (
        f"unshare --{kind}",
        _(
            "The limit of namespaces is reached or 0: {name} is {value}, or namespaces are nested "
            "deeper than 32 levels."
        ).format(name=name, value=settings.limit(kind)),
        _(
            "You: shut down kernels that you no longer need (`nslabkit ps` lists them). Or the "
            "administrator: `sudo sysctl -w {name}=15000`."
        ).format(name=name),
    )


def _seccomp(failed: StageError, settings: Settings) -> _Explained:
    # Container engines answer EPERM, Docker since 20.10 sometimes ENOSYS for what it filters.
    refused = failed.errno in (*_REFUSED, _errno.ENOSYS)
    if not failed.stage.endswith(("-namespace", "loopback", "host-name")) and not (
        failed.stage.startswith("mount:")
    ):
        return None
    if not refused or not settings.filtered:
        return None
    return (
        _command(failed),
        _(
            "A seccomp filter refuses this system call to all programs here (Seccomp: 2 in "
            "/proc/self/status). Containers have such a filter by default."
        ),
        _(
            "You: run the kit on the machine itself or in a virtual machine instead of the "
            "container. Or who starts the container: give it a seccomp profile that also allows "
            "unshare, clone, setns, mount, umount2 and sethostname. `--security-opt "
            "seccomp=unconfined` allows every system call: then the container no longer shields "
            "the Linux kernel from programs in it; use it only where you trust them all."
        ),
    )


def _debian_switch(failed: StageError, settings: Settings) -> _Explained:
    if failed.stage != "user-namespace" or failed.errno not in _REFUSED:
        return None
    if settings.unprivileged_userns_clone != "0":
        return None
    return (
        "unshare --user",
        _("The setting kernel.unprivileged_userns_clone is 0: only root may make user namespaces."),
        _(
            "The administrator: `sudo sysctl -w kernel.unprivileged_userns_clone=1`, and the line "
            "`kernel.unprivileged_userns_clone=1` in /etc/sysctl.d/60-nslabkit.conf to keep it. "
            "It lets every local user make user namespaces, which opens more of the Linux kernel "
            "to them (docs/threat-model.md)."
        ),
    )


def _apparmor(failed: StageError, settings: Settings) -> _Explained:
    if failed.errno not in _REFUSED or settings.apparmor_restricts != "1":
        return None
    return (
        _command(failed),
        _(
            "The setting kernel.apparmor_restrict_unprivileged_userns is 1, as Ubuntu sets it "
            "since 24.04: AppArmor takes the capabilities away inside a new user namespace."
        ),
        _(
            "The administrator: best, an AppArmor profile for this program alone; the README has "
            "it under 'What can go wrong'. Or, blunt: "
            "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, and the line "
            "`kernel.apparmor_restrict_unprivileged_userns=0` in /etc/sysctl.d/60-nslabkit.conf to "
            "keep it. That gives every local user what other distributions give: user namespaces "
            "with capabilities inside, which opens more of the Linux kernel to them "
            "(docs/threat-model.md)."
        ),
    )


def _masked_proc(failed: StageError, _settings: Settings) -> _Explained:
    if failed.stage != "mount:/proc" or failed.errno not in _REFUSED:
        return None
    return (
        "mount -t proc proc /proc",
        _(
            "Parts of /proc are covered here, as containers do it; the kernel then allows no new "
            "/proc, and a sandbox without one could not be cleaned up safely."
        ),
        _(
            "You: run the kit on the machine itself or in a virtual machine. Or who starts the "
            "container: `--security-opt systempaths=unconfined` (Docker) or `--security-opt "
            "unmask=ALL` (Podman). Programs in the container then see and may write more of the "
            "host's settings under /proc; use it only where you trust them all."
        ),
    )


def _refused(failed: StageError, _settings: Settings) -> _Explained:
    if failed.errno not in _REFUSED:
        return None
    return (
        _command(failed),
        _(
            "The kernel refuses it to this user. Where no setting forbids it, a chroot, a "
            "security module (SELinux, AppArmor) or a container does."
        ),
        _(
            "The administrator: look for a refusal in `sudo journalctl -k` or `sudo dmesg`; do "
            "not run the kit in a chroot. `nslabkit doctor --report` writes what they need."
        ),
    )


def _not_in_this_kernel(failed: StageError, _settings: Settings) -> _Explained:
    if not failed.stage.endswith("-namespace"):
        return None
    if failed.errno not in (_errno.EINVAL, _errno.ENOSYS):
        return None
    kind = failed.stage.partition("-")[0]
    return (
        _command(failed),
        _("This Linux kernel was built without {kind} namespaces.").format(kind=kind),
        _("The administrator: boot your distribution's ordinary kernel."),
    )


def _no_command(failed: StageError, _settings: Settings) -> _Explained:
    if failed.stage != "exec":
        return None
    return (
        failed.detail,
        _("The sandbox stood, but this program could not be started in it."),
        _("You: check its name and that it is installed: `command -v {program}`.").format(
            program=failed.detail
        ),
    )


def _out_of_something(failed: StageError, _settings: Settings) -> _Explained:
    if failed.errno not in (_errno.EAGAIN, _errno.ENOMEM, _errno.EMFILE, _errno.ENFILE):
        return None
    return (
        _command(failed),
        _("A limit on processes, memory or open files is reached."),
        _(
            "You: close programs and shut down kernels (`nslabkit ps` lists them), and compare "
            "`ulimit -a`. Or the administrator: raise the limit in /etc/security/limits.conf."
        ),
    )


def _anything(failed: StageError, _settings: Settings) -> _Explained:
    return (
        _command(failed),
        _("The step {stage} failed in a way that is not known yet.").format(stage=failed.stage),
        _("You: run `nslabkit doctor --report` and send the file with a bug report."),
    )


# Asked in this order; the first that answers is right.
_RULES: tuple[Callable[[StageError, Settings], _Explained], ...] = (
    _no_folder,
    _no_tool,
    _wrong_map,
    _no_command,
    _out_of_something,
    _none_allowed,
    _limit_reached,
    _seccomp,
    _debian_switch,
    _apparmor,
    _masked_proc,
    _refused,
    _not_in_this_kernel,
    _anything,
)


def _command(failed: StageError) -> str:
    """Return what a learner could type to do the step that failed."""
    kind, _dash, word = failed.stage.partition("-")
    if word == "namespace":
        return f"unshare --{kind}"
    if failed.stage.startswith("mount:"):
        return f"mount … {failed.stage.removeprefix('mount:')}"
    commands = {
        "map": "unshare --user --map-root-user",
        "capabilities": "unshare --user --keep-caps",
        "loopback": "ip link set lo up",
        "host-name": "hostname lab",
    }
    return commands.get(failed.stage, "nslabkit sandbox")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        return "USER"
