"""Refusals of the Linux kernel to make a sandbox's namespaces, and the settings behind them.

The machine's settings tell apart what the kernel's error number leaves open.  Sources:
``user_namespaces(7)``, ``namespaces(7)``, ``proc_sys_user(5)``, ``unshare(2)``, ``mount(2)``, and
Ubuntu's release notes 24.04 for ``kernel.apparmor_restrict_unprivileged_userns``.
"""

from __future__ import annotations

import errno as _errno
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from nslabkit.machine.kernel_settings import Settings
    from nslabkit.machine.system_calls import StageError

_REFUSED = (_errno.EPERM, _errno.EACCES)

Explained = tuple[str, str, str] | None  # the command, the reason and what helps


def command_for(failed: StageError) -> str:
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


def _none_allowed(failed: StageError, settings: Settings) -> Explained:
    if failed.stage != "user-namespace" or failed.errno != _errno.ENOSPC:
        return None
    if settings.limit("user") != 0:
        return _limit_reached(failed, settings)
    return (
        "unshare --user",
        _("The setting user.max_user_namespaces is 0: nobody may make user namespaces here."),
        _(
            "The administrator: `sudo sysctl -w user.max_user_namespaces=15000`, and "
            "the line `user.max_user_namespaces=15000` in "
            "/etc/sysctl.d/60-nslabkit.conf to keep it. It lets every local user make "
            "user namespaces, which exposes more of the Linux kernel to them "
            "(docs/threat-model.md). If this is a container, its own host may set it."
        ),
    )


def _limit_reached(failed: StageError, settings: Settings) -> Explained:
    kind, _dash, word = failed.stage.partition("-")
    if word != "namespace" or failed.errno not in (_errno.ENOSPC, _errno.EUSERS):
        return None
    name = f"user.max_{kind}_namespaces"
    return (
        f"unshare --{kind}",
        _(
            "The limit on namespaces is reached or 0: {name} is {value}, or namespaces "
            "are nested deeper than 32 levels."
        ).format(name=name, value=settings.limit(kind)),
        _(
            "You: shut down kernels that you no longer need (`nslabkit ps` lists them). Or the "
            "administrator: `sudo sysctl -w {name}=15000`."
        ).format(name=name),
    )


def _seccomp(failed: StageError, settings: Settings) -> Explained:
    # Container engines answer EPERM, Docker since 20.10 sometimes ENOSYS for what it filters.
    refused = failed.errno in (*_REFUSED, _errno.ENOSYS)
    if not failed.stage.endswith(("-namespace", "loopback", "host-name")) and not (
        failed.stage.startswith("mount:")
    ):
        return None
    if not refused or not settings.filtered:
        return None
    return (
        command_for(failed),
        _(
            "A seccomp filter refuses this system call to all programs here (Seccomp: 2 in "
            "/proc/self/status). Containers have such a filter by default."
        ),
        _(
            "You: run the kit on the machine itself or in a virtual machine instead of "
            "the container. Or whoever starts the container: give it a seccomp profile "
            "that also allows unshare, clone, setns, mount, umount2 and sethostname. "
            "`--security-opt seccomp=unconfined` allows every system call: the "
            "container then no longer shields the Linux kernel from programs in it; "
            "use it only if you trust them all."
        ),
    )


def _debian_switch(failed: StageError, settings: Settings) -> Explained:
    if failed.stage != "user-namespace" or failed.errno not in _REFUSED:
        return None
    if settings.unprivileged_userns_clone != "0":
        return None
    return (
        "unshare --user",
        _("The setting kernel.unprivileged_userns_clone is 0: only root may make user namespaces."),
        _(
            "The administrator: `sudo sysctl -w kernel.unprivileged_userns_clone=1`, "
            "and the line `kernel.unprivileged_userns_clone=1` in "
            "/etc/sysctl.d/60-nslabkit.conf to keep it. It lets every local user make "
            "user namespaces, which exposes more of the Linux kernel to them "
            "(docs/threat-model.md)."
        ),
    )


def _apparmor(failed: StageError, settings: Settings) -> Explained:
    if failed.errno not in _REFUSED or settings.apparmor_restricts != "1":
        return None
    return (
        command_for(failed),
        _(
            "The setting kernel.apparmor_restrict_unprivileged_userns is 1, as Ubuntu sets it "
            "since 24.04: AppArmor takes the capabilities away inside a new user namespace."
        ),
        _(
            "The administrator: best, an AppArmor profile for this program alone; "
            "`nslabkit doctor --apparmor` prints it, with the command that loads it. Or, more "
            "bluntly: `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, and the "
            "line `kernel.apparmor_restrict_unprivileged_userns=0` in "
            "/etc/sysctl.d/60-nslabkit.conf to keep it. That gives every local user "
            "what other distributions give: user namespaces with capabilities inside, "
            "which exposes more of the Linux kernel to them (docs/threat-model.md)."
        ),
    )


def _confined(failed: StageError, settings: Settings) -> Explained:
    if failed.errno not in _REFUSED or settings.apparmor_profile is None:
        return None
    return (
        command_for(failed),
        _(
            "AppArmor's profile “{profile}” is enforced on this program and does not let it make "
            "user namespaces with capabilities."
        ).format(profile=settings.apparmor_profile),
        _(
            "The administrator: load a profile for this program alone, which `nslabkit doctor "
            "--apparmor` prints with the command that does it; `sudo journalctl -k` shows what "
            "was refused."
        ),
    )


def _masked_proc(failed: StageError, _settings: Settings) -> Explained:
    if failed.stage != "mount:/proc" or failed.errno not in _REFUSED:
        return None
    return (
        "mount -t proc proc /proc",
        _(
            "Parts of /proc are covered here, as containers do; the kernel then allows "
            "no new /proc, and without one a sandbox could not be cleaned up safely."
        ),
        _(
            "You: run the kit on the machine itself or in a virtual machine. Or "
            "whoever starts the container: `--security-opt systempaths=unconfined` "
            "(Docker) or `--security-opt unmask=ALL` (Podman). Programs in the "
            "container can then see and may write more of the host's settings under "
            "/proc; use it only if you trust them all."
        ),
    )


def _refused(failed: StageError, _settings: Settings) -> Explained:
    if failed.errno not in _REFUSED:
        return None
    return (
        command_for(failed),
        _(
            "The kernel refuses this to this user. If no setting forbids it, a chroot, "
            "a security module (SELinux, AppArmor) or a container does."
        ),
        _(
            "The administrator: look for a refusal in `sudo journalctl -k` or `sudo dmesg`; do "
            "not run the kit in a chroot. `nslabkit doctor --report` writes what they need."
        ),
    )


def _not_in_this_kernel(failed: StageError, _settings: Settings) -> Explained:
    if not failed.stage.endswith("-namespace"):
        return None
    if failed.errno not in (_errno.EINVAL, _errno.ENOSYS):
        return None
    kind = failed.stage.partition("-")[0]
    return (
        command_for(failed),
        _("This Linux kernel was built without {kind} namespaces.").format(kind=kind),
        _("The administrator: boot your distribution's ordinary kernel."),
    )


# Asked in this order; the first that answers is right.
RULES = (
    _none_allowed,
    _limit_reached,
    _seccomp,
    _debian_switch,
    _apparmor,
    _confined,
    _masked_proc,
    _refused,
    _not_in_this_kernel,
)
