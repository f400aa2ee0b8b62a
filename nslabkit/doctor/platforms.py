"""Platforms: what kind of machine this is, and what is different there.

Recognised by files.  A note says only what the platform's documentation says, and names it.
Inside a sandbox ``/run`` is private, so that some containers are not recognised from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nslabkit.base.language import translate as _

_APPARMOR_SINCE = (23, 10)


@dataclass(frozen=True)
class Note:
    """What differs on a platform.

    Attributes
    ----------
    platform : str
        Its name.
    text : str
        What differs, and what helps.
    source : str
        Address of the documentation that says so.
    """

    platform: str
    text: str
    source: str


def notes(root: Path = Path("/")) -> tuple[Note, ...]:
    """Return a note for each platform that this machine is.

    Parameters
    ----------
    root : Path
        Another machine's files; tests give folders named ``simulated_…``.
    """
    written = _written()
    return tuple(written[name] for name in names(root))


def names(root: Path = Path("/")) -> tuple[str, ...]:
    """Return what this machine is, the outermost layer first: ``("wsl2", "ubuntu")``."""
    layers = (_wsl(root), _crostini(root), _container(root), _distribution(root))
    return tuple(name for name in layers if name)


def pretty_name(root: Path = Path("/")) -> str:
    """Return the distribution's full name (``os-release(5)``)."""
    return _os_release(root).get("PRETTY_NAME", "Linux")


def _wsl(root: Path) -> str:
    version = _read(root / "proc/version").lower()
    if "microsoft" not in version:
        return ""
    # WSL 1 names no real kernel: "4.4.0-19041-Microsoft".
    return "wsl2" if "wsl2" in version or "microsoft-standard" in version else "wsl1"


def _crostini(root: Path) -> str:
    marks = ("opt/google/cros-containers", "dev/.cros_milestone")
    return "crostini" if any((root / mark).exists() for mark in marks) else ""


def _container(root: Path) -> str:
    if (root / ".dockerenv").exists():
        return "docker"
    if (root / "run/.containerenv").exists():
        return "podman"
    manager = _read(root / "run/systemd/container").strip()
    known = {"docker": "docker", "podman": "podman", "lxc": "lxc", "lxc-libvirt": "lxc"}
    if _crostini(root):
        return ""  # an LXC container too, but with a note of its own
    return known.get(manager, "")


def _distribution(root: Path) -> str:
    release = _os_release(root)
    name = release.get("ID", "")
    if name == "ubuntu":
        return "ubuntu" if _version(release) >= _APPARMOR_SINCE else ""
    return name if name in ("debian", "fedora") else ""


def _version(release: dict[str, str]) -> tuple[int, ...]:
    parts = release.get("VERSION_ID", "").split(".")
    return tuple(int(part) for part in parts if part.isdigit())


def _os_release(root: Path) -> dict[str, str]:
    lines = _read(root / "etc/os-release").splitlines()
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip().strip("\"'") for name, _equals, value in pairs}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # not that kind of machine


def _written() -> dict[str, Note]:
    return {
        "wsl1": Note(
            "WSL 1",
            _(
                "WSL 1 has no Linux kernel of its own, so there are no namespaces. In Windows: "
                "`wsl --set-version DISTRIBUTION 2`."
            ),
            "https://learn.microsoft.com/en-us/windows/wsl/about",
        ),
        "wsl2": Note(
            "WSL 2",
            _(
                "A real Linux kernel in a small virtual machine; all distributions on "
                "it share one network namespace, the sandboxes do not. Windows reaches "
                "JupyterLab at localhost: open the printed address in a Windows "
                "browser."
            ),
            "https://learn.microsoft.com/en-us/windows/wsl/about "
            "https://wsl.dev/technical-documentation/localhost",
        ),
        "docker": Note(
            "Docker",
            _(
                "Docker's default seccomp profile refuses unshare and mount, and parts of /proc "
                "are masked. Where the sandbox fails: run the kit outside the container, or start "
                "it with `--security-opt seccomp=unconfined --security-opt "
                "systempaths=unconfined`; it then shields its host less."
            ),
            "https://docs.docker.com/engine/security/seccomp/ "
            "https://github.com/moby/moby/issues/36597",
        ),
        "podman": Note(
            "Podman",
            _(
                "Podman masks parts of /proc and may filter system calls. Where the sandbox fails: "
                "run the kit outside the container, or start it with `--security-opt unmask=ALL "
                "--security-opt seccomp=unconfined`; it then shields its host less."
            ),
            "https://docs.podman.io/en/v4.6.0/markdown/options/security-opt.html",
        ),
        "lxc": Note(
            "LXC",
            _(
                "User namespaces inside a container are nested. Where the sandbox "
                "fails, the host's administrator, with LXD: `lxc config set NAME "
                "security.nesting=true` and `lxc restart NAME`."
            ),
            "https://canonical.com/lxd/docs/default/reference/instance_options/ "
            "https://github.com/canonical/lxd/pull/13779",
        ),
        "crostini": Note(
            "Chromebook (Crostini)",
            _(
                "Linux runs in a container inside a virtual machine whose kernel comes "
                "from Google, and you cannot install module packages for it. ChromeOS "
                "forwards ports from 1024 up: open the printed address in Chrome."
            ),
            "https://chromium.googlesource.com/chromiumos/docs/+/master/containers_and_vms.md "
            "https://www.chromium.org/chromium-os/developer-library/reference/security/"
            "port-forwarding/",
        ),
        "ubuntu": Note(
            "Ubuntu",
            _(
                "Since Ubuntu 23.10 (by default in 24.04), AppArmor takes away the "
                "capabilities in user namespaces of programs without a profile that "
                "has the rule `userns`. `nslabkit doctor --apparmor` prints such a profile "
                "for the kit; the README's section on what can go wrong also has the sysctl "
                "that lifts the restriction for everybody."
            ),
            "https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces",
        ),
        "debian": Note(
            "Debian",
            _(
                "Since Debian 11, every user may make user namespaces; an "
                "administrator can have forbidden it with user.max_user_namespaces=0 "
                "or kernel.unprivileged_userns_clone=0."
            ),
            "https://www.debian.org/releases/bullseye/amd64/release-notes/"
            "ch-information.en.html#linux-user-namespaces",
        ),
        "fedora": Note(
            "Fedora",
            _("newuidmap and the sub-uids of new users come with the package shadow-utils."),
            "https://github.com/containers/podman/blob/main/docs/tutorials/rootless_tutorial.md",
        ),
    }
