"""Settings of this machine that decide whether sandboxes may be made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_KINDS = ("user", "mnt", "net", "uts", "ipc", "cgroup", "pid")


@dataclass(frozen=True)
class Settings:
    """What was read; None where this kernel has no such setting.

    Attributes
    ----------
    limits : dict
        Namespace kind -> ``user.max_KIND_namespaces`` (``proc_sys_user(5)``).
    unprivileged_userns_clone : str or None
        Debian's ``kernel.unprivileged_userns_clone``.
    apparmor_restricts : str or None
        Ubuntu's ``kernel.apparmor_restrict_unprivileged_userns``.
    apparmor_profile : str or None
        The AppArmor profile that is enforced on this process.
    filtered : bool
        A seccomp filter is on (``Seccomp: 2``, ``proc_pid_status(5)``).
    no_new_privileges : bool
        ``NoNewPrivs: 1``: newuidmap cannot work; the map ``self`` can.
    """

    limits: dict[str, int | None]
    unprivileged_userns_clone: str | None
    apparmor_restricts: str | None
    apparmor_profile: str | None
    filtered: bool
    no_new_privileges: bool

    def limit(self, kind: str) -> int | None:
        """Return how many namespaces of `kind` a user may have."""
        return self.limits.get(kind)


def read(proc: Path = Path("/proc")) -> Settings:
    """Read the settings, or those of another folder made like ``/proc``."""
    status = _fields(_text(proc / "self/status") or "")
    kernel = proc / "sys/kernel"
    return Settings(
        limits={kind: _number(proc / f"sys/user/max_{kind}_namespaces") for kind in _KINDS},
        unprivileged_userns_clone=_text(kernel / "unprivileged_userns_clone"),
        apparmor_restricts=_text(kernel / "apparmor_restrict_unprivileged_userns"),
        apparmor_profile=_enforced(_text(proc / "self/attr/apparmor/current") or ""),
        filtered=status.get("Seccomp") == "2",
        no_new_privileges=status.get("NoNewPrivs") == "1",
    )


def _enforced(label: str) -> str | None:
    """Return the name in ``NAME (enforce)``; others are unconfined or only complained about."""
    name, _space, mode = label.rstrip("\0").rpartition(" ")
    return name if mode == "(enforce)" else None


def _fields(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _colon, value in pairs}


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None  # this kernel has no such setting, or shows it to nobody


def _number(path: Path) -> int | None:
    text = _text(path)
    return int(text) if text and text.isdigit() else None
